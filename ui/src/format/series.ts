// A standing series in words, as the doctor's basket and the internal lab say it alike.
import type { LineSeries } from "../ipc/model";
import type { Texts } from "../texts";
import { longDate } from ".";

export function seriesWords(series: LineSeries, t: Texts): string {
  const every = series.every ? t.series.summaryEvery(series.every.count, t.series.units[series.every.unit]) : "";
  return t.series.summary(series.times ? t.series.summaryTimes(series.times) : t.series.standing, every, series.end ? t.series.summaryEnd(longDate(series.end)) : "");
}
