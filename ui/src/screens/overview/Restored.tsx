// After going back to a backup: what may be missing, and what was asked again. It stays until somebody has read it.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { dateTime } from "../../format";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";

export function Restored({ now }: { now: Date }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const { data, refetch } = useQuery("storage", ["settings", "outbox"], (here) => here.storage());
  const account = data?.restored;
  if (!account) return null;
  return (
    <section className="needs" aria-labelledby="restored-title" data-restored>
      <ul className="needs__list">
        <li className="need">
          <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
          <div className="need__words">
            <h2 className="t16" id="restored-title">
              {t.outbox.restoredTitle}
            </h2>
            <p className="t14">
              {[account.newest && t.outbox.restoredNewest(dateTime(account.newest, now)), account.queued_again > 0 && t.outbox.restoredAgain(account.queued_again), account.strangers > 0 && t.outbox.restoredStrangers(account.strangers)]
                .filter(Boolean)
                .join(" ")}
            </p>
          </div>
          <Button size="small" variant="secondary" className="need__act" data-act="restored-read" onClick={() => void backend.settleRestore().then(refetch, (thrown: unknown) => tell.fail(asFailure(thrown)))}>
            {t.outbox.restoredRead}
          </Button>
        </li>
      </ul>
    </section>
  );
}
