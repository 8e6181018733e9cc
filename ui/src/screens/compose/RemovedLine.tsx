// The way back for a line that was just taken out: it stands in the line's place until the draft changes or is left. The core puts
// the line back; the window knows no more of it than its name.
import { Button } from "@navikt/ds-react";
import { ArrowUndoIcon } from "@navikt/aksel-icons";
import { useCallback, useEffect, useRef } from "react";
import { isTyping } from "../../frame/Frame";
import { useTell } from "../../frame/toasts";
import type { BasketLine } from "../../ipc/model";
import { useTexts } from "../../texts";
import type { Removed } from "./useDraft";

export function RemovedLine({ name, onRestore }: { name: string; onRestore: () => void }) {
  const t = useTexts();
  return (
    <li className="line line--removed" data-part="removed-line">
      <p className="t14 muted">{t.find.removed(name)}</p>
      <Button size="xsmall" variant="tertiary" icon={<ArrowUndoIcon aria-hidden />} data-act="restore-line" data-command aria-label={`${t.find.undo}: ${t.find.removed(name)}`} aria-keyshortcuts="Control+Z" onClick={onRestore}>
        {t.find.undo}
      </Button>
      <kbd className="key" aria-hidden>
        {t.find.undoKey}
      </kbd>
    </li>
  );
}

/** Puts the removed line back by a call or by Ctrl+Z outside of what is typed in; then the focus goes to it, and it is said. */
export function useWayBack(lines: readonly BasketLine[], removed: Removed | null, restore: () => void): () => void {
  const t = useTexts();
  const { whisper } = useTell();
  const awaited = useRef<number | null>(null);

  const putBack = useCallback(() => {
    awaited.current = removed?.line ?? null;
    restore();
  }, [removed, restore]);

  useEffect(() => {
    if (!removed) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      putBack();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [removed, putBack]);

  useEffect(() => {
    const back = lines.find((line) => line.id === awaited.current);
    if (!back) return;
    awaited.current = null;
    document.querySelector<HTMLElement>(`.basket [data-line="${back.id}"] :is(.line__remove, .line__leave)`)?.focus();
    whisper(t.find.restored(back.name));
  }, [lines, whisper, t]);

  return putBack;
}
