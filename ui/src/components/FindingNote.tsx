// What a rule says about a draft, beside what it concerns: a warning with coded ways on, a stop without, or a quiet fact.
import { Chips } from "@navikt/ds-react";
import { CheckmarkIcon, ExclamationmarkTriangleFillIcon, InformationSquareIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useId, useState } from "react";
import { inLanguage, shortDate } from "../format";
import type { Finding } from "../ipc/model";
import { useLanguage, useTexts, type Texts } from "../texts";

type OwnCode = keyof Texts["findings"];

/** The words of a finding: the catalogue's own, or ours for our own codes. */
export function findingText(finding: Finding, t: Texts, language: "nb" | "nn" | "en"): string {
  if (finding.text && (finding.text.nb || finding.text.nn || finding.text.en)) return inLanguage(finding.text, language);
  const own = finding.rule in t.findings ? (finding.rule as OwnCode) : "other";
  return t.findings[own]({ ...finding.params, rule: finding.rule, ...(finding.provider_name ? { provider: finding.provider_name } : {}) });
}

type Props = {
  finding: Finding;
  onOverride?: (reason: string | null) => void;
  /** What would settle it instead of an override: one click, in words. */
  remedy?: { label: string; act: () => void };
  now: Date;
};

export function FindingNote({ finding, onOverride, remedy, now }: Props) {
  const t = useTexts();
  const language = useLanguage();
  const words = findingText(finding, t, language);
  const anchor = findingAnchor(finding);

  if (finding.severity === "note") {
    return (
      <p className="finding finding--note">
        <InformationSquareIcon aria-hidden />
        <span>
          {words} <AboutRule finding={finding} words={words} now={now} />
        </span>
      </p>
    );
  }
  if (finding.severity === "warn" && finding.overridden) {
    const reason = finding.override_reasons.find((each) => each.value === finding.overridden);
    return (
      <p className="finding finding--kept">
        <CheckmarkIcon aria-hidden />
        <span>
          {lead(words)[0]} {t.basket.kept(reason ? inLanguage(reason.text, language) : finding.overridden)}{" "}
          {onOverride && (
            <button type="button" className="link-button" onClick={() => onOverride(null)}>
              {t.basket.undoOverride}
            </button>
          )}{" "}
          <AboutRule finding={finding} words={words} now={now} />
        </span>
      </p>
    );
  }
  const stop = finding.severity === "stop";
  const [first, rest] = lead(words);
  return (
    <div className={stop ? "finding finding--stop" : "finding finding--warn"} id={anchor} tabIndex={-1}>
      {stop ? (
        <XMarkOctagonFillIcon className="stop-icon" title={t.basket.stop} />
      ) : (
        <ExclamationmarkTriangleFillIcon className="warn-icon" title={t.basket.warning} />
      )}
      <p>
        <span className="strong">{first}</span> {rest}
      </p>
      {remedy && (
        <div className="finding__reasons">
          <button type="button" className="link-button" onClick={remedy.act}>
            {remedy.label}
          </button>
        </div>
      )}
      {!stop && finding.override_reasons.length > 0 && onOverride && (
        <div className="finding__reasons" role="group" aria-label={t.basket.keepBecause}>
          <span>{t.basket.keepBecause}</span>
          <Chips size="small" data-color="neutral">
            {finding.override_reasons.map((reason) => (
              <Chips.Toggle key={reason.value} checkmark={false} onClick={() => onOverride(reason.value)}>
                {inLanguage(reason.text, language)}
              </Chips.Toggle>
            ))}
          </Chips>
        </div>
      )}
      <p className="finding__source">
        {finding.source && <span>{finding.checked ? t.basket.source(finding.source, shortDate(finding.checked, now)) : finding.source} </span>}
        <AboutRule finding={finding} words={words} now={now} />
      </p>
    </div>
  );
}

/** Whose rule it is, its whole text, where it comes from and when that was checked: there when somebody asks. */
function AboutRule({ finding, words, now }: { finding: Finding; words: string; now: Date }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const id = useId();
  const facts: [string, string | null][] = [
    [t.ruleFacts.text, words],
    [t.ruleFacts.from, finding.provider_name ?? t.ruleFacts.own],
    [t.ruleFacts.source, finding.source],
    [t.ruleFacts.checked, finding.checked ? shortDate(finding.checked, now) : null],
    [t.ruleFacts.id, finding.rule],
  ];
  return (
    <>
      <button type="button" className="link-button finding__about" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {t.ruleFacts.show}
      </button>
      {open && (
        <span className="finding__facts" id={id}>
          {facts
            .filter((fact): fact is [string, string] => fact[1] !== null)
            .map(([label, value]) => (
              <span key={label} className="finding__fact">
                <span className="muted">{label}</span> <span>{value}</span>
              </span>
            ))}
        </span>
      )}
    </>
  );
}

/** Where the action bar's link jumps to. */
export function findingAnchor(finding: Pick<Finding, "rule" | "subject">): string {
  const about = finding.subject.about === "line" ? `line-${finding.subject.line}` : finding.subject.about;
  return `finding-${about}-${finding.rule}`;
}

/** The first sentence, which is set bold, and the rest. */
export function lead(words: string): [string, string] {
  const end = words.search(/[.!?]\s+\S/);
  return end < 0 ? [words, ""] : [words.slice(0, end + 1), words.slice(end + 1).trim()];
}
