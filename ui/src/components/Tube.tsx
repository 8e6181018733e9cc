// The drawing of a container: what the collector looks for in the tray. Form by kind, cap by the catalogue's colour,
// gel and level for blood. Decoration beside the name, so hidden from screen readers.
import type { ContainerKind } from "../ipc/model";
import { rim } from "./CapDot";

export type TubeProps = {
  kind: ContainerKind;
  colour: string;
  /** A separating gel at the bottom. */
  gel?: boolean;
  /** Share of the tube that is filled, 0 to 1. */
  level?: number;
  /** The label is on. */
  labelled?: boolean;
  /** Height on screen in pixels; the width follows. */
  height?: number;
  /** Drawn faint: not taken. */
  faint?: boolean;
};

export function Tube({ kind, colour, gel = false, level = 0.84, labelled = true, height = 66, faint = false }: TubeProps) {
  const wide = kind === "bottle" || kind === "jar" || kind === "faeces" || kind === "other";
  return (
    <svg className="tube" viewBox="0 0 24 66" height={height} width={(height * 24) / 66} aria-hidden="true" opacity={faint ? 0.5 : 1}>
      {drawing(kind, colour, gel, level)}
      {labelled && kind !== "slide" && <TubeLabel y={wide ? 41 : 30} wide={wide} />}
    </svg>
  );
}

function drawing(kind: ContainerKind, colour: string, gel: boolean, level: number) {
  switch (kind) {
    case "tube":
      return <RoundTube colour={colour} fluid="var(--blood)" gel={gel} level={level} />;
    case "urine":
      return <RoundTube colour={colour} fluid="var(--urine)" gel={false} level={level} />;
    case "swab":
      return <Swab colour={colour} />;
    case "bottle":
      return <Bottle colour={colour} />;
    case "jar":
      return <Jar colour={colour} fluid="var(--fixative)" />;
    case "faeces":
      return <Jar colour={colour} fluid="var(--faeces)" />;
    case "slide":
      return <Slide colour={colour} />;
    case "other":
      return <Jar colour={colour} fluid="var(--glass-empty)" />;
  }
}

const GLASS = "M4 14 H20 V57 A8 8 0 0 1 4 57 Z";
const EDGE = { fill: "none", stroke: "var(--glass-edge)", strokeWidth: 1 };

function Cap({ colour, x = 1, width = 22, y = 1, height = 15 }: { colour: string; x?: number; width?: number; y?: number; height?: number }) {
  const grooves = [0.2, 0.35, 0.5, 0.65, 0.8].map((share) => `M${(x + width * share).toFixed(1)} ${y + 3} V${y + height - 3}`).join(" ");
  return (
    <g>
      <rect x={x + 0.5} y={y + 0.5} width={width - 1} height={height - 1} rx="2" fill={colour} stroke={rim(colour)} strokeWidth="1" />
      <path d={grooves} stroke={rim(colour)} strokeWidth="0.8" opacity="0.45" />
    </g>
  );
}

function RoundTube({ colour, fluid, gel, level }: { colour: string; fluid: string; gel: boolean; level: number }) {
  const top = 65 - Math.max(0.1, Math.min(1, level)) * 49;
  return (
    <g>
      <path d={GLASS} fill="var(--glass)" />
      <path d={`M4 ${top.toFixed(1)} H20 V57 A8 8 0 0 1 4 57 Z`} fill={fluid} />
      {gel && <path d="M4 54 H20 V57 A8 8 0 0 1 4 57 Z" fill="var(--gel)" />}
      {gel && <path d="M4 53 H20 V55.4 H4 Z" fill="var(--gel-edge)" />}
      <path d="M6.2 17 V58" stroke="var(--shine)" strokeWidth="1.6" />
      <path d={GLASS} {...EDGE} />
      <Cap colour={colour} />
    </g>
  );
}

function Swab({ colour }: { colour: string }) {
  return (
    <g>
      <path d={GLASS} fill="var(--glass)" />
      <path d="M4 50 H20 V57 A8 8 0 0 1 4 57 Z" fill="var(--medium)" />
      <path d="M12 16 V50" stroke="var(--glass-edge)" strokeWidth="1.4" />
      <ellipse cx="12" cy="54" rx="2.4" ry="5" fill="#fff" stroke="var(--glass-edge)" strokeWidth="0.8" />
      <path d={GLASS} {...EDGE} />
      <Cap colour={colour} />
    </g>
  );
}

function Bottle({ colour }: { colour: string }) {
  const body = "M7 14 V20 Q1.5 23 1.5 29 V61 Q1.5 65 5.5 65 H18.5 Q22.5 65 22.5 61 V29 Q22.5 23 17 20 V14 Z";
  return (
    <g>
      <path d={body} fill="var(--glass)" />
      <path d="M1.5 31 H22.5 V61 Q22.5 65 18.5 65 H5.5 Q1.5 65 1.5 61 Z" fill="var(--blood)" />
      <path d={body} {...EDGE} />
      <Cap colour={colour} x={5} width={14} height={13} />
    </g>
  );
}

function Jar({ colour, fluid }: { colour: string; fluid: string }) {
  return (
    <g>
      <rect x="1.5" y="26" width="21" height="39" rx="3.5" fill="var(--glass)" />
      <path d="M1.5 37 H22.5 V61.5 Q22.5 65 19 65 H5 Q1.5 65 1.5 61.5 Z" fill={fluid} />
      <rect x="1.5" y="26" width="21" height="39" rx="3.5" {...EDGE} />
      <Cap colour={colour} x={0} width={24} y={17} height={11} />
    </g>
  );
}

function Slide({ colour }: { colour: string }) {
  return (
    <g>
      <rect x="3.5" y="5" width="17" height="58" rx="1.5" fill="var(--glass)" stroke="var(--glass-edge)" strokeWidth="1" />
      <rect x="4" y="5.5" width="16" height="16" fill={colour} opacity="0.9" />
      <ellipse cx="12" cy="42" rx="4.8" ry="10" fill="var(--medium)" opacity="0.8" />
    </g>
  );
}

function TubeLabel({ y, wide }: { y: number; wide: boolean }) {
  const x = wide ? 3.5 : 4.5;
  const width = wide ? 17 : 15;
  const bars: [number, number][] = [
    [2.6, 1.6],
    [5, 0.8],
    [6.6, 1.2],
    [8.6, 0.8],
    [10.2, 1.9],
  ];
  return (
    <g>
      <rect x={x} y={y} width={width} height="18.5" fill="var(--tube-label)" />
      {bars.map(([at, thick]) => (
        <rect key={at} x={x + at + (wide ? 1 : 0)} y={y + 4.4} width={thick} height="9.6" fill="var(--tube-ink)" />
      ))}
    </g>
  );
}
