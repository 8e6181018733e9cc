// What cannot wait: each item says what happened, what it means, and has its one right act.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { dateTime, fullName } from "../../format";
import type { NeedView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { isRefusal, needBody, needTitle, serviceNames } from "./words";

export function Needs({ needs, now, onOpen, onAct, busy }: { needs: readonly NeedView[]; now: Date; onOpen: (id: string) => void; onAct: (need: NeedView) => void; busy: string | null }) {
  const t = useTexts();
  if (needs.length === 0) return null;
  return (
    <section className="needs" aria-labelledby="needs-title">
      <h2 className="needs__head t16" id="needs-title">
        {t.overview.needsYou}
        <span className="badge badge--danger">{needs.length}</span>
      </h2>
      <ul className="needs__list">
        {needs.map((need, index) => (
          <li key={need.key} className="need" data-need={need.id} data-reason={need.reason}>
            {isRefusal(need) ? <XMarkOctagonFillIcon className="stop-icon" aria-hidden /> : <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />}
            <div className="need__words">
              <p>
                <button type="button" className="bare strong need__title" onClick={() => onOpen(need.id)}>
                  {needTitle(need, t)}
                </button>{" "}
                <span className="t14 muted">{(need.count > 1 ? [dateTime(need.at, now)] : [fullName(need.patient.patient), serviceNames(need.services, t), dateTime(need.at, now)]).join(" · ")}</span>
              </p>
              <p className="t14">{needBody(need, t)}</p>
            </div>
            <Button size="small" variant={index === 0 ? "primary" : "secondary"} className="need__act" data-act={need.act} loading={busy === `${need.act} ${need.id}`} onClick={() => onAct(need)}>
              {t.overview.acts[need.act] ?? need.act}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
