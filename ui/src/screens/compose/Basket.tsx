// What has been picked, by department, with everything each line still asks.
import { memo } from "react";
import { BasketLine } from "../../components/BasketLine";
import { FindingNote } from "../../components/FindingNote";
import { useTell } from "../../frame/toasts";
import { inLanguage } from "../../format";
import type { EditQueue } from "../../ipc/editing";
import type { Answer, AskedQuestion, BasketLine as Line, DraftView, Finding } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";

/** Drawn again only when the draft changes, not when another hit comes into focus. */
export const Basket = memo(function Basket({ view, queue, now }: { view: DraftView; queue: EditQueue; now: Date }) {
  const t = useTexts();
  const language = useLanguage();
  const tell = useTell();
  const { composition } = view;
  const lines = composition.groups.reduce((sum, group) => sum + group.lines.length, 0);
  const asked = questionsByLine(composition.groups.flatMap((group) => group.lines));
  const general = composition.findings.filter((finding) => ["draft", "patient", "requester"].includes(finding.subject.about));

  const override = (finding: Finding, reason: string | null) =>
    queue.edit({ edit: "override", line: finding.subject.about === "line" ? finding.subject.line : null, provider: finding.provider ?? "", rule: finding.rule, reason });
  const answer = (line: number, question: string, given: Answer | null, typed: boolean) => {
    const edit = { edit: "answer" as const, line, question, answer: given };
    if (typed) queue.typed(edit);
    else queue.edit(edit);
  };
  const remove = (line: Line) => {
    focusAfterRemoval(line.id);
    queue.edit({ edit: "remove_line", line: line.id });
    tell.whisper(t.find.removed(line.name));
  };

  return (
    <section className="basket" aria-label={t.compose.basket}>
      <div className="basket__title">
        <h2 className="t16">{t.compose.basket}</h2>
        {lines > 0 && <span className="t14 muted">{t.compose.summary(lines, composition.groups.length)}</span>}
      </div>
      {general.length > 0 && (
        <div className="basket__general">
          {general.map((finding) => (
            <FindingNote key={`${finding.provider} ${finding.rule}`} finding={finding} now={now} onOverride={(reason) => override(finding, reason)} />
          ))}
        </div>
      )}
      {lines === 0 && <p className="empty-state">{t.compose.empty}</p>}
      {composition.groups.map((group) => (
        <section key={`${group.provider} ${group.department}`} aria-label={`${inLanguage(group.department_name, language)}, ${group.provider_name}`}>
          <h3 className="basket__group">
            <span className="strong">{inLanguage(group.department_name, language)}</span> <span className="muted basket__provider">{group.provider_name}</span>
            <span className="muted basket__count">{group.lines.length}</span>
          </h3>
          <ul>
            {group.lines.map((line) => (
              <BasketLine
                key={line.id}
                line={line}
                questions={asked.get(line.id) ?? []}
                findings={composition.findings.filter((finding) => finding.subject.about === "line" && finding.subject.line === line.id)}
                now={now}
                onRemove={() => remove(line)}
                onReplace={() => queue.edit({ edit: "replace_line", line: line.id })}
                onAnswer={(question, given, typed) => answer(line.id, question, given, typed)}
                onOverride={override}
              />
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
});

/** Questions for the one who orders; a question that lines share stands at the first of them only. */
export function questionsByLine(lines: readonly Line[]): Map<number, AskedQuestion[]> {
  const seen = new Set<string>();
  const asked = new Map<number, AskedQuestion[]>();
  for (const line of lines) {
    const own = line.questions.filter((question) => {
      if (question.phase !== "order") return false;
      if (!question.shared) return true;
      const key = `${line.provider}/${question.id}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
    asked.set(line.id, own);
  }
  return asked;
}

/** The focus goes to the neighbour's remove button, or to the search when the basket becomes empty. */
function focusAfterRemoval(line: number) {
  const own = document.querySelector(`[data-line="${line}"]`);
  const all = [...document.querySelectorAll<HTMLElement>("[data-line]")];
  const at = all.findIndex((each) => each === own);
  const next = all[at + 1] ?? all[at - 1];
  (next?.querySelector<HTMLElement>(".line__remove") ?? document.getElementById("search"))?.focus();
}
