// The live plan: the containers to take, in order of draw, the rest dashed after them.
import { useEffect, useRef, useState, type RefObject } from "react";
import { decimal, inLanguage } from "../format";
import type { PlannedSpecimen } from "../ipc/model";
import { useLanguage, useTexts } from "../texts";
import { Tube } from "./Tube";

export type RackSpecimen = Pick<PlannedSpecimen, "key" | "container" | "draw" | "count" | "fill_ml" | "services" | "material" | "take_home"> & {
  /** By which it is told from the others of its kind. */
  letter?: string | null;
  /** It was taken or labelled before its order came here. */
  brought?: PlannedSpecimen["brought"];
  /** Where it is taken from, where that is said of each. */
  site?: string | null;
  /** Services that the focused hit would add to it. */
  wouldAdd?: readonly string[];
  /** Not in the plan yet: the focused hit would ask for it. */
  preview?: boolean;
};

export function SpecimenRack({ specimens }: { specimens: readonly RackSpecimen[] }) {
  const t = useTexts();
  const rack = useRef<HTMLOListElement>(null);
  const scrolls = useScrolls(rack, specimens.length);
  return (
    // What scrolls must be reachable by keyboard.
    <ol className="rack" ref={rack} aria-label={t.plan.title} tabIndex={scrolls ? 0 : undefined}>
      {specimens.map((specimen) => (
        <Specimen key={specimen.key} specimen={specimen} />
      ))}
    </ol>
  );
}

function Specimen({ specimen }: { specimen: RackSpecimen }) {
  const t = useTexts();
  const language = useLanguage();
  const { container } = specimen;
  const names = specimen.services.filter((name) => !specimen.wouldAdd?.includes(name));
  return (
    <li className={specimen.draw === null || specimen.preview ? "specimen specimen--dashed" : "specimen"}>
      {specimen.draw !== null && (
        <span className="specimen__number">
          <span aria-hidden="true">{specimen.draw}</span>
          <span className="sr-only">{t.plan.drawOrder(specimen.draw)}</span>
        </span>
      )}
      <Tube kind={container.kind} colour={container.colour} gel={hasGel(specimen)} height={66} labelled={!specimen.preview} />
      <div>
        <p className="specimen__name ellipsis" title={inLanguage(container.name, language)}>
          {specimen.letter && <span className="specimen__letter">{specimen.letter}</span>} {inLanguage(container.name, language)}
          <span className="sr-only">{`, ${t.basket.cap(inLanguage(container.colour_name, language))}`}</span>
        </p>
        <p className="t13 muted">{specimen.fill_ml ? t.plan.amount(specimen.count, decimal(specimen.fill_ml, language, 2)) : t.plan.pieces(specimen.count)}</p>
        {specimen.brought && (
          <p className="t13 ellipsis" title={specimen.brought.number ?? undefined}>
            {specimen.brought.number ? `${t.handover.fromRecord}: ${specimen.brought.number}` : t.handover.fromRecord}
          </p>
        )}
        {specimen.site && (
          <p className="t13 ellipsis" title={specimen.site}>
            {specimen.site}
          </p>
        )}
        {names.length > 0 && (
          <p className="specimen__services" title={names.join(", ")}>
            {names.join(", ")}
          </p>
        )}
        {specimen.wouldAdd?.map((name) => (
          <p key={name} className="specimen__added ellipsis">
            {t.plan.wouldAdd(name)}
          </p>
        ))}
      </div>
    </li>
  );
}

function useScrolls(element: RefObject<HTMLElement | null>, count: number): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const rack = element.current;
    if (!rack || typeof ResizeObserver === "undefined") return;
    const measure = () => setScrolls(rack.scrollWidth > rack.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(rack);
    measure();
    return () => observer.disconnect();
  }, [element, count]);
  return scrolls;
}

/** The catalogue names its gel tubes in words; the drawing shows what the word says. */
export function hasGel(specimen: { container: { id: string; name: { nb: string } } }): boolean {
  const name = specimen.container.name.nb.toLowerCase();
  return /gel/.test(name) && !/uten gel/.test(name);
}
