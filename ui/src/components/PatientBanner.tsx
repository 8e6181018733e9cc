// Who it is about, always on top, the same on every screen that shows one patient.
import { CheckmarkCircleFillIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { longDate, nationalId, patientAge } from "../format";
import { useTexts, type Texts } from "../texts";

export type BannerPatient = {
  name: string;
  nationalId: string | null;
  /** `FNR`, `DNR`, `FHN`. */
  idKind: string | null;
  birthDate: string | null;
  sex: string;
  /** What does not agree, in words: it cannot be missed. */
  fault?: string | null;
};

export function PatientBanner({ patient, requester, end, now }: { patient: BannerPatient; requester: ReactNode; end?: ReactNode; now: Date }) {
  const t = useTexts();
  return (
    <section className="banner" aria-label={t.patient.banner}>
      <h1 className="banner__name">{patient.name}</h1>
      <dl className="banner__facts">
        <div className="banner__fact">
          <dt>{idLabel(patient.idKind, t)}</dt>
          <dd className="strong">
            {patient.nationalId ? nationalId(patient.nationalId) : t.patient.noNationalId}
            {patient.fault ? (
              <span className="banner__fault">
                <XMarkOctagonFillIcon className="stop-icon" aria-hidden /> {patient.fault}
              </span>
            ) : (
              patient.nationalId && <CheckmarkCircleFillIcon className="ok-icon" title={t.patient.valid} />
            )}
          </dd>
        </div>
        {!patient.nationalId && patient.birthDate && (
          <div className="banner__fact">
            <dt>{t.patient.born}</dt>
            <dd>{longDate(patient.birthDate)}</dd>
          </div>
        )}
        <div className="banner__fact">
          <dt>{t.patient.ageAndSex}</dt>
          <dd>{[patient.birthDate ? patientAge(patient.birthDate, now, t) : "", sexWord(patient.sex, t)].filter(Boolean).join(" · ")}</dd>
        </div>
        <div className="banner__fact">
          <dt>{t.patient.requester}</dt>
          <dd>{requester}</dd>
        </div>
      </dl>
      {end && <div className="banner__end">{end}</div>}
    </section>
  );
}

function idLabel(kind: string | null, t: Texts): string {
  if (kind === "DNR") return t.patient.kindDNR;
  if (kind === "FHN") return t.patient.kindFHN;
  return t.patient.kindFNR;
}

/** List 3101 in words. */
export function sexWord(sex: string, t: Texts): string {
  if (sex === "1") return t.patient.male;
  if (sex === "2") return t.patient.female;
  if (sex === "9") return t.patient.sexNotSpecified;
  return t.patient.sexUnknown;
}
