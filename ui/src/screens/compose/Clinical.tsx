// What the receiver must know: urgency, clinical text, diagnosis, and behind "change" payment, copies and the note to the one
// who collects.
import { Button, ToggleGroup } from "@navikt/ds-react";
import { memo, useState, type ReactNode } from "react";
import { FindingNote } from "../../components/FindingNote";
import { useOwnText } from "../../components/ownText";
import { longDate } from "../../format";
import type { EditQueue } from "../../ipc/editing";
import type { CopyRecipient, DraftView, Urgency } from "../../ipc/model";
import { useTexts, type Texts } from "../../texts";
import { DiagnosisField } from "./DiagnosisField";
import { Attachments, CancerPathway, EarlierFindings } from "./Documents";
import { Day } from "./Series";

type Props = { view: DraftView; queue: EditQueue; now: Date };

/** Disciplines of list 8202 that look at tissue, cells or pictures. */
const DOCUMENTED = new Set(["HIST", "CYTO", "OBD", "CT", "MA", "MR", "RTG", "SCI", "UL"]);

/** Drawn again only when the draft changes, not when another hit comes into focus. */
export const Clinical = memo(function Clinical({ view, queue, now, onView }: Props & { onView: (view: DraftView) => void }) {
  const t = useTexts();
  const { draft, composition } = view;
  // Pathology and radiology are judged against what was found before; for the laboratories it lies behind "change".
  const imagesOrTissue = composition.parts.some((part) => DOCUMENTED.has(part.discipline));
  const documented = imagesOrTissue || (draft.attachments ?? []).length > 0 || (draft.earlier_findings ?? []).length > 0 || (draft.cancer_pathway ?? false);
  const findings = composition.findings.filter((finding) => finding.subject.about === "clinical_text");
  return (
    <section className="clinical" aria-label={t.compose.clinical}>
      <div className="clinical__part">
        <h2 className="t15 strong" id="urgency-label">
          {t.clinical.urgency}
        </h2>
        <div className="urgency-toggle" data-urgency={draft.urgency}>
          <ToggleGroup
            size="small"
            data-color="neutral"
            fill
            aria-labelledby="urgency-label"
            value={draft.urgency}
            onChange={(value) => queue.edit({ edit: "urgency", urgency: value as Urgency })}
          >
            <ToggleGroup.Item value="routine">{t.clinical.routine}</ToggleGroup.Item>
            <ToggleGroup.Item value="urgent">{t.clinical.urgent}</ToggleGroup.Item>
            <ToggleGroup.Item value="cito">{t.clinical.cito}</ToggleGroup.Item>
          </ToggleGroup>
        </div>
      </div>
      <div className="clinical__part">
        <ClinicalText value={draft.clinical_text} limit={composition.clinical_text_limit} queue={queue} />
        {findings.map((finding) => (
          <FindingNote
            key={`${finding.provider} ${finding.rule}`}
            finding={finding}
            now={now}
            remedy={finding.rule === "urgency_in_text" ? { label: t.clinical.setUrgent, act: () => queue.edit({ edit: "urgency", urgency: "urgent" }) } : undefined}
            onOverride={(reason) => queue.edit({ edit: "override", line: null, provider: finding.provider ?? "", rule: finding.rule, reason })}
          />
        ))}
      </div>
      <div className="clinical__part">
        <DiagnosisField diagnoses={draft.diagnoses} onChange={(change) => queue.edit((before) => ({ edit: "diagnoses", diagnoses: change(before.diagnoses) }))} />
      </div>
      {documented && (
        <>
          <CancerPathway view={view} queue={queue} />
          <EarlierFindings view={view} queue={queue} now={now} />
          <Attachments view={view} queue={queue} onView={onView} />
        </>
      )}
      <Details view={view} queue={queue} now={now}>
        {!documented && (
          <>
            <CancerPathway view={view} queue={queue} />
            <EarlierFindings view={view} queue={queue} now={now} />
            <Attachments view={view} queue={queue} onView={onView} />
          </>
        )}
      </Details>
    </section>
  );
});

function ClinicalText({ value, limit, queue }: { value: string; limit: number; queue: EditQueue }) {
  const t = useTexts();
  const [text, setText, field] = useOwnText<HTMLTextAreaElement>(value);
  const length = [...text].length;
  const over = limit > 0 && length > limit;
  return (
    <>
      <div className="clinical__label">
        <label className="t15 strong" htmlFor="clinical-text">
          {t.clinical.text}
        </label>
        {limit > 0 && (
          <span className={over ? "clinical__counter clinical__counter--over" : "clinical__counter"} id="clinical-counter">
            <span aria-hidden="true">{over ? t.clinical.counterOver(length - limit) : t.clinical.counter(length, limit)}</span>
            <span className="sr-only">{over ? t.clinical.counterOver(length - limit) : t.clinical.counterLabel(length, limit)}</span>
          </span>
        )}
      </div>
      <textarea
        id="clinical-text"
        ref={field}
        className="field clinical__text"
        aria-describedby={limit > 0 ? "clinical-counter" : undefined}
        aria-invalid={over || undefined}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          queue.typed({ edit: "clinical_text", text: event.target.value });
        }}
        onBlur={() => void queue.flush()}
      />
    </>
  );
}

function Details({ view, queue, now, children }: Props & { children: ReactNode }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const { draft } = view;
  const where = draft.collection ?? { place: "office" };
  const place = where.place === "elsewhere" ? where.name || t.place.elsewhere : where.place === "home" ? t.place.home : "";
  if (!open) {
    return (
      <div className="clinical__details">
        <dl className="clinical__facts">
          <div>
            <dt>{t.clinical.payment}</dt>
            <dd>{paymentWord(draft.payment, t)}</dd>
          </div>
          <div>
            <dt>{t.clinical.copyTo}</dt>
            <dd>{draft.copy_recipients.map((recipient) => recipient.name || recipient.organisation).join(", ") || t.common.none}</dd>
          </div>
          {place && (
            <div>
              <dt>{t.place.label}</dt>
              <dd>{place}</dd>
            </div>
          )}
          {draft.planned_date && (
            <div>
              <dt>{t.clinical.plannedDate}</dt>
              <dd>{longDate(draft.planned_date)}</dd>
            </div>
          )}
          {draft.note_to_collector && (
            <div className="clinical__note">
              <dt>{t.clinical.note}</dt>
              <dd>{draft.note_to_collector}</dd>
            </div>
          )}
        </dl>
        <Button size="small" variant="tertiary" aria-label={`${t.common.edit}: ${t.clinical.details}`} onClick={() => setOpen(true)}>
          {t.common.edit}
        </Button>
      </div>
    );
  }
  return (
    <div className="clinical__part clinical__edit" role="group" aria-label={t.clinical.details}>
      <label className="clinical__row">
        <span className="t14 strong">{t.clinical.payment}</span>
        <select className="field" value={draft.payment} autoFocus onChange={(event) => queue.edit({ edit: "payment", category: event.target.value })}>
          {paymentChoices(draft.payment).map((code) => (
            <option key={code} value={code}>
              {paymentWord(code, t)}
            </option>
          ))}
        </select>
      </label>
      <Copies recipients={draft.copy_recipients} onChange={(change) => queue.edit((before) => ({ edit: "copy_recipients", recipients: change(before.copy_recipients) }))} />
      <Place view={view} queue={queue} />
      <Day label={t.clinical.plannedDate} value={draft.planned_date} now={now} onDay={(date) => queue.edit({ edit: "planned_date", date })} />
      <Note value={draft.note_to_collector} queue={queue} />
      {children}
      <div>
        <Button size="small" variant="secondary" onClick={() => setOpen(false)}>
          {t.clinical.done}
        </Button>
      </div>
    </div>
  );
}

const PAYMENTS = ["1", "RE", "30"];

function paymentChoices(current: string): string[] {
  return current && !PAYMENTS.includes(current) ? [...PAYMENTS, current] : PAYMENTS;
}

export function paymentWord(code: string, t: Texts): string {
  if (code === "1" || code === "RE" || code === "30") return t.payments[code];
  return t.payments.other(code);
}

function Note({ value, queue }: { value: string; queue: EditQueue }) {
  const t = useTexts();
  const [text, setText, field] = useOwnText<HTMLInputElement>(value);
  return (
    <label className="clinical__row">
      <span className="t14 strong">{t.clinical.note}</span>
      <input
        ref={field}
        className="field field--wide"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          queue.typed({ edit: "note_to_collector", text: event.target.value });
        }}
        onBlur={() => void queue.flush()}
      />
      <span className="t13 muted">{t.clinical.noteHint}</span>
    </label>
  );
}

/** Where the specimens are taken. */
function Place({ view, queue }: Pick<Props, "view" | "queue">) {
  const t = useTexts();
  const place = view.draft.collection ?? { place: "office" };
  const [text, setText, field] = useOwnText<HTMLInputElement>(place.place === "elsewhere" ? place.name : "");
  const choose = (chosen: string) => queue.edit({ edit: "collection_place", place: chosen === "elsewhere" ? { place: "elsewhere", name: text } : chosen === "home" ? { place: "home" } : { place: "office" } });
  return (
    <div className="clinical__row" data-field="place">
      <span className="t14 strong" id="place-label">
        {t.place.label}
      </span>
      <ToggleGroup size="small" data-color="neutral" fill aria-labelledby="place-label" value={place.place} onChange={choose}>
        <ToggleGroup.Item value="office">{t.place.office}</ToggleGroup.Item>
        <ToggleGroup.Item value="home">{t.place.home}</ToggleGroup.Item>
        <ToggleGroup.Item value="elsewhere">{t.place.elsewhere}</ToggleGroup.Item>
      </ToggleGroup>
      {place.place === "elsewhere" && (
        <label className="clinical__row">
          <span className="t13 muted">{t.place.name}</span>
          <input
            ref={field}
            className="field field--wide"
            placeholder={t.place.namePlaceholder}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              queue.typed({ edit: "collection_place", place: { place: "elsewhere", name: event.target.value } });
            }}
            onBlur={() => void queue.flush()}
          />
        </label>
      )}
      {place.place !== "office" && <span className="t13 muted">{place.place === "home" ? t.place.homeHint : t.place.elsewhereHint}</span>}
    </div>
  );
}

const EMPTY: CopyRecipient = { organisation: "", organisation_her: "", name: "", her: "", person: true };

export function Copies({ recipients, onChange }: { recipients: readonly CopyRecipient[]; onChange: (change: (before: readonly CopyRecipient[]) => CopyRecipient[]) => void }) {
  const t = useTexts();
  const [fresh, setFresh] = useState<CopyRecipient | null>(null);
  const [tried, setTried] = useState(false);
  const complete = (one: CopyRecipient) => Boolean(one.organisation.trim() && one.name.trim()) && /^\d+$/.test(one.organisation_her.trim()) && /^\d+$/.test(one.her.trim());
  const field = (name: "organisation" | "organisation_her" | "name" | "her", label: string) => (
    <label className="clinical__row">
      <span className="t13">{label}</span>
      <input className="field field--wide" value={fresh?.[name] ?? ""} onChange={(event) => setFresh((one) => ({ ...(one ?? EMPTY), [name]: event.target.value }))} />
    </label>
  );
  return (
    <div className="clinical__row" role="group" aria-label={t.clinical.copyTo}>
      <span className="t14 strong">{t.clinical.copyTo}</span>
      {recipients.map((recipient, index) => (
        <span key={`${recipient.her} ${index}`} className="clinical__copy">
          <span className="ellipsis">{[recipient.name, recipient.organisation].filter(Boolean).join(", ")}</span>
          <button type="button" className="link-button" aria-label={`${t.common.remove} ${recipient.name}`} onClick={() => onChange((before) => before.filter((one) => JSON.stringify(one) !== JSON.stringify(recipient)))}>
            {t.common.remove}
          </button>
        </span>
      ))}
      {fresh ? (
        <>
          {field("name", t.clinical.copyName)}
          {field("her", t.clinical.copyHer)}
          <label className="clinical__check">
            <input type="checkbox" checked={fresh.person} onChange={(event) => setFresh({ ...fresh, person: event.target.checked })} /> {t.clinical.copyPerson}
          </label>
          {field("organisation", t.clinical.copyOrganisation)}
          {field("organisation_her", t.clinical.copyOrganisationHer)}
          {tried && !complete(fresh) && (
            <span className="question__error" role="alert">
              {t.clinical.copyInvalid}
            </span>
          )}
          <span className="clinical__buttons">
            <Button
              size="small"
              variant="secondary"
              onClick={() => {
                setTried(true);
                if (!complete(fresh)) return;
                onChange((before) => [...before, { ...fresh, organisation: fresh.organisation.trim(), organisation_her: fresh.organisation_her.trim(), name: fresh.name.trim(), her: fresh.her.trim() }]);
                setFresh(null);
                setTried(false);
              }}
            >
              {t.clinical.addCopy}
            </Button>
            <Button size="small" variant="tertiary" onClick={() => setFresh(null)}>
              {t.common.cancel}
            </Button>
          </span>
        </>
      ) : (
        <button type="button" className="link-button" onClick={() => setFresh(EMPTY)}>
          {t.clinical.addCopy}
        </button>
      )}
    </div>
  );
}
