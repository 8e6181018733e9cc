// All requisitions with their four facts, and on top what cannot wait. The drawer tells one of them in full.
import { useCallback, useEffect, useRef, useState } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { useNow } from "../../frame/clock";
import { useNavigation, type Place } from "../../frame/navigation";
import type { NeedView, OverviewForm } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { ActDialogs, useActs } from "./acts";
import { Drawer } from "./Drawer";
import { Filters } from "./Filters";
import { Needs } from "./Needs";
import { Restored } from "./Restored";
import { Rows } from "./Rows";

const PAGE = 50;
const START: OverviewForm = { text: "", state: "all", provider: "", requester: "", days: 14, offset: 0, limit: PAGE };
const TYPING_PAUSE_MS = 150;

export function OverviewScreen({ place }: { place: Place }) {
  const t = useTexts();
  const now = useNow();
  const { go } = useNavigation();
  const [form, setForm] = useState<OverviewForm>(START);
  const asked = usePaused(form, TYPING_PAUSE_MS);
  const read = useQuery(`overview ${JSON.stringify(asked)}`, ["requisitions", "outbox"], (backend) => backend.overview(asked));
  const settings = useQuery("settings", ["settings"], (backend) => backend.settings());
  // The last page stays on screen while the next is fetched.
  const last = useRef(read.data);
  if (read.data) last.current = read.data;
  const data = read.data ?? last.current;

  const open = place.requisition ?? null;
  const show = useCallback((requisition: string) => go({ screen: "overview", requisition }), [go]);
  const close = useCallback(() => {
    go({ screen: "overview" });
    if (open) requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(open)}"]`)?.focus());
  }, [go, open]);
  const acts = useActs(show);
  const change = (part: Partial<OverviewForm>) => setForm((before) => ({ ...before, offset: 0, ...part }));

  return (
    <div className={open ? "overview overview--open" : "overview"}>
      <div className="overview__main">
        <header className="overview__head">
          <h1 className="t20">{t.rail.overview}</h1>
          <span className="muted">{settings.data?.office?.name}</span>
        </header>
        {read.failure && !data && <ErrorNote failure={read.failure} />}
        <Restored now={now} />
        {data && <Needs needs={data.needs} now={now} onOpen={show} onAct={(need: NeedView) => acts.start(need.act, need.id, need)} busy={acts.busy} />}
        <Filters form={form} counts={data?.counts ?? []} connections={settings.data?.connections ?? []} people={settings.data?.people ?? []} onChange={change} />
        {data && (
          <Rows
            rows={data.rows}
            total={data.total}
            offset={form.offset}
            limit={PAGE}
            open={open}
            filtered={data.total === 0 && JSON.stringify({ ...form, offset: 0 }) !== JSON.stringify(START)}
            onOpen={show}
            onPage={(offset) => change({ offset })}
            onClear={() => setForm({ ...START, days: 0 })}
            now={now}
          />
        )}
      </div>
      {open && <Drawer key={open} id={open} now={now} onClose={close} onAct={acts.start} busy={acts.busy} />}
      <ActDialogs acts={acts} people={settings.data?.people ?? []} />
    </div>
  );
}

/** A value that follows when typing pauses; changes that are not typed follow at once. */
function usePaused(form: OverviewForm, pause: number): OverviewForm {
  const [settled, setSettled] = useState(form);
  const typed = form.text !== settled.text;
  useEffect(() => {
    if (!typed) return setSettled(form);
    const timer = setTimeout(() => setSettled(form), pause);
    return () => clearTimeout(timer);
  }, [form, typed, pause]);
  return settled;
}
