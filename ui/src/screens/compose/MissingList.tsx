// Everything that stands in the way, in one place: each entry leads to where it is settled.
import type { DraftView, Missing } from "../../ipc/model";
import { findingText, lead } from "../../components/FindingNote";
import { inLanguage } from "../../format";
import { useLanguage, useTexts, type Texts } from "../../texts";

export function MissingList({ view, onJump }: { view: DraftView; onJump: (at: number) => void }) {
  const t = useTexts();
  const language = useLanguage();
  return (
    <div className="missing-list" id="missing-list" role="region" aria-label={t.missingList.title}>
      <ol>
        {view.composition.missing.map((missing, at) => (
          <li key={at}>
            <button type="button" className="missing-list__item" data-missing={missing.what} onClick={() => onJump(at)}>
              {missingText(missing, view, t, language)}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

export function missingText(missing: Missing, view: DraftView, t: Texts, language: "nb" | "nn" | "en"): string {
  const lines = view.composition.groups.flatMap((group) => group.lines);
  const name = (id: number) => lines.find((line) => line.id === id)?.name ?? "";
  switch (missing.what) {
    case "question": {
      const asked = lines.flatMap((line) => line.questions).find((question) => question.id === missing.question);
      return t.missingList.question(name(missing.line), asked ? inLanguage(asked.text, language) : missing.question);
    }
    case "warning":
    case "stop": {
      const same = JSON.stringify(missing.subject);
      const finding = view.composition.findings.find((each) => each.rule === missing.rule && JSON.stringify(each.subject) === same);
      const words = finding ? lead(findingText(finding, t, language))[0] : missing.rule;
      return missing.subject.about === "line" ? t.missingList.question(name(missing.subject.line), words) : words;
    }
    case "services":
      return t.compose.missingServices;
    case "requester":
      return t.compose.missingRequester;
  }
}
