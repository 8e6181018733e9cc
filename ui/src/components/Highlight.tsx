// Text with the matched letters marked. Ranges count characters (code points), as the core does.
import { Fragment } from "react";

export type Range = readonly [start: number, end: number];

export function Highlight({ text, ranges }: { text: string; ranges: readonly Range[] }) {
  if (ranges.length === 0) return <>{text}</>;
  const letters = Array.from(text);
  const pieces = [];
  let at = 0;
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (start < at || end <= start) continue;
    pieces.push({ text: letters.slice(at, start).join(""), hit: false });
    pieces.push({ text: letters.slice(start, end).join(""), hit: true });
    at = end;
  }
  pieces.push({ text: letters.slice(at).join(""), hit: false });
  return (
    <>
      {pieces.map((piece, index) =>
        piece.hit ? (
          <mark key={index} className="hit-mark">
            {piece.text}
          </mark>
        ) : (
          <Fragment key={index}>{piece.text}</Fragment>
        ),
      )}
    </>
  );
}

/** Where `needle` stands in `text`, ignoring case: for lists that the window searches itself. */
export function rangesOf(text: string, needle: string): Range[] {
  if (!needle) return [];
  const start = Array.from(text).join("").toLocaleLowerCase("nb").indexOf(needle.toLocaleLowerCase("nb"));
  if (start < 0) return [];
  const before = Array.from(text.slice(0, start)).length;
  return [[before, before + Array.from(needle).length]];
}
