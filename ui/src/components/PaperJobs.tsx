// What the A4 printer was given: asked for, taken by the print queue, and out or not out are three things, and what waits is
// said until it is out or somebody takes it back.
import { Button } from "@navikt/ds-react";
import { CheckmarkCircleFillIcon, ExclamationmarkTriangleFillIcon, PrinterSmallIcon, XMarkIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useTell } from "../frame/toasts";
import { useBackend } from "../ipc/backend";
import { asFailure } from "../ipc/failure";
import type { Paper, PaperJobView } from "../ipc/model";
import { useQuery } from "../ipc/query";
import { useTexts, type Texts } from "../texts";

/** All of them, or those of some kinds: a dialog lies above the frame and says for itself what became of what it printed. */
export function PaperJobs({ of, className }: { of?: readonly Paper[]; className?: string }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const jobs = useQuery("paper jobs", ["papers"], (here) => here.paperJobs());
  const shown = (jobs.data ?? []).filter((job) => !of || of.includes(job.paper));
  const attempt = (work: Promise<unknown>) => void work.catch((thrown: unknown) => tell.trouble(asFailure(thrown)));
  return (
    <div className={className ? `papers ${className}` : "papers"} role="status" aria-live="polite" aria-label={t.print.papers.region}>
      {shown.map((job) => (
        <div key={job.id} className={`papers__job papers__job--${look(job)}`} data-paper={job.paper} data-state={job.state.state}>
          <Sign job={job} />
          <p className="papers__words">
            <span className="strong">{title(job, t)}</span> <span>{words(job, t)}</span>
            {job.state.state === "waits" && <span className="papers__more">{t.print.papers.waitsMore}</span>}
          </p>
          {job.state.state === "waits" && (
            <Button size="small" variant="secondary" data-act="take-back-paper" onClick={() => attempt(backend.takeBackPaper(job.id))}>
              {t.print.papers.takeBack}
            </Button>
          )}
          {(job.state.state === "failed" || job.state.state === "out") && (
            <button type="button" className="icon-button" onClick={() => attempt(backend.forgetPaper(job.id))}>
              <XMarkIcon title={t.common.close} />
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

function look(job: PaperJobView): "under-way" | "warn" | "ok" | "stop" {
  switch (job.state.state) {
    case "asked":
    case "taken":
    case "coming_out":
      return "under-way";
    case "waits":
      return "warn";
    case "out":
      return "ok";
    case "failed":
      return job.state.why === "taken_back" || job.state.why === "withdrawn" ? "under-way" : "stop";
  }
}

function Sign({ job }: { job: PaperJobView }) {
  switch (look(job)) {
    case "under-way":
      return <PrinterSmallIcon aria-hidden />;
    case "warn":
      return <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />;
    case "ok":
      return <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />;
    case "stop":
      return <XMarkOctagonFillIcon className="stop-icon" aria-hidden />;
  }
}

function title(job: PaperJobView, t: Texts): string {
  const kind = t.print.papers.kinds[job.paper];
  return `${job.patient ? t.print.papers.about(kind, job.patient) : kind}:`;
}

function words({ printer, state }: PaperJobView, t: Texts): string {
  const said = t.print.papers;
  switch (state.state) {
    case "asked":
      return said.asked(printer);
    case "taken":
      return said.taken(printer);
    case "coming_out":
      return said.comingOut(printer);
    case "waits": {
      const why = state.reasons.flatMap((reason) => said.reasons[reason] ?? []);
      return why.length > 0 ? said.waitsFor(printer, [...new Set(why)].join(", ")) : said.waits(printer);
    }
    case "out":
      return said.out(printer);
    case "failed":
      return said.failed[state.why] ?? said.failedOther;
  }
}
