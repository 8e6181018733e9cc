// The colour of a container's cap. Data, not decoration: a name or a material always stands beside it.

/** A darker tone of `#rrggbb`, so that the dot holds on light and dark ground. */
export function rim(colour: string): string {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) return "#5d6573";
  const part = (hex: string) => Math.round(Number.parseInt(hex, 16) * 0.72).toString(16).padStart(2, "0");
  return `#${part(match[1]!)}${part(match[2]!)}${part(match[3]!)}`;
}

export function CapDot({ colour }: { colour: string | null | undefined }) {
  return (
    <svg className="cap-dot" viewBox="0 0 13 13" aria-hidden="true">
      {colour ? (
        <circle cx="6.5" cy="6.5" r="5.5" fill={colour} stroke={rim(colour)} strokeWidth="1.2" />
      ) : (
        <circle cx="6.5" cy="6.5" r="5" fill="none" stroke="currentColor" strokeWidth="1.2" strokeDasharray="2 1.6" opacity="0.6" />
      )}
    </svg>
  );
}
