// What has been picked, by department, with everything each line still asks.
import { ArrowsSquarepathIcon } from "@navikt/aksel-icons";
import { Fragment, memo } from "react";
import { BasketLine } from "../../components/BasketLine";
import { FindingNote } from "../../components/FindingNote";
import { MissingLine } from "../../components/MissingLine";
import { UnsettledLine } from "../../components/UnsettledLine";
import { useTell } from "../../frame/toasts";
import { inLanguage } from "../../format";
import type { EditQueue } from "../../ipc/editing";
import type { Answer, AskedQuestion, BasketLine as Line, Draft, DraftView, Finding, Picked, ServiceChoice } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";
import { AlsoOffered } from "./AlsoOffered";
import { Containers } from "./Containers";
import { InterviewBlock, interviewAt } from "./Interview";
import { KeepBasket } from "./KeepBasket";
import { RemovedLine, useWayBack } from "./RemovedLine";
import { Series } from "./Series";
import type { Removed } from "./useDraft";

type Props = {
  view: DraftView;
  queue: EditQueue;
  now: Date;
  picked?: Picked | null;
  onForgetPicked?: () => void;
  removed: Removed | null;
  onRemove: (line: Removed) => void;
  onRestore: () => void;
};

/** Drawn again only when the draft changes, not when another hit comes into focus. */
export const Basket = memo(function Basket({ view, queue, now, picked = null, onForgetPicked = () => undefined, removed, onRemove, onRestore }: Props) {
  const t = useTexts();
  const language = useLanguage();
  const tell = useTell();
  const { composition } = view;
  const every = composition.groups.flatMap((group) => group.lines);
  // What cannot be ordered stands apart, on top, until somebody decides.
  const missing = every.filter((line) => line.withdrawn);
  const groups = composition.groups.map((group) => ({ ...group, lines: group.lines.filter((line) => !line.withdrawn) })).filter((group) => group.lines.length > 0);
  const lines = every.length - missing.length;
  const asked = questionsByLine(every);
  const general = composition.findings.filter((finding) => ["draft", "patient", "requester"].includes(finding.subject.about));

  const override = (finding: Finding, reason: string | null) =>
    queue.edit({ edit: "override", line: finding.subject.about === "line" ? finding.subject.line : null, provider: finding.provider ?? "", rule: finding.rule, reason });
  const answer = (line: number, question: string, given: Answer | null, typed: boolean) => {
    const edit = { edit: "answer" as const, line, question, answer: given };
    const drawn = every.find((each) => each.id === line)?.questions.find((each) => each.id === question);
    if (typed) queue.typed(edit);
    else if (drawn?.answer_type === "choices") queue.edit((draft) => ({ ...edit, answer: chosen(answerIn(draft, line, drawn), drawn.answer, given) }));
    else queue.edit(edit);
  };
  const remove = (line: Line) => {
    const group = groups.find((each) => each.lines.includes(line));
    focusAfterRemoval(line.id);
    onRemove({ line: line.id, name: line.name, group: group ? nameOf(group) : null, before: group?.lines[group.lines.indexOf(line) + 1]?.id ?? null });
    tell.whisper(`${t.find.removed(line.name)} ${t.find.undoRemoval}`);
  };
  const putBack = useWayBack(every, removed, onRestore);
  // Until it has been taken out, it stands there itself.
  const gone = removed && !every.some((line) => line.id === removed.line) ? removed : null;
  const wayBack = gone && <RemovedLine name={gone.name} onRestore={putBack} />;

  const replace = (line: Line) => {
    focusAfterRemoval(line.id);
    queue.edit({ edit: "replace_line", line: line.id });
    if (line.withdrawn?.replacement_name) tell.whisper(t.find.added(line.withdrawn.replacement_name));
  };
  const inBasket = composition.groups.flatMap((group) => group.lines.filter((line) => !line.withdrawn).map((line) => ({ provider: line.provider, provider_name: group.provider_name, service: line.service, name: line.name })));
  const settle = (line: Line, choice: ServiceChoice) => {
    focusAfterRemoval(line.id);
    queue.edit({ edit: "settle_line", line: line.id, provider: choice.provider, service: choice.service });
    tell.whisper(t.handover.settled(choice.name));
  };
  const isThere = (line: Line) => every.some((other) => !other.withdrawn && other.provider === line.provider && other.service === line.withdrawn?.replacement);

  return (
    <section className="basket" aria-label={t.compose.basket}>
      <div className="basket__title">
        <h2 className="t16">{t.compose.basket}</h2>
        {lines > 0 && <span className="t14 muted">{t.compose.summary(lines, groups.length)}</span>}
        {every.length > 0 && <KeepBasket draft={view.draft.id} queue={queue} />}
      </div>
      {missing.length > 0 && (
        <section className="basket__missing" aria-label={t.panels.missingTitle}>
          <h3 className="t14 strong">{t.panels.missingTitle}</h3>
          <ul>
            {missing.map((line) =>
              line.withdrawn?.ordered ? (
                <UnsettledLine key={line.id} line={line} draft={view.draft.id} inBasket={inBasket} onSettle={(choice) => settle(line, choice)} onLeaveOut={() => remove(line)} />
              ) : (
                <MissingLine key={line.id} line={line} replacementThere={isThere(line)} onReplace={() => replace(line)} onLeaveOut={() => remove(line)} />
              ),
            )}
          </ul>
        </section>
      )}
      {picked && <AlsoOffered picked={picked} draft={view.draft} onAdd={({ provider, service, name }) => {
        queue.edit({ edit: "add_service", provider, service });
        tell.whisper(t.find.added(name));
      }} onClose={onForgetPicked} />}
      {general.length > 0 && (
        <div className="basket__general">
          {general.map((finding) => (
            <FindingNote key={`${finding.provider} ${finding.rule}`} finding={finding} now={now} onOverride={(reason) => override(finding, reason)} />
          ))}
        </div>
      )}
      {view.news.length > 0 && <CatalogueChanged view={view} onSeen={() => queue.edit({ edit: "seen_catalogue" })} />}
      {every.length === 0 && <p className="empty-state">{t.compose.empty}</p>}
      {wayBack && !groups.some((group) => nameOf(group) === gone.group) && <ul>{wayBack}</ul>}
      {groups.map((group) => (
        <section key={nameOf(group)} aria-label={`${inLanguage(group.department_name, language)}, ${group.provider_name}`}>
          <h3 className="basket__group">
            <span className="strong">{inLanguage(group.department_name, language)}</span> <span className="muted basket__provider">{group.provider_name}</span>
            <span className="muted basket__count">{group.lines.length}</span>
          </h3>
          <ul>
            {group.lines.map((line) => (
              <Fragment key={line.id}>
                {gone?.group === nameOf(group) && gone.before === line.id && wayBack}
                <BasketLine
                  line={line}
                  questions={(asked.get(line.id) ?? []).filter((question) => !question.interview)}
                  news={view.news.filter((one) => one.line === line.id)}
                  findings={composition.findings.filter((finding) => finding.subject.about === "line" && finding.subject.line === line.id)}
                  now={now}
                  when={<Series line={line} view={view} queue={queue} now={now} />}
                  onRemove={() => remove(line)}
                  onAnswer={(question, given, typed) => answer(line.id, question, given, typed)}
                  onOverride={override}
                >
                  <Interviewed line={line} questions={asked.get(line.id) ?? []} view={view} now={now} onAnswer={answer} />
                  <Containers line={line} view={view} queue={queue} />
                </BasketLine>
              </Fragment>
            ))}
            {gone?.group === nameOf(group) && !group.lines.some((line) => line.id === gone.before) && wayBack}
          </ul>
        </section>
      ))}
    </section>
  );
});

/** The way to the interview, at the first line that asks for it. */
function Interviewed({ line, questions, view, now, onAnswer }: { line: Line; questions: readonly AskedQuestion[]; view: DraftView; now: Date; onAnswer: (line: number, question: string, given: Answer | null, typed: boolean) => void }) {
  const asked = interviewAt(line, questions);
  return asked.length > 0 ? <InterviewBlock asked={asked} view={view} service={line.name} now={now} onAnswer={onAnswer} /> : null;
}

/** That the catalogue moved under the draft, until somebody says that it was seen; what moved stands at each line. */
function CatalogueChanged({ view, onSeen }: { view: DraftView; onSeen: () => void }) {
  const t = useTexts();
  const lines = view.composition.groups.flatMap((group) => group.lines).filter((line) => view.news.some((one) => one.line === line.id));
  const names = (these: readonly Line[]) => these.map((line) => line.name).join(", ");
  const gone = lines.filter((line) => line.withdrawn);
  const changed = lines.filter((line) => !line.withdrawn);
  const words = t.handbook.inDraft;
  return (
    <div className="basket__news" role="status" data-part="catalogue-changed">
      <ArrowsSquarepathIcon aria-hidden />
      <div>
        <p className="strong">{words.title}</p>
        {gone.length > 0 && <p className="t14">{words.gone(names(gone))}</p>}
        {changed.length > 0 && <p className="t14">{words.lines(names(changed))}</p>}
        <p className="t14 muted">{words.body}</p>
      </div>
      <button type="button" className="link-button" data-act="seen-catalogue" onClick={onSeen}>
        {words.seen}
      </button>
    </div>
  );
}

/** The answer that a draft has to a question of a line. */
function answerIn(draft: Draft, line: number, question: AskedQuestion): Answer | null {
  const own = draft.lines.find((each) => each.id === line);
  if (!own) return null;
  return (question.shared ? draft.shared_answers[`${own.provider}/${question.id}`] : own.answers[question.id]) ?? null;
}

/** Of several choices each click says one: it is added to, or taken from, those that stand when its turn comes. */
export function chosen(now: Answer | null, drawn: Answer | null, given: Answer | null): Answer | null {
  const values = (answer: Answer | null) => (answer?.type === "choices" ? answer.value : []);
  const kept = values(now).filter((value) => !values(drawn).includes(value) || values(given).includes(value));
  const all = [...kept, ...values(given).filter((value) => !values(drawn).includes(value) && !kept.includes(value))];
  return all.length > 0 ? { type: "choices", value: all } : null;
}

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

/** What tells a group of the basket from the others. */
const nameOf = (group: { provider: string; department: string }) => `${group.provider} ${group.department}`;

/** The focus goes to the neighbour's remove button, or to the search when the basket becomes empty. */
function focusAfterRemoval(line: number) {
  const all = [...document.querySelectorAll<HTMLElement>(".basket [data-line]")];
  const at = all.findIndex((each) => each.dataset["line"] === `${line}`);
  const next = all[at + 1] ?? all[at - 1];
  (next?.querySelector<HTMLElement>(".line__remove, .line__leave") ?? document.getElementById("search"))?.focus();
}
