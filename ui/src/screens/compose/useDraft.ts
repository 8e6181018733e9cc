// The open draft: the core owns it, the window shows the last view it answered and sends edits in order.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { settleTyping } from "../../components/settle";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { editQueue, type EditQueue } from "../../ipc/editing";
import type { Failure } from "../../ipc/failure";
import { asFailure } from "../../ipc/failure";
import type { DraftView, Picked } from "../../ipc/model";
import { useTexts } from "../../texts";

export type OpenDraft = {
  view: DraftView | null;
  failure: Failure | null;
  queue: EditQueue;
  reload: () => void;
  /** Shows what a command answered that was no edit of the queue. */
  show: (view: DraftView) => void;
  /** The panel that was picked last, for what it offers besides. */
  picked: Picked | null;
  forgetPicked: () => void;
  /** The line that was taken out by the last change, which can be put back until the next one. */
  removed: Removed | null;
  remove: (line: Removed) => void;
  restore: () => void;
};

/** A line that was taken out, and where it stood in the basket. */
export type Removed = {
  line: number;
  name: string;
  /** Its group, as the basket names it. */
  group: string | null;
  /** The line after it in its group. */
  before: number | null;
};

export function useDraft(id: string, first: DraftView | null): OpenDraft {
  const backend = useBackend();
  const tell = useTell();
  const [view, setView] = useState<DraftView | null>(first);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [picked, setPicked] = useState<Picked | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const t = useTexts();
  const words = useRef(t);
  words.current = t;
  const telling = useRef(tell);
  telling.current = tell;

  const reload = useCallback(() => {
    backend.draft(id).then(
      (fresh) => {
        setFailure(null);
        // An answer to an edit made meanwhile is newer.
        setView((shown) => (shown && shown.draft.revision > fresh.draft.revision ? shown : fresh));
      },
      (thrown: unknown) => setFailure(asFailure(thrown)),
    );
  }, [backend, id]);

  const queue = useMemo(
    () =>
      editQueue(backend, id, {
        view: setView,
        picked: (one) => {
          setPicked(one);
          telling.current.say(words.current.panels.picked(one.panel, one.added, one.already, one.missing));
        },
        edited: () => setRemoved(null),
        failed: (refused) => {
          setRemoved(null);
          telling.current.fail(refused);
          // The window shows what is stored, not what was wished.
          reload();
        },
      }),
    [backend, id, reload],
  );

  useEffect(() => {
    if (!first) reload();
  }, [first, reload]);

  useEffect(
    () =>
      backend.onChanged((topics) => {
        if (topics.some((topic) => topic === "catalogue" || topic === "settings")) reload();
      }),
    [backend, reload],
  );

  useEffect(() => {
    const flush = () => void queue.flush();
    // The window goes: what is still being typed goes along.
    const leave = () => {
      settleTyping();
      flush();
    };
    const hidden = () => document.visibilityState === "hidden" && flush();
    window.addEventListener("pagehide", leave);
    window.addEventListener("blur", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("blur", flush);
      document.removeEventListener("visibilitychange", hidden);
      flush();
    };
  }, [queue]);

  const forgetPicked = useCallback(() => setPicked(null), []);
  const show = useCallback((changed: DraftView) => {
    setRemoved(null);
    setView(changed);
  }, []);
  const remove = useCallback(
    (line: Removed) => {
      queue.edit({ edit: "remove_line", line: line.line });
      setRemoved(line);
    },
    [queue],
  );
  const restore = useCallback(() => {
    if (removed) queue.edit({ edit: "restore_line", line: removed.line });
  }, [queue, removed]);
  return { view, failure, queue, reload, show, picked, forgetPicked, removed, remove, restore };
}
