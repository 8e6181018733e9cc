// Adding examinations to material that was sent: only what the laboratory says the specimens still serve, with its time.
import { Search } from "@navikt/ds-react";
import { useState } from "react";
import { dateTime } from "../../format";
import { useNow } from "../../frame/clock";
import type { DetailView } from "../../ipc/model";
import { useTexts } from "../../texts";
import { FollowUpForm, Refusal } from "./FollowUp";

/** A list that is seen at a glance needs no field to look in. */
const WITHOUT_FILTER = 8;

export function AddOnDialog({ detail, busy, onClose, onSend }: { detail: DetailView; busy: boolean; onClose: () => void; onSend: (services: string[]) => Promise<void> }) {
  const t = useTexts();
  const now = useNow();
  const [chosen, setChosen] = useState<string[]>([]);
  const [filter, setFilter] = useState("");
  const [tried, setTried] = useState(false);
  // What is ticked stays in sight, whatever is looked for next.
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = detail.addable.filter((offer) => chosen.includes(offer.service) || offer.name.toLocaleLowerCase().includes(wanted));
  const submit = () => {
    setTried(true);
    if (chosen.length > 0) void onSend(chosen);
  };
  return (
    <FollowUpForm title={t.outbox.addTitle} send={t.outbox.sendAdd} act="send-add-on" busy={busy} onClose={onClose} onSubmit={submit}>
      <p id="add-on-body">{t.outbox.addBody}</p>
      {detail.addable.length > WITHOUT_FILTER && (
        <Search size="small" variant="simple" label={t.outbox.addFilter} placeholder={t.outbox.addFilter} hideLabel value={filter} onChange={setFilter} onClear={() => setFilter("")} />
      )}
      <div className="addable" role="group" aria-labelledby="add-on-body">
        {shown.map((offer) => (
          <label key={offer.service} className="check" data-add={offer.service}>
            <input
              type="checkbox"
              checked={chosen.includes(offer.service)}
              onChange={(event) => setChosen((before) => (event.target.checked ? [...before, offer.service] : before.filter((id) => id !== offer.service)))}
            />
            <span>
              {offer.name} <span className="t13 muted">{t.outbox.addUntil(dateTime(offer.until, now))}</span>
            </span>
          </label>
        ))}
        {shown.length === 0 && <p className="muted">{t.palette.nothing}</p>}
      </div>
      {detail.not_addable.length > 0 && (
        <details className="t14">
          <summary>{t.outbox.notAddable}</summary>
          <ul>
            {detail.not_addable.map((refused) => (
              <li key={refused.name} data-not-addable={refused.why}>
                <span className="strong">{refused.name}:</span> {t.outbox.whyNotAdd[refused.why]}
              </li>
            ))}
          </ul>
        </details>
      )}
      {tried && chosen.length === 0 && <Refusal>{t.outbox.addNone}</Refusal>}
    </FollowUpForm>
  );
}
