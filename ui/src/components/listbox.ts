// Keyboard rules of a listbox whose focus stays in its text field: arrows, Home, End and Page keys move the active option,
// Enter picks it, Escape clears. Pure, so that the rules can be tested without a window.
import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent } from "react";

/** The option that `key` moves to; null when the key is none of the list's. -1 means none is active. */
export function moved(key: string, active: number, count: number, page: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case "ArrowDown":
      return active >= count - 1 ? 0 : active + 1;
    case "ArrowUp":
      return active <= 0 ? count - 1 : active - 1;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    case "PageDown":
      return Math.min(count - 1, Math.max(0, active) + page);
    case "PageUp":
      return Math.max(0, Math.max(0, active) - page);
    default:
      return null;
  }
}

export type Listbox = {
  active: number;
  setActive: (index: number) => void;
  listId: string;
  optionId: (index: number) => string;
  onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  /** To spread on the text field. */
  field: {
    role: "combobox";
    "aria-controls": string;
    "aria-expanded": boolean;
    "aria-autocomplete": "list";
    "aria-activedescendant": string | undefined;
    autoComplete: "off";
    spellCheck: false;
  };
};

/**
 * State of a list under a text field. `token` names the result shown: when it changes, the active option starts over at
 * `first` (0 where Enter should take the best hit, -1 where nothing may be picked unasked).
 */
export function useListbox(options: { count: number; token: string; first?: number; page?: number; onPick: (index: number) => void; onEscape?: () => void }): Listbox {
  const { count, token, first = 0, page = 8, onPick, onEscape } = options;
  const id = useId();
  const [state, setState] = useState({ token, active: first });
  const active = state.token === token ? Math.min(state.active, count - 1) : Math.min(first, count - 1);
  const setActive = useCallback((index: number) => setState({ token, active: index }), [token]);
  const moveByKey = useRef(false);
  const optionId = useCallback((index: number) => `${id}-option-${index}`, [id]);

  useEffect(() => {
    // Only keys scroll: a list that moves under the pointer cannot be clicked.
    if (!moveByKey.current || active < 0) return;
    moveByKey.current = false;
    document.getElementById(optionId(active))?.scrollIntoView({ block: "nearest" });
  }, [active, optionId]);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0 && active < count) onPick(active);
      return;
    }
    if (event.key === "Escape" && onEscape) {
      event.preventDefault();
      onEscape();
      return;
    }
    if ((event.key === "Home" || event.key === "End") && event.shiftKey) return;
    const next = moved(event.key, active, count, page);
    if (next === null) return;
    event.preventDefault();
    moveByKey.current = true;
    setActive(next);
  };

  return {
    active,
    setActive,
    listId: `${id}-list`,
    optionId,
    onKeyDown,
    field: {
      role: "combobox",
      "aria-controls": `${id}-list`,
      "aria-expanded": count > 0,
      "aria-autocomplete": "list",
      "aria-activedescendant": active >= 0 && active < count ? optionId(active) : undefined,
      autoComplete: "off",
      spellCheck: false,
    },
  };
}
