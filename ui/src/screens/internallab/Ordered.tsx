// What the doctor said about this collection besides the containers: a word, the day, who takes what where, and a standing series.
import { ArrowsCirclepathIcon, CalendarIcon, HouseIcon, NotePencilIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { longDate } from "../../format";
import { seriesWords } from "../../format/series";
import { isoDay } from "../../format/typed";
import type { Requisition } from "../../ipc/model";
import { useTexts } from "../../texts";

export function Ordered({ requisition, now }: { requisition: Requisition; now: Date }) {
  const t = useTexts();
  const words = t.bench.ordered;
  const day = requisition.planned_date;
  const today = isoDay(now);
  const series = requisition.services.flatMap((service) => (service.series ? [{ service, series: service.series }] : []));
  const lines: { key: string; icon: ReactNode; title: string; text: string; early?: boolean }[] = [];
  if (requisition.note_to_collector) lines.push({ key: "note", icon: <NotePencilIcon aria-hidden />, title: t.internallab.noteFrom(requisition.requester.name), text: requisition.note_to_collector });
  if (day) lines.push({ key: "planned", icon: <CalendarIcon aria-hidden />, title: words.planned(longDate(day)), text: day > today ? words.early : day < today ? words.passed : words.today, early: day > today });
  if (requisition.collection?.place === "home") lines.push({ key: "place", icon: <HouseIcon aria-hidden />, title: words.home, text: words.homeMore });
  for (const { service, series: one } of series) {
    const more = [one.start ? words.from(longDate(one.start)) : "", seriesWords(one, t), one.instructions ?? ""].filter(Boolean).join(" · ");
    lines.push({ key: `series ${service.key}`, icon: <ArrowsCirclepathIcon aria-hidden />, title: words.series(service.name), text: more });
  }
  if (lines.length === 0) return null;
  return (
    <ul className="ordered" aria-label={words.label}>
      {lines.map(({ key, icon, title, text, early }) => (
        <li key={key} className={early ? "ordered__early" : undefined} data-ordered={key.split(" ")[0]}>
          {icon}
          <span>
            <span className="strong">{title}</span> {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
