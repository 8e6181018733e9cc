// Text under the hands of the one who types is theirs; otherwise it is the core's.
import { useEffect, useRef, useState, type RefObject } from "react";

export function useOwnText<E extends HTMLElement>(value: string): [string, (text: string) => void, RefObject<E | null>] {
  const [text, setText] = useState(value);
  const field = useRef<E>(null);
  useEffect(() => {
    if (document.activeElement !== field.current) setText(value);
  }, [value]);
  return [text, setText, field];
}
