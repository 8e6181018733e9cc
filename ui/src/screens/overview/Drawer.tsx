// One requisition in full: its four facts, everything that happened, and what may be done now. Escape closes it.
import { ActionMenu, Button } from "@navikt/ds-react";
import { MenuElipsisHorizontalIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useEffect, useRef } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { Light } from "../../components/Light";
import { Timeline } from "../../components/Timeline";
import { UrgencyTag } from "../../components/UrgencyTag";
import { dateTime, fullName, inLanguage, nationalId, parseMoment, sameDay } from "../../format";
import type { DetailView, LightView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";
import type { Acts } from "./acts";
import { COLUMNS, light, serviceNames, timelineFact } from "./words";

export function Drawer({ id, now, onClose, onAct, busy }: { id: string; now: Date; onClose: () => void; onAct: Acts["start"]; busy: string | null }) {
  const t = useTexts();
  const language = useLanguage();
  const { data, failure } = useQuery(`detail ${id}`, ["requisitions", "outbox"], (backend) => backend.detail(id));
  const close = useRef<HTMLButtonElement>(null);
  const leave = useRef(onClose);
  leave.current = onClose;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], [role=menu]")) return;
      leave.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <aside className="drawer" aria-label={t.overview.details} data-detail={id}>
      <button ref={close} type="button" className="icon-button drawer__close" onClick={onClose}>
        <XMarkIcon title={t.common.close} />
      </button>
      {failure && !data && <ErrorNote failure={failure} />}
      {data && (
        <>
          <div className="drawer__scroll">
            <header className="drawer__head">
              <h2 className="t20">{serviceNames(data.row.services, t, 60)}</h2>
              <p className="muted">{`${data.row.provider_name}, ${inLanguage(data.row.department_name, language).toLocaleLowerCase(language)}`}</p>
            </header>
            <p className="drawer__patient">
              <span className="strong ellipsis">{fullName(data.row.patient.patient)}</span>
              <UrgencyTag urgency={data.row.urgency} />
              <span className="drawer__number">{data.row.patient.patient.national_id ? nationalId(data.row.patient.patient.national_id) : t.patient.noNationalId}</span>
            </p>
            <dl className="drawer__lights">
              {COLUMNS.map((column) => {
                const drawn = light(column, data.row[column], now, t);
                const full = drawn.state === "done" ? fullMoment(data.row[column], now) : drawn.word;
                return (
                  <div key={column}>
                    <dt className="t14 muted">{t.lights[column]}</dt>
                    <dd>
                      <Light column={t.lights[column]} state={drawn.state} word={full ?? (drawn.state === "none" ? t.common.no : null)} />
                    </dd>
                  </div>
                );
              })}
            </dl>
            {data.barred.length > 0 && (
              <details className="drawer__barred t14">
                <summary>{t.outbox.notNow}</summary>
                <ul>
                  {data.barred.map(([act, why]) => (
                    <li key={act} data-barred={`${act} ${why}`}>
                      <span className="strong">{t.overview.acts[act] ?? act}:</span> {t.outbox.barred[why]}
                    </li>
                  ))}
                </ul>
              </details>
            )}
            <h3 className="t14 strong drawer__title">{t.overview.timeline}</h3>
            <Timeline label={t.overview.timeline} facts={data.timeline.map((fact, index) => timelineFact(fact, index, data, now, t, language))} />
          </div>
          <ActBar detail={data} onAct={onAct} busy={busy} />
        </>
      )}
    </aside>
  );
}

function fullMoment(view: LightView, now: Date): string | null {
  if (!view.at) return null;
  const moment = parseMoment(view.at);
  return moment && sameDay(moment, now) ? dateTime(view.at, now).split(" ").pop()! : dateTime(view.at, now);
}

function ActBar({ detail, onAct, busy }: { detail: DetailView; onAct: Acts["start"]; busy: string | null }) {
  const t = useTexts();
  const known = detail.acts.filter((act) => act in t.overview.acts);
  const [first, ...rest] = known.filter((act) => act !== "copy" && act !== "message" && act !== "form" && act !== "hand_back");
  const others = [...rest, ...known.filter((act) => act === "hand_back")];
  const quiet = known.filter((act) => act === "copy" || act === "message" || act === "form");
  const label = (act: string) => t.overview.acts[act] ?? act;
  const run = (act: string) => onAct(act, detail.row.id, detail.need, detail);
  return (
    <footer className="drawer__acts">
      {first && (
        <Button size="small" variant="secondary" className="drawer__first" data-act={first} loading={busy === `${first} ${detail.row.id}`} onClick={() => run(first)}>
          {label(first)}
        </Button>
      )}
      {quiet.map((act) => (
        <Button key={act} size="small" variant="secondary" data-color="neutral" data-act={act} onClick={() => run(act)}>
          {label(act)}
        </Button>
      ))}
      {others.length > 0 && (
        <ActionMenu>
          <ActionMenu.Trigger>
            <button type="button" className="icon-button drawer__more">
              <MenuElipsisHorizontalIcon title={t.overview.moreActs} />
            </button>
          </ActionMenu.Trigger>
          <ActionMenu.Content align="end">
            {others.map((act) => (
              <ActionMenu.Item key={act} data-act={act} onSelect={() => run(act)}>
                {label(act)}
              </ActionMenu.Item>
            ))}
          </ActionMenu.Content>
        </ActionMenu>
      )}
    </footer>
  );
}
