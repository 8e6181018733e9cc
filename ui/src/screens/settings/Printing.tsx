// Where labels come out: a queue of the system's print spooler, or a label printer's own port.
import { Button } from "@navikt/ds-react";
import { useEffect, useState, type FormEvent } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import type { PrinterView, PrintingForm, PrintingView } from "../../ipc/model";
import { useTell } from "../../frame/toasts";
import { useQuery } from "../../ipc/query";
import { useTexts, type Texts } from "../../texts";
import { isSheet, stockName } from "../internallab/collecting";
import { Field } from "./Field";
import { useSaving } from "./saving";

export function Printing({ printing, stocks }: { printing: PrintingView; stocks: readonly string[] }) {
  const t = useTexts();
  const tell = useTell();
  const { busy, fault, save, touched } = useSaving();
  const testing = useSaving();
  const printers = useQuery("printers", ["printers"], (backend) => backend.printers());
  const [form, setForm] = useState<PrintingForm>({ ...printing, kind: printing.kind || "queue" });
  // What is kept is known from the answer to what was saved, before the settings have been read again.
  const [kept, setKept] = useState(printing);
  const { kind, target, stock, dpi } = printing;
  useEffect(() => setKept({ kind, target, stock, dpi }), [kind, target, stock, dpi]);
  const changed = JSON.stringify(form) !== JSON.stringify({ kind: kept.kind, target: kept.target, stock: kept.stock, dpi: kept.dpi });
  const change = (part: Partial<PrintingForm>) => {
    setForm((before) => ({ ...before, ...part }));
    touched();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(
      (backend) => backend.savePrinting(form),
      ({ printing: saved }) => {
        setKept(saved);
        setForm(saved);
        tell.say(t.common.saved);
      },
    );
  };
  const queues = printers.data ?? [];
  const onSheet = isSheet(form.stock);
  const sheetOnRaw = onSheet && form.kind === "queue" && queues.some((queue) => queue.name === form.target && queue.raw);
  const stockFault = fault("stock") ?? (sheetOnRaw ? t.settings.problems["stock_sheet_on_raw_queue"] ?? null : null);
  return (
    <form className="settings__form" onSubmit={submit} noValidate>
      <h2 className="t16">{t.settings.section.printing}</h2>
      <fieldset className="settings__choices">
        <legend className="t14 strong">{t.settings.printKind}</legend>
        {(["queue", "socket"] as const).map((kind) => (
          <label key={kind} className="check">
            <input type="radio" name="kind" value={kind} checked={form.kind === kind} onChange={() => change({ kind, target: kind === kept.kind ? kept.target : "" })} />
            {t.settings.printKinds[kind]}
          </label>
        ))}
      </fieldset>
      {form.kind === "queue" && (
        <fieldset className="settings__choices" aria-describedby={fault("target") ? "queue-fault" : undefined}>
          <legend className="t14 strong">{t.settings.queue}</legend>
          {printers.failure && <ErrorNote failure={printers.failure} />}
          {printers.data && queues.length === 0 && <p className="muted">{t.settings.noQueues}</p>}
          {queues.map((queue) => (
            <label key={queue.name} className="check" data-queue={queue.name}>
              <input type="radio" name="queue" value={queue.name} checked={form.target === queue.name} onChange={() => change({ target: queue.name })} />
              <span>
                <span className="strong">{queue.name}</span> <span className="muted">{[queue.info, queueState(queue, t)].filter(Boolean).join(" · ")}</span>
              </span>
            </label>
          ))}
          {form.target && printers.data && !queues.some((queue) => queue.name === form.target) && <p className="question__error">{t.settings.queueGone(form.target)}</p>}
          {fault("target") && (
            <p className="question__error" id="queue-fault" role="alert">
              {fault("target")}
            </p>
          )}
          <div>
            <Button size="small" variant="tertiary" type="button" onClick={printers.refetch}>
              {t.settings.lookAgain}
            </Button>
          </div>
        </fieldset>
      )}
      {form.kind === "socket" && <Field name="target" label={t.settings.address} hint={t.settings.addressHint} value={form.target} error={fault("target")} onValue={(target) => change({ target })} />}
      <div className="settings__grid">
        <div className="form-field">
          <label className="t14 strong" htmlFor="printing-stock">
            {t.settings.stock}
          </label>
          <select id="printing-stock" className="field field--wide field--select" value={form.stock} aria-invalid={stockFault ? true : undefined} aria-describedby={stockFault ? "printing-stock-fault" : undefined} onChange={(event) => change({ stock: event.target.value })}>
            {stocks.map((stock) => (
              <option key={stock} value={stock}>
                {stockName(stock)}
              </option>
            ))}
          </select>
          {stockFault && (
            <p className="question__error" id="printing-stock-fault" role="alert">
              {stockFault}
            </p>
          )}
        </div>
        <div className="form-field">
          <label className="t14 strong" htmlFor="printing-dpi">
            {t.settings.dpi}
          </label>
          <select id="printing-dpi" className="field field--wide field--select" value={onSheet ? 300 : form.dpi} disabled={onSheet} aria-describedby={onSheet ? "printing-dpi-why" : undefined} onChange={(event) => change({ dpi: Number(event.target.value) })}>
            {[203, 300].map((dpi) => (
              <option key={dpi} value={dpi}>
                {t.settings.dots(dpi)}
              </option>
            ))}
          </select>
          {onSheet && (
            <p className="t13 muted" id="printing-dpi-why">
              {t.print.sheet.ownDots}
            </p>
          )}
        </div>
      </div>
      <div className="settings__acts">
        <Button size="small" type="submit" loading={busy} data-act="save-printing">
          {t.common.save}
        </Button>
        <Button
          size="small"
          variant="secondary"
          type="button"
          disabled={changed || kept.kind === ""}
          loading={testing.busy}
          data-act="test-label"
          onClick={() => void testing.save((backend) => backend.printTestLabel(), t.settings.testPrinted)}
        >
          {t.settings.testLabel}
        </Button>
      </div>
      {(changed || kept.kind === "") && <p className="t13 muted">{t.settings.saveFirst}</p>}
    </form>
  );
}

export function queueState(queue: Pick<PrinterView, "state" | "reasons">, t: Texts): string {
  const reasons = queue.reasons.filter((reason) => reason !== "none").map((reason) => t.settings.queueReasons[reason.replace(/-(error|warning|report)$/, "")] ?? reason);
  return [t.settings.queueStates[queue.state] ?? queue.state, ...reasons].join(", ");
}
