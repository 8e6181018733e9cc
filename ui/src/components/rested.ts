// What may wait until the letters stop coming: the frame that shows a letter's answer is not shared with anything else.
import { useEffect, useState } from "react";

/** The value, once it has stood for so many milliseconds; the one before until then. */
export function useRested<T>(value: T, milliseconds: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}
