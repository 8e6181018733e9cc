// How a provider's decision support is heeded here: each rule with its source and date, how often it was shown and gone against,
// and with which reasons. So that one sees which rules help and which only nag.
import { inLanguage, longDate } from "../../format";
import type { RuleUse } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";
import { Section } from "./Section";

/** A figure that a rule puts into its text when it speaks. */
const FIGURE = /\{\w+\}/g;

export function RuleUses({ provider }: { provider: string }) {
  const t = useTexts();
  const words = t.ruleUses;
  const { data } = useQuery(`rules ${provider}`, ["catalogue", "drafts"], (backend) => backend.ruleUses(provider));
  if (!data || data.rules.length === 0) return null;
  return (
    <Section title={words.title}>
      <p className="t14 muted">{words.since(longDate(data.since))}</p>
      {/* What scrolls must be reachable by keyboard. */}
      <div className="rule-uses" role="region" aria-label={words.title} tabIndex={0}>
        <table className="rule-uses__table">
          <thead>
            <tr>
              <th scope="col">{words.rule}</th>
              <th scope="col">{words.severity}</th>
              <th scope="col" className="rule-uses__number">
                {words.shown}
              </th>
              <th scope="col" className="rule-uses__number">
                {words.overridden}
              </th>
            </tr>
          </thead>
          <tbody>
            {data.rules.map((rule) => (
              <Rule key={rule.rule} rule={rule} />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Rule({ rule }: { rule: RuleUse }) {
  const t = useTexts();
  const language = useLanguage();
  const words = t.ruleUses;
  const own = rule.text === null;
  const source = [rule.source, rule.checked ? longDate(rule.checked) : ""].filter(Boolean).join(", ");
  return (
    <tr data-rule={rule.rule}>
      <th scope="row">
        {rule.services.length > 0 && <span className="strong">{`${words.about(rule.services.join(", "), rule.more_services)}: `}</span>}
        {rule.text ? inLanguage(rule.text, language).replace(FIGURE, "…") : (words.own[rule.rule] ?? rule.rule)}
        <span className="t13 muted rule-uses__source">{own ? words.ofProgram : source}</span>
      </th>
      <td>{words.severities[rule.severity]}</td>
      <td className="rule-uses__number">{rule.shown}</td>
      <td className="rule-uses__number">
        {rule.overridden}
        {rule.reasons.length > 0 && <span className="t13 muted rule-uses__source">{rule.reasons.map(([reason, times]) => words.reason(inLanguage(reason, language), times)).join(", ")}</span>}
      </td>
    </tr>
  );
}
