// What leaves with the next courier, envelope by envelope, and the two lists that go along on paper.
import { Button } from "@navikt/ds-react";
import { useState } from "react";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { specimenNumber } from "../../format";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { Envelope } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";

export function PackingDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts();
  const words = t.internallab.paper;
  const backend = useBackend();
  const tell = useTell();
  const [saving, setSaving] = useState(false);
  const { data, failure } = useQuery("packing", ["requisitions", "outbox"], (here) => here.packing());
  const save = async (courier: boolean) => {
    setSaving(true);
    try {
      const file = await backend.savePacking(courier, words.dialog);
      if (file) tell.say(words.savedAs(file));
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setSaving(false);
    }
  };
  const settings = useQuery("settings", ["settings"], (here) => here.settings());
  const printer = settings.data?.paper_queue ?? "";
  const print = async (courier: boolean) => {
    setSaving(true);
    try {
      await backend.printPacking(courier);
      tell.say(t.bench.paper.printed);
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog label={words.packing} onClose={onClose}>
      <div className="dialog__body packing">
        <h2 className="t16">{words.packing}</h2>
        {failure && !data && <ErrorNote failure={failure} />}
        {data?.envelopes.length === 0 && <p className="muted">{words.empty}</p>}
        {data?.envelopes.map((envelope, at) => <EnvelopeList key={at} envelope={envelope} at={at + 1} />)}
      </div>
      <footer className="dialog__acts">
        {printer && (
          <>
            <Button size="small" disabled={!data?.envelopes.length} loading={saving} data-act="print-packing" onClick={() => void print(false)}>
              {t.bench.paper.print}
            </Button>
            <Button size="small" variant="secondary" disabled={!data?.envelopes.length || saving} data-act="print-courier" onClick={() => void print(true)}>
              {t.bench.paper.printCourier}
            </Button>
          </>
        )}
        <Button size="small" variant={printer ? "secondary" : "primary"} disabled={!data?.envelopes.length || (saving && printer !== "")} loading={saving && printer === ""} data-act="save-packing" onClick={() => void save(false)}>
          {words.save}
        </Button>
        <Button size="small" variant="secondary" disabled={!data?.envelopes.length || saving} data-act="save-courier" onClick={() => void save(true)}>
          {words.saveCourier}
        </Button>
        <Button size="small" variant="tertiary" onClick={onClose}>
          {words.close}
        </Button>
      </footer>
    </Dialog>
  );
}

function EnvelopeList({ envelope, at }: { envelope: Envelope; at: number }) {
  const t = useTexts();
  const words = t.internallab.paper;
  return (
    <section aria-label={words.envelope(at, envelope.department)}>
      <h3 className="t14 strong">{words.envelope(at, `${envelope.organisation}, ${envelope.department}`)}</h3>
      <p className="muted t14">
        {[words.count(envelope.specimens.length), envelope.storage].filter(Boolean).join(" · ")}
      </p>
      {envelope.leftover && <p className="t14">{`${words.leftover}: ${envelope.leftover}`}</p>}
      <ul>
        {envelope.specimens.map((one) => (
          <li key={`${one.requisition} ${one.number} ${one.container}`} className="t14">
            {[specimenNumber(one.number), one.patient, one.container, ...one.handling, one.confirmed ? "" : words.notScanned].filter(Boolean).join(" · ")}
          </li>
        ))}
      </ul>
    </section>
  );
}
