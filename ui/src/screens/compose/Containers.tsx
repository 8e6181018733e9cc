// Containers of one line that are described one by one: a jar for each lesion, or the same analysis from another site. Each
// gets its own number and label. A row for each, so that three are seen at once; what is seldom said lies behind it. What is
// typed is saved as it is typed; the whole container is one edit.
import { Button } from "@navikt/ds-react";
import { ChevronDownIcon, PlusIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useEffect, useId, useRef, useState } from "react";
import { CapDot } from "../../components/CapDot";
import { dateTime, decimal, inLanguage, longDate } from "../../format";
import { readNumber } from "../../format/typed";
import { useNow } from "../../frame/clock";
import type { EditQueue } from "../../ipc/editing";
import type { BasketContainer, BasketLine, DraftView, LineContainer, Side } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";

/** Largest measure that is taken, in millimetres. */
const LARGEST_MM = 1000;
const SIDES: readonly Side[] = ["right", "left", "midline"];

export function Containers({ line, view, queue }: { line: BasketLine; view: DraftView; queue: EditQueue }) {
  const t = useTexts();
  const described = view.draft.lines.find((each) => each.id === line.id)?.containers ?? [];
  const shown = line.containers ?? [];
  const add = () => queue.edit({ edit: "add_container", line: line.id });
  if (described.length === 0) {
    if (!takesSeveral(line)) return null;
    return (
      <p>
        <button
          type="button"
          className="link-button t14"
          data-act="several-containers"
          aria-label={`${t.containers.several}: ${line.name}`}
          onClick={() => {
            add();
            add();
          }}
        >
          {t.containers.several}
        </button>
      </p>
    );
  }
  // Tubes that were taken already are told apart by their labels; another one is taken instead, not beside them.
  const told = !takesSeveral(line) && described.every((container) => container.brought);
  return (
    <section className="containers" aria-label={`${t.containers.title}: ${line.name}`}>
      {!told && <p className="t13 muted">{t.containers.hint}</p>}
      <ol>
        {described.map((container, at) => (
          <Described key={container.id} line={line} container={container} about={shown.find((each) => each.id === container.id) ?? null} at={at} queue={queue} />
        ))}
      </ol>
      {!told && (
        <Button size="xsmall" variant="tertiary" icon={<PlusIcon aria-hidden />} data-act="add-container" onClick={add}>
          {t.containers.add}
        </Button>
      )}
    </section>
  );
}

/** Blood and urine are counted by the plan; what is taken from a place is told apart by it. */
function takesSeveral(line: BasketLine): boolean {
  const kind = line.container?.kind;
  return (line.materials ?? []).length > 0 && kind !== "tube" && kind !== "urine";
}

/** Whether two descriptions say the same; spaces around a text and nothing at all count alike. */
function sameContainer(one: LineContainer, other: LineContainer): boolean {
  const said = (container: LineContainer) =>
    JSON.stringify(
      Object.entries(container)
        .map(([field, value]) => [field, typeof value === "string" ? value.trim() || null : (value ?? null)])
        .filter(([, value]) => value !== null)
        .sort(),
    );
  return said(one) === said(other);
}

type DescribedProps = { line: BasketLine; container: LineContainer; about: BasketContainer | null; at: number; queue: EditQueue };

function Described({ line, container, about, at, queue }: DescribedProps) {
  const t = useTexts();
  const language = useLanguage();
  const words = t.containers;
  const id = useId();
  const box = useRef<HTMLLIElement>(null);
  const [own, setOwn] = useState(container);
  const [size, setSize] = useState<string | null>(null);
  // What was said last, at once and not only when it is drawn: a side that was just chosen goes along with the next letter.
  const latest = useRef(container);
  const unanswered = useRef(false);
  // What the core says counts, but never under the hands of the one who types, and never an answer to something older.
  useEffect(() => {
    if (unanswered.current && !sameContainer(container, latest.current)) return;
    unanswered.current = false;
    if (box.current?.contains(document.activeElement)) return;
    latest.current = container;
    setOwn(container);
  }, [container]);
  const name = about?.letter ?? String(at + 1);
  const offer = (line.materials ?? []).find((each) => each.material === own.material) ?? line.materials?.[0];
  const usual = offer?.fixative ?? about?.fixative ?? "";

  const change = (change: Partial<LineContainer>, typed: boolean) => {
    const next = { ...latest.current, ...change };
    latest.current = next;
    unanswered.current = true;
    setOwn(next);
    const edit = { edit: "describe_container" as const, line: line.id, container: next };
    if (typed) queue.typed(edit);
    else queue.edit(edit);
  };
  const sizeFault = size !== null && size.trim() !== "" && !fits(readNumber(size));
  const text = (field: "site" | "procedure" | "fixative" | "comment", label: string, more: { placeholder?: string; list?: string; must?: boolean } = {}) => (
    <label className={`containers__field containers__field--${field}`}>
      <span className={field === "site" ? "containers__label" : "t13 muted"}>{label}</span>
      <input
        className="field field--wide"
        data-field={field}
        autoComplete="off"
        title={own[field] || undefined}
        placeholder={more.placeholder}
        list={more.list}
        aria-required={field === "site" || undefined}
        aria-invalid={more.must || undefined}
        value={own[field] ?? ""}
        onChange={(event) => change({ [field]: event.target.value }, true)}
        onBlur={() => void queue.flush()}
      />
    </label>
  );
  const several = (line.materials ?? []).length > 1;
  const [open, setOpen] = useState(several);
  const more = [several ? (own.material ?? line.materials?.[0]?.material ?? "") : "", own.procedure, own.fixative, own.comment].filter(Boolean).join(" · ");
  const { brought } = container;
  const remove = () => queue.edit({ edit: "remove_container", line: line.id, container: container.id });
  // Blood and urine that was taken already is told apart by nothing but its label.
  if (brought && !takesSeveral(line)) {
    return (
      <li className="containers__one containers__one--brought" data-container={container.id}>
        <CapDot colour={about?.container.colour} />
        <Brought brought={brought} />
        <button type="button" className="link-button t14" data-act="take-new" aria-label={t.handover.takeNewOf(brought.number ?? name)} onClick={remove}>
          {t.handover.takeNew}
        </button>
      </li>
    );
  }
  return (
    <li className="containers__one" ref={box} data-container={container.id}>
      <fieldset className="containers__set">
        <legend className="sr-only">{`${words.one(name)}${about ? `, ${inLanguage(about.container.name, language)}` : ""}`}</legend>
        <span className="containers__head" aria-hidden="true" title={about ? inLanguage(about.container.name, language) : undefined}>
          <span className="containers__letter">{name}</span>
          <CapDot colour={about?.container.colour} />
        </span>
        {text("site", words.site, { placeholder: words.sitePlaceholder, must: about?.site_missing ?? false })}
        <label className="containers__field containers__field--side">
          <span className="containers__label">{words.side}</span>
          <select className="field" data-field="side" value={own.side ?? ""} onChange={(event) => change({ side: event.target.value === "" ? null : (event.target.value as Side) }, false)}>
            <option value="">{t.message.nothing}</option>
            {SIDES.map((side) => (
              <option key={side} value={side}>
                {words.sides[side]}
              </option>
            ))}
          </select>
        </label>
        <label className="containers__field containers__field--size">
          <span className="containers__label">{`${words.size}, ${words.unit}`}</span>
          <input
            className="field field--number"
            data-field="size"
            inputMode="decimal"
            autoComplete="off"
            aria-invalid={sizeFault || undefined}
            value={size ?? (own.size_mm == null ? "" : decimal(own.size_mm, language, 2))}
            onChange={(event) => setSize(event.target.value)}
            onBlur={() => {
              if (size === null) return;
              const read = readNumber(size);
              if (size.trim() === "") change({ size_mm: null }, false);
              else if (fits(read)) change({ size_mm: read }, false);
              else return;
              setSize(null);
            }}
          />
        </label>
        <button type="button" className="icon-button containers__more" aria-expanded={open} data-act="more" aria-label={words.more(name)} title={words.moreTitle} onClick={() => setOpen(!open)}>
          <ChevronDownIcon aria-hidden />
        </button>
        <button type="button" className="icon-button containers__remove" aria-label={words.remove(name)} onClick={remove}>
          <XMarkIcon aria-hidden />
        </button>
        {about?.site_missing && <p className="containers__must question__must">{`${words.site} ${words.siteMissing}`}</p>}
        {sizeFault && (
          <p className="question__error" role="alert">
            {words.sizeInvalid}
          </p>
        )}
        {brought && <Brought brought={brought} />}
        {!open && more && <p className="containers__summary t13 muted">{more}</p>}
        {open && (
          <div className="containers__details">
            {several && (
              <label className="containers__field containers__field--material">
                <span className="t13 muted">{words.material}</span>
                <select className="field" data-field="material" value={own.material ?? line.materials?.[0]?.material ?? ""} onChange={(event) => change({ material: event.target.value }, false)}>
                  {(line.materials ?? []).map((each) => (
                    <option key={each.material} value={each.material}>
                      {each.material}
                    </option>
                  ))}
                </select>
              </label>
            )}
            {text("procedure", words.procedure, { list: `${id}-procedures` })}
            <datalist id={`${id}-procedures`}>
              {words.procedures.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
            {text("fixative", words.fixative, { placeholder: usual ? words.fixativeUsual(usual) : undefined })}
            {text("comment", words.comment)}
          </div>
        )}
      </fieldset>
    </li>
  );
}

/** When it was taken and what stands on its label, as the record system told it. */
function Brought({ brought }: { brought: NonNullable<LineContainer["brought"]> }) {
  const t = useTexts();
  const now = useNow();
  const { collected } = brought;
  const when = collected ? t.handover.takenAt(collected.includes("T") ? dateTime(collected, now) : longDate(collected)) : "";
  const said = [when, brought.number ? t.handover.labelled(brought.number) : "", brought.material ?? ""].filter(Boolean).join(", ");
  return (
    <p className="containers__brought t14" data-part="brought">
      <span className="strong">{t.handover.fromRecord}:</span> {said}
    </p>
  );
}

const fits = (size: number | null): size is number => size !== null && size > 0 && size <= LARGEST_MM;
