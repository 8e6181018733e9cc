// The scanner is a keyboard that types very fast and ends with Enter. This tells its bursts from what people type, wherever
// the focus is, and never takes a letter that a person typed. Pure but for the hook, so that the rule can be tested.
import { useEffect, useRef } from "react";

/** Put on a field that asks for somebody's identity number. */
export const IDENTITY_FIELD = "data-identity-field";

/** Longest pause between two keys of a scanner. Fast typists stay above 60 ms; slow scanners below 30. */
export const LONGEST_GAP_MS = 40;

/** After so many keys without a pause it is a scanner and no hand. */
const SURELY_A_SCANNER = 4;

/** A busy machine hands the keys of one scan over in pieces: within a scan a pause this long is the machine's. */
export const LONGEST_STALL_MS = 300;

/** What labels carry: a symbology prefix if the scanner sends one, then digits and capitals. Never a word or a sentence. */
const CODE = /^(\][A-Za-z]\d)?[A-Z0-9-]{8,24}$/;

/** A part of the code on a paper form: hundreds of letters, none of which another keyboard layout moves. Caps lock may have turned them. */
const PAPER = /^(\][A-Za-z]\d)?RKVP\d[A-Z2-7]{20,720}$/i;

export type Wedge = {
  /** Takes a key at a moment in milliseconds; answers what was scanned when the key ends a burst. */
  key: (key: string, at: number) => string | null;
  /** Letters of the burst under way: 0 when what comes is a person typing. */
  length: () => number;
};

export function wedge(): Wedge {
  let letters = "";
  let last = Number.NEGATIVE_INFINITY;
  return {
    key: (key, at) => {
      const fast = at - last <= (letters.length >= SURELY_A_SCANNER ? LONGEST_STALL_MS : LONGEST_GAP_MS);
      last = at;
      if (key === "Enter") {
        const scanned = fast && isCode(letters) ? letters : null;
        letters = "";
        return scanned;
      }
      // Scanners press Shift for capitals: that is no letter, and no pause.
      if (key === "Shift") return null;
      if (key.length !== 1) {
        letters = "";
        return null;
      }
      letters = fast ? letters + key : key;
      return null;
    },
    length: () => letters.length,
  };
}

/** Whether a text can be what a label carries: enough digits, no words. */
export function isCode(text: string): boolean {
  return PAPER.test(text) || (CODE.test(text) && (text.match(/\d/g)?.length ?? 0) >= 6);
}

/**
 * Listens in the whole window. What a burst typed into a text field is taken out of it again, and its Enter does nothing else;
 * what `takes` refuses stays where it was typed.
 */
export function useWedge(enabled: boolean, onScan: (text: string) => void, takes: (text: string) => boolean = () => true) {
  const told = useRef({ onScan, takes });
  told.current = { onScan, takes };
  useEffect(() => {
    if (!enabled) return;
    const scanner = wedge();
    let before: { field: TextField; value: string } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const field = textField(event.target);
      const scanned = scanner.key(event.key, event.timeStamp);
      if (scanner.length() === 1) before = field ? { field, value: field.value } : null;
      if (scanned === null || !told.current.takes(scanned)) return;
      event.preventDefault();
      event.stopPropagation();
      if (before && before.field === field) restore(before.field, before.value);
      before = null;
      told.current.onScan(scanned);
    };
    // Before anything else in the window sees the key.
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [enabled]);
}

type TextField = HTMLInputElement | HTMLTextAreaElement;

function textField(target: EventTarget | null): TextField | null {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && !["button", "checkbox", "radio", "submit"].includes(target.type) ? target : null;
}

/** Puts a value back so that React hears of it. */
function restore(field: TextField, value: string) {
  const owner = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(owner, "value")?.set?.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
