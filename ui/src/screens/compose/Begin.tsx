// Whom it is for: an 11-digit number checked while it is typed, or name, birth date and sex; the patients this workstation
// knows; and the drafts that wait. Nothing is guessed: the core checks, the window shows its reasons.
import { Button, Tag, TextField, ToggleGroup } from "@navikt/ds-react";
import { ArrowsSquarepathIcon, CheckmarkCircleFillIcon, ExclamationmarkTriangleFillIcon, PersonIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { sexWord } from "../../components/PatientBanner";
import { useNow } from "../../frame/clock";
import type { Place } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { fullName, longDate, nationalId, patientAge, timeOrDateTime } from "../../format";
import { useBackend } from "../../ipc/backend";
import { asFailure, type Failure } from "../../ipc/failure";
import type { DraftRow, DraftView, PatientCheckView, PatientForm, PatientView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts, type Texts } from "../../texts";

type Typed = Required<PatientForm>;

const EMPTY: Typed = { number: "", family: "", given: "", birth_date: "", sex: "", phone: "", street: "", postal_code: "", city: "" };

type Props = { patient: Place["patient"] | null; onBegun: (draft: DraftView) => void; onOpen: (draft: string) => void };

export function Begin({ patient, onBegun, onOpen }: Props) {
  const t = useTexts();
  return (
    <div className="begin">
      <section className="begin__who" aria-label={t.begin.title}>
        <Who patient={patient} onBegun={onBegun} />
      </section>
      <section className="begin__list" aria-label={t.begin.recent}>
        <Recent onBegun={onBegun} />
      </section>
      <section className="begin__list" aria-label={t.begin.drafts}>
        <Drafts onOpen={onOpen} />
      </section>
    </div>
  );
}

function Who({ patient, onBegun }: Omit<Props, "onOpen">) {
  const t = useTexts();
  const backend = useBackend();
  const now = useNow();
  const [form, setForm] = useState<Typed>(() =>
    patient ? { ...EMPTY, number: patient.number, given: patient.given, family: patient.family, birth_date: patient.number ? "" : longDate(patient.birthDate), sex: patient.number ? "" : patient.sex } : EMPTY,
  );
  const [without, setWithout] = useState(patient ? patient.number === "" : false);
  const [tried, setTried] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const whole = useRef<HTMLFormElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const asked = without ? { ...form, number: "" } : { ...form, birth_date: "", sex: "" };
  const digits = form.number.replace(/\D/g, "");
  const check = useCheck(asked);
  useEffect(() => first.current?.focus(), [without]);
  // What is missing is typed next.
  useEffect(() => {
    if (refusals > 0) whole.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusals]);

  // What this workstation knows of the number fills in the name, unless somebody has written one.
  const known = check?.known;
  useEffect(() => {
    if (known) setForm((now) => (now.given || now.family ? now : { ...now, given: known.given, family: known.family }));
  }, [known]);

  const set = (field: keyof Typed) => (event: { target: { value: string } }) => setForm((now) => ({ ...now, [field]: event.target.value }));
  const leave = (field: string) => () => setLeft((now) => new Set(now).add(field));
  const problem = (field: string): string | null => {
    const found = check?.problems.find((each) => each.field === field);
    if (!found) return null;
    const typed = field === "number" ? digits.length >= 11 : form[field as keyof Typed] !== "" && left.has(field);
    if (!tried && !typed) return null;
    return field === "birth_date" && found.code === "no_such_date" ? t.begin.birthDateInvalid : problemWords(found.code, t);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy) return;
    setBusy(true);
    setFailure(null);
    backend
      .checkPatient(asked)
      .then((checked) => (checked.ok ? backend.startDraft(asked).then(onBegun) : setRefusals((before) => before + 1)))
      .catch((thrown: unknown) => setFailure(asFailure(thrown)))
      .finally(() => setBusy(false));
  };
  const numberFault = problem("number");
  const good = !without && check !== null && digits.length === 11 && !check.problems.some((each) => each.field === "number");

  return (
    <form ref={whole} className="begin__form" onSubmit={submit} noValidate>
      <h1 className="t20">{t.begin.title}</h1>
      {!without && (
        <>
          <TextField
            ref={first}
            id="patient-number"
            data-identity-field
            data-search-field
            size="small"
            className="begin__number"
            label={t.begin.number}
            description={t.begin.numberHint}
            inputMode="numeric"
            autoComplete="off"
            value={form.number}
            onChange={set("number")}
            onBlur={leave("number")}
            error={numberFault}
          />
          <p className="begin__check" role="status">
            {good && check ? (
              <>
                <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />
                <span>
                  {[kindWord(check.kind, t), check.birth_date ? patientAge(check.birth_date, now, t) : "", check.sex ? sexWord(check.sex, t) : ""].filter(Boolean).join(" · ")}
                </span>
                {check.synthetic && (
                  <Tag size="xsmall" variant="outline" data-color="neutral">
                    {t.begin.synthetic}
                  </Tag>
                )}
              </>
            ) : (
              !numberFault && digits.length > 0 && digits.length < 11 && <span className="muted">{t.begin.numberLeft(11 - digits.length)}</span>
            )}
          </p>
        </>
      )}
      {(without || good) && (
        <div className="begin__names">
          <TextField ref={without ? first : undefined} id="patient-given" size="small" label={t.begin.given} autoComplete="off" value={form.given} onChange={set("given")} onBlur={leave("given")} error={problem("given")} />
          <TextField id="patient-family" size="small" label={t.begin.family} autoComplete="off" value={form.family} onChange={set("family")} onBlur={leave("family")} error={problem("family")} />
        </div>
      )}
      {without && (
        <>
          <TextField
            id="patient-birth"
            className="begin__date"
            size="small"
            label={t.begin.birthDate}
            placeholder={t.begin.birthDateHint}
            inputMode="numeric"
            autoComplete="off"
            value={form.birth_date}
            onChange={set("birth_date")}
            onBlur={leave("birth_date")}
            error={problem("birth_date")}
          />
          <div>
            <p className="t14 strong" id="sex-label">
              {t.begin.sex}
            </p>
            <ToggleGroup size="small" data-color="neutral" aria-labelledby="sex-label" value={form.sex} onChange={(sex) => setForm((now) => ({ ...now, sex }))}>
              {["2", "1", "9"].map((sex) => (
                <ToggleGroup.Item key={sex} value={sex}>
                  {capitalised(sexWord(sex, t))}
                </ToggleGroup.Item>
              ))}
            </ToggleGroup>
            {problem("sex") && <p className="question__error">{t.begin.sexMissing}</p>}
          </div>
        </>
      )}
      {failure && <ErrorNote failure={failure} />}
      <div className="begin__buttons">
        <Button size="small" type="submit" loading={busy} data-act="start">
          {t.begin.start}
        </Button>
        <Button
          size="small"
          variant="tertiary"
          onClick={() => {
            setWithout(!without);
            setTried(false);
          }}
        >
          {without ? t.begin.withNumber : t.begin.withoutNumber}
        </Button>
      </div>
    </form>
  );
}

/**
 * The core's word on the form as it stands; the newest answer wins. Until it is there the last one for the same number
 * stands, so that no field goes away under the hands of the one who types.
 */
function useCheck(form: Typed): PatientCheckView | null {
  const key = JSON.stringify(form);
  const empty = Object.values(form).every((value) => value === "");
  const check = useQuery(empty ? "" : key, [], empty ? null : (backend) => backend.checkPatient(form));
  const [last, setLast] = useState<{ number: string; check: PatientCheckView } | null>(null);
  if (check.data && last?.check !== check.data) setLast({ number: form.number, check: check.data });
  if (check.data) return check.data;
  return last?.number === form.number ? last.check : null;
}

function problemWords(code: string, t: Texts): string {
  return t.begin.problems[code] ?? t.begin.problems["other"] ?? code;
}

function kindWord(kind: string | null, t: Texts): string {
  if (kind === "DNR") return t.patient.kindDNR;
  if (kind === "FHN") return t.patient.kindFHN;
  return t.patient.kindFNR;
}

const capitalised = (word: string) => word.charAt(0).toLocaleUpperCase("nb") + word.slice(1);

function Recent({ onBegun }: { onBegun: (draft: DraftView) => void }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const now = useNow();
  const [text, setText] = useState("");
  const found = useQuery(`recent ${text}`, ["drafts", "requisitions"], (here) => here.recentPatients(text));
  const [kept, setKept] = useState<PatientView[]>([]);
  if (found.data && found.data !== kept) setKept(found.data);
  const patients = found.data ?? kept;
  const start = ({ patient }: PatientView) => {
    const number = patient.national_id ?? "";
    backend
      .startDraft({
        number,
        family: patient.family,
        given: patient.given,
        birth_date: number ? "" : (patient.birth_date ?? ""),
        sex: number ? "" : patient.sex,
        phone: patient.phone ?? "",
        street: patient.street ?? "",
        postal_code: patient.postal_code ?? "",
        city: patient.city ?? "",
      })
      .then(onBegun, (thrown: unknown) => tell.fail(asFailure(thrown)));
  };
  return (
    <>
      <h2 className="begin__heading">{t.begin.recent}</h2>
      <input className="field field--wide" type="search" aria-label={t.begin.search} placeholder={t.begin.search} value={text} onChange={(event) => setText(event.target.value)} />
      {found.failure && <ErrorNote failure={found.failure} />}
      {patients.length === 0 && found.data && <p className="muted begin__empty">{text.trim() ? t.begin.noRecentMatch : t.begin.noRecent}</p>}
      <ul>
        {patients.map((each) => (
          <li key={each.patient.national_id ?? `${each.patient.family} ${each.patient.given} ${each.patient.birth_date}`}>
            <button type="button" className="begin__row" onClick={() => start(each)}>
              <PersonIcon aria-hidden />
              <span className="begin__words">
                <span className="strong ellipsis">{fullName(each.patient)}</span>
                <span className="t14 muted">
                  {[each.patient.national_id ? nationalId(each.patient.national_id) : each.patient.birth_date ? longDate(each.patient.birth_date) : "", each.patient.birth_date ? patientAge(each.patient.birth_date, now, t) : ""]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Drafts({ onOpen }: { onOpen: (draft: string) => void }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const now = useNow();
  const found = useQuery("drafts", ["drafts", "catalogue"], (here) => here.drafts());
  const [doomed, setDoomed] = useState<DraftRow | null>(null);
  const discard = (draft: DraftRow) => {
    setDoomed(null);
    backend.discardDraft(draft.id).then(
      () => {
        tell.say(t.begin.discarded);
        found.refetch();
      },
      (thrown: unknown) => tell.fail(asFailure(thrown)),
    );
  };
  return (
    <>
      <h2 className="begin__heading">{t.begin.drafts}</h2>
      {found.failure && <ErrorNote failure={found.failure} />}
      {found.data?.length === 0 && <p className="muted begin__empty">{t.begin.noDrafts}</p>}
      <ul>
        {(found.data ?? []).map((draft) => (
          <li key={draft.id} className="begin__draft" data-draft={draft.id}>
            <span className="begin__words">
              <span className="ellipsis">
                <span className="strong">{fullName(draft.patient.patient)}</span>
                {draft.urgency !== "routine" && (
                  <Tag size="xsmall" variant={draft.urgency === "cito" ? "strong" : "moderate"} data-color={draft.urgency === "cito" ? "danger" : "warning"} className="begin__tag">
                    {t.urgency[draft.urgency]}
                  </Tag>
                )}
              </span>
              <span className="t14 muted ellipsis" title={draft.services.join(", ")}>
                {draft.services.length > 0 ? `${draft.services.join(", ")}${draft.count > draft.services.length ? ` + ${draft.count - draft.services.length}` : ""}` : t.begin.draftServices(draft.count)}
              </span>
              {draft.gone.length > 0 && (
                <span className="begin__news">
                  <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden /> {t.handbook.inDraft.gone(draft.gone.join(", "))}
                </span>
              )}
              {draft.changed.length > 0 && (
                <span className="begin__news">
                  <ArrowsSquarepathIcon aria-hidden /> {t.handbook.inDraft.lines(draft.changed.join(", "))}
                </span>
              )}
              <span className="t13 muted">{t.begin.draftChanged(timeOrDateTime(draft.updated, now))}</span>
            </span>
            <Button size="small" variant="secondary" aria-label={`${t.begin.continue}: ${fullName(draft.patient.patient)}`} onClick={() => onOpen(draft.id)}>
              {t.begin.continue}
            </Button>
            <Button size="small" variant="tertiary" data-color="neutral" aria-label={`${t.begin.discard}: ${fullName(draft.patient.patient)}`} onClick={() => setDoomed(draft)}>
              {t.begin.discard}
            </Button>
          </li>
        ))}
      </ul>
      {doomed && (
        <Dialog label={t.begin.discardTitle} onClose={() => setDoomed(null)}>
          <div className="dialog__body">
            <h2 className="t16">{t.begin.discardTitle}</h2>
            <p>{t.begin.discardBody(fullName(doomed.patient.patient))}</p>
            <div className="dialog__actions">
              <Button size="small" variant="tertiary" onClick={() => setDoomed(null)}>
                {t.common.cancel}
              </Button>
              <Button size="small" data-color="danger" onClick={() => discard(doomed)}>
                {t.begin.discard}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
