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

export function Tube({ kind, colour, gel = false, level = 0.7, labelled = true, height = 66, faint = false }: TubeProps) {
  return (
    <svg className="tube" viewBox="0 0 34 96" height={height} width={(height * 34) / 96} aria-hidden="true" opacity={faint ? 0.5 : 1}>
      {drawing(kind, colour, gel, level)}
      {labelled && kind !== "slide" && kind !== "jar" && kind !== "faeces" && <TubeLabel y={kind === "bottle" ? 50 : 44} wide={kind === "bottle"} />}
      {labelled && (kind === "jar" || kind === "faeces" || kind === "other") && <TubeLabel y={58} wide />}
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
      return <Bottle colour={colour} level={level} />;
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

const glassPath = "M8 20 H26 V82 A9 9 0 0 1 8 82 Z";

function Cap({ colour, x = 3, width = 28, height = 19 }: { colour: string; x?: number; width?: number; height?: number }) {
  return (
    <g>
      <rect x={x + 0.6} y="1" width={width - 1.2} height={height} rx="3.4" fill={colour} stroke={rim(colour)} strokeWidth="1.3" />
      <path d={`M${x + 6} 6 V${height - 3} M${x + width / 2} 6 V${height - 3} M${x + width - 6} 6 V${height - 3}`} stroke={rim(colour)} strokeWidth="1" opacity="0.35" />
    </g>
  );
}

function RoundTube({ colour, fluid, gel, level }: { colour: string; fluid: string; gel: boolean; level: number }) {
  const top = 90 - Math.max(0.1, Math.min(1, level)) * 66;
  const gelTop = 79;
  return (
    <g>
      <path d={glassPath} fill="var(--glass)" />
      <path d={`M8 ${top} H26 V82 A9 9 0 0 1 8 82 Z`} fill={fluid} />
      {gel && <path d={`M8 ${gelTop} H26 V82 A9 9 0 0 1 8 82 Z`} fill="var(--gel)" />}
      <path d={glassPath} fill="none" stroke="var(--glass-edge)" strokeWidth="1.3" />
      <Cap colour={colour} />
    </g>
  );
}

function Swab({ colour }: { colour: string }) {
  return (
    <g>
      <path d={glassPath} fill="var(--glass)" />
      <path d="M8 70 H26 V82 A9 9 0 0 1 8 82 Z" fill="var(--medium)" />
      <path d="M17 20 V72" stroke="var(--glass-edge)" strokeWidth="1.6" />
      <ellipse cx="17" cy="77" rx="3" ry="6" fill="#fff" stroke="var(--glass-edge)" strokeWidth="1" />
      <path d={glassPath} fill="none" stroke="var(--glass-edge)" strokeWidth="1.3" />
      <Cap colour={colour} />
    </g>
  );
}

function Bottle({ colour, level }: { colour: string; level: number }) {
  const body = "M11 18 V28 Q3 32 3 40 V88 Q3 94 9 94 H25 Q31 94 31 88 V40 Q31 32 23 28 V18 Z";
  const top = 92 - level * 48;
  return (
    <g>
      <path d={body} fill="var(--glass)" />
      <path d={`M3 ${top} H31 V88 Q31 94 25 94 H9 Q3 94 3 88 Z`} fill="var(--blood-dark)" />
      <path d={body} fill="none" stroke="var(--glass-edge)" strokeWidth="1.3" />
      <Cap colour={colour} x={8} width={18} height={17} />
    </g>
  );
}

function Jar({ colour, fluid }: { colour: string; fluid: string }) {
  return (
    <g>
      <rect x="3" y="36" width="28" height="58" rx="5" fill="var(--glass)" />
      <path d="M3 54 H31 V89 Q31 94 26 94 H8 Q3 94 3 89 Z" fill={fluid} />
      <rect x="3" y="36" width="28" height="58" rx="5" fill="none" stroke="var(--glass-edge)" strokeWidth="1.3" />
      <rect x="1" y="24" width="32" height="14" rx="3.4" fill={colour} stroke={rim(colour)} strokeWidth="1.3" />
    </g>
  );
}

function Slide({ colour }: { colour: string }) {
  return (
    <g>
      <rect x="6" y="8" width="22" height="80" rx="2" fill="var(--glass)" stroke="var(--glass-edge)" strokeWidth="1.3" />
      <rect x="6.6" y="8.6" width="20.8" height="22" fill={colour} opacity="0.9" />
      <ellipse cx="17" cy="58" rx="6.5" ry="13" fill="var(--medium)" opacity="0.8" />
    </g>
  );
}

function TubeLabel({ y, wide = false }: { y: number; wide?: boolean }) {
  const x = wide ? 6 : 9;
  const width = wide ? 22 : 16;
  const bars = wide ? [3, 5, 8, 10, 13, 15, 18] : [3, 5, 7.6, 10, 12];
  return (
    <g>
      <rect x={x} y={y} width={width} height="24" fill="var(--tube-label)" />
      {bars.map((bar, index) => (
        <rect key={bar} x={x + bar} y={y + 6} width={index % 2 === 0 ? 1.3 : 0.9} height="12" fill="var(--tube-ink)" />
      ))}
    </g>
  );
}
