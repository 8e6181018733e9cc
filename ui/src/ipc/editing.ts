// Edits of one draft, in the order they were made. The core owns the draft: each edit is a command that answers the whole
// draft, saved. One command is under way at a time; edits of a text field that pile up behind it are folded into the last.
import type { Backend } from "./backend";
import { asFailure, type Failure } from "./failure";
import type { Draft, DraftView, Edit, Picked } from "./model";

/** Longest time a letter stays in the window before it is sent to be saved. */
export const TYPING_PAUSE_MS = 120;

/** An edit that says the whole of something builds on what is there when its turn comes, not on what was drawn last. */
export type Building = (draft: Draft) => Edit;

export type EditQueue = {
  /** Sends an edit after those before it. */
  edit: (edit: Edit | Building) => void;
  /** Sends a text edit when typing pauses; a later one of the same kind takes its place. */
  typed: (edit: Edit) => void;
  /** Sends what is waiting for a pause, now; resolves when everything has been answered. True when all of it was saved. */
  flush: () => Promise<boolean>;
};

export function editQueue(backend: Pick<Backend, "editDraft" | "draft">, draft: string, told: { view: (view: DraftView) => void; failed: (failure: Failure) => void; picked?: (picked: Picked) => void; edited?: () => void; busy?: (busy: boolean) => void }): EditQueue {
  const waiting: (Edit | Building)[] = [];
  const typing = new Map<string, Edit>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let failures = 0;

  const run = async () => {
    told.busy?.(true);
    let next: Edit | Building | undefined;
    while ((next = waiting.shift())) {
      try {
        const edit = typeof next === "function" ? next((await backend.draft(draft)).draft) : next;
        const view = await backend.editDraft(draft, edit);
        if (view.picked) told.picked?.(view.picked);
        // Later answers hold this edit too: drawing it would only flicker.
        if (waiting.length === 0) told.view(view);
      } catch (thrown) {
        failures += 1;
        told.failed(asFailure(thrown));
      }
    }
    running = null;
    told.busy?.(false);
  };

  const start = () => {
    running ??= run();
  };

  const push = (edit: Edit | Building) => {
    const key = (each: Edit | Building | undefined) => (each && typeof each !== "function" ? foldKey(each) : null);
    const fold = key(edit);
    if (fold && key(waiting[waiting.length - 1]) === fold) waiting[waiting.length - 1] = edit;
    else waiting.push(edit);
    start();
  };

  const sendTyped = () => {
    clearTimeout(timer);
    timer = undefined;
    const edits = [...typing.values()];
    typing.clear();
    edits.forEach(push);
  };

  return {
    edit: (edit) => {
      told.edited?.();
      // What was typed before a click belongs before it.
      sendTyped();
      push(edit);
    },
    typed: (edit) => {
      told.edited?.();
      typing.set(foldKey(edit) ?? JSON.stringify(edit), edit);
      timer ??= setTimeout(sendTyped, TYPING_PAUSE_MS);
    },
    flush: async () => {
      const before = failures;
      sendTyped();
      while (running) await running;
      return failures === before;
    },
  };
}

/** Edits with the same key say the whole of the same thing, so only the last of them matters. */
function foldKey(edit: Edit): string | null {
  switch (edit.edit) {
    case "clinical_text":
    case "note_to_collector":
    case "urgency":
    case "payment":
    case "diagnoses":
    case "copy_recipients":
    case "requester":
    case "patient":
    case "planned_date":
    case "collection_place":
    case "cancer_pathway":
    case "earlier_findings":
    case "seen_catalogue":
      return edit.edit;
    case "line_planned_date":
    case "series":
      return `${edit.edit} ${edit.line}`;
    case "describe_container":
      return `describe_container ${edit.line} ${edit.container.id}`;
    case "describe_attachment":
      return `describe_attachment ${edit.id}`;
    case "answer":
      return `answer ${edit.line} ${edit.question}`;
    case "override":
      return `override ${edit.line} ${edit.provider} ${edit.rule}`;
    case "add_service":
    case "add_panel":
    case "add_office_panel":
    case "remove_line":
    case "restore_line":
    case "replace_line":
    case "settle_line":
    case "add_container":
    case "remove_container":
    case "attach":
    case "remove_attachment":
      return null;
  }
}
