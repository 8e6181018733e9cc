// What leaves with the next courier, envelope by envelope, and the two lists that go along on paper.
import { Button } from "@navikt/ds-react";
import { useState } from "react";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { PaperJobs } from "../../components/PaperJobs";
import { UrgencyTag } from "../../components/UrgencyTag";
import { specimenNumber } from "../../format";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { Envelope, PackedSpecimen, Paper } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";

const PRINTED: readonly Paper[] = ["packing_list", "courier_list"];

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
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog label={words.packing} className="packing" onClose={onClose}>
      <div className="dialog__body">
        <h2 className="t16">{words.packing}</h2>
        {failure && !data && <ErrorNote failure={failure} />}
        {data?.envelopes.length === 0 && <p className="muted">{words.empty}</p>}
        {data?.envelopes.map((envelope, at) => <EnvelopeList key={at} envelope={envelope} at={at + 1} />)}
      </div>
      <PaperJobs of={PRINTED} />
      <footer className="packing__acts">
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
    <section className="envelope" aria-label={words.envelope(at, envelope.department)}>
      <div className="t14 envelope__head">
        <h3 className="t14 strong">{words.envelope(at, `${envelope.organisation}, ${envelope.department}`)}</h3>
        {envelope.urgent && <UrgencyTag urgency="urgent" />}
        <span className="muted envelope__count">{words.count(envelope.specimens.length)}</span>
      </div>
      {envelope.storage && <p className="t14 strong">{envelope.storage}</p>}
      {envelope.leftover && <p className="t13 muted">{`${words.leftover}: ${envelope.leftover}`}</p>}
      {alike(envelope.specimens).map((group) => (
        <ContainerGroup key={group.key} group={group} />
      ))}
    </section>
  );
}

function ContainerGroup({ group: { key, first, specimens } }: { group: Group }) {
  const t = useTexts();
  const words = t.internallab.paper;
  return (
    <div className="envelope__group">
      <p className="t14" id={key}>
        <span className="strong">{[first.container, first.material].filter(Boolean).join(" · ")}</span> <span className="muted">{words.count(specimens.length)}</span>
        {first.handling.length > 0 && <span className="envelope__handling muted">{first.handling.join(" ")}</span>}
      </p>
      <ul aria-labelledby={key}>
        {specimens.map((one) => (
          <li key={`${one.requisition} ${one.number}`} className="t14 envelope__specimen">
            <span className="envelope__number">{specimenNumber(one.number)}</span>
            <span>{one.patient}</span>
            {one.urgent && <UrgencyTag urgency="urgent" />}
            {!one.confirmed && <span className="muted envelope__count">{words.notScanned}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Group = { key: string; first: PackedSpecimen; specimens: PackedSpecimen[] };

/** Containers of one kind that are handled alike: what holds for all of them is said once. In the order they lie in. */
function alike(specimens: readonly PackedSpecimen[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of specimens) {
    const key = [one.container, one.material, ...one.handling].join("\n");
    const group = groups.get(key);
    if (group) group.specimens.push(one);
    else groups.set(key, { key: `packed-${one.requisition}-${one.number}`, first: one, specimens: [one] });
  }
  return [...groups.values()];
}
