// What goes where, before anything is sent: each requisition that the draft becomes, its receiver, its services and containers,
// and its message as the receiver will see it.
import { Button } from "@navikt/ds-react";
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { READ_ON_SCREEN, usePaper } from "../../components/paper";
import { PaperJobs } from "../../components/PaperJobs";
import { ReadableMessage } from "../../components/ReadableMessage";
import { inLanguage } from "../../format";
import { previewPage } from "../../format/sheet";
import type { PreviewPart } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";

/** `revision` of the draft: another one is another preview. */
export function PreviewDialog({ draft, revision, onClose }: { draft: string; revision: number; onClose: () => void }) {
  const t = useTexts();
  const words = t.preview;
  const { data, failure } = useQuery(`preview ${draft} ${revision}`, ["catalogue", "settings"], (backend) => backend.preview(draft));
  const language = useLanguage();
  const paper = usePaper();
  const total = data?.parts.length ?? 0;
  return (
    <Dialog label={t.message.title} className="preview-dialog" onClose={onClose}>
      <div className="dialog__body">
        <h2 className="t16">{data ? words.title(total) : t.common.loading}</h2>
        {failure && <ErrorNote failure={failure} />}
        {total > 1 && <p className="t14">{words.why}</p>}
        {data && (
          <p className="t14 muted" role="status">
            {data.missing > 0 ? words.missing(data.missing) : t.message.introBefore}
          </p>
        )}
        <div className="message__scroll" tabIndex={0} role="group" aria-label={t.message.title}>
          {(data?.parts ?? []).map((part, at) => (
            <PartOfDraft key={`${part.her} ${part.discipline_name.nb} ${at}`} part={part} at={at + 1} total={total} />
          ))}
        </div>
        <PaperJobs of={READ_ON_SCREEN} />
        <div className="dialog__actions">
          <Button size="small" variant="secondary" data-act="print" disabled={!data} loading={paper.busy} onClick={() => data && void paper.print(previewPage(data.parts, words.title(total), t.message.introBefore, t, language), t.message.saveDialog)}>
            {paper.printer ? t.message.print : t.message.save}
          </Button>
          <Button size="small" onClick={onClose}>
            {t.common.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function PartOfDraft({ part, at, total }: { part: PreviewPart; at: number; total: number }) {
  const t = useTexts();
  const language = useLanguage();
  const words = t.preview;
  const name = `${inLanguage(part.discipline_name, language)}, ${part.provider_name}`;
  return (
    <section className="preview-part" aria-label={name} data-part-of={part.her}>
      <h3 className="preview-part__head">
        <span className="strong">{name}</span>
        {total > 1 && <span className="t13 muted">{words.part(at, total)}</span>}
      </h3>
      <dl className="preview-part__facts">
        <div>
          <dt>{words.to}</dt>
          <dd>
            {[part.organisation, part.department].filter(Boolean).join(", ")} <span className="t13 muted">{words.her(part.her)}</span>
          </dd>
        </div>
        <div>
          <dt>{words.services}</dt>
          <dd>{part.services.join(", ")}</dd>
        </div>
        <div>
          <dt>{words.containers}</dt>
          <dd>{part.containers.map((one) => words.count(one.count, inLanguage(one.name, language))).join(", ") || words.noContainer}</dd>
        </div>
      </dl>
      {part.problem && (
        <div className="preview-part__refused">
          <p className="t14 strong">
            <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden /> {words.refused}
          </p>
          <ErrorNote failure={part.problem} />
        </div>
      )}
      {part.message && (
        <details className="preview-part__message" open={total === 1}>
          <summary>{words.message}</summary>
          <ReadableMessage message={part.message} label={name} level={4} />
        </details>
      )}
    </section>
  );
}
