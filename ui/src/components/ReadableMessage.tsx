// A message as its receiver sees it: sections and rows read back from the bytes. Nothing is left out and nothing is added.
import type { ReadableMessage as Message, ReadableRow, ReadableSection } from "../ipc/model";
import { useTexts } from "../texts";

/** `level` of its headings: one below what stands above it. */
export function ReadableMessage({ message, label, level }: { message: Message; label: string; level: 3 | 4 }) {
  const t = useTexts();
  const words = t.message;
  return (
    <article className="readable" aria-label={label}>
      <p className="readable__kind">
        <span className="strong">{words.kinds[message.kind] ?? message.kind}</span>
        <span className="t13 muted">{words.version(message.version)}</span>
        {message.test && <span className="readable__test">{words.test}</span>}
      </p>
      {message.sections.map((section, at) => (
        <Section key={at} section={section} level={level} />
      ))}
    </article>
  );
}

function Section({ section, level }: { section: ReadableSection; level: 3 | 4 }) {
  const t = useTexts();
  const Heading = level === 3 ? "h3" : "h4";
  return (
    <section className="readable__section">
      <Heading className="readable__heading">{t.message.headings[section.heading]}</Heading>
      <dl className="readable__rows">
        {section.rows.map((row, at) => (
          <Row key={at} row={row} />
        ))}
      </dl>
    </section>
  );
}

/** A service or a specimen begins what belongs to it. */
function Row({ row }: { row: ReadableRow }) {
  const t = useTexts();
  const begins = row.label === "service" || row.label === "specimen";
  return (
    <div className={begins ? "readable__row readable__row--begins" : "readable__row"} data-label={row.label}>
      <dt>{t.message.labels[row.label]}</dt>
      <dd>
        <span className="readable__value">{row.value || t.message.nothing}</span>
        {row.detail && <span className="readable__detail">{row.detail}</span>}
      </dd>
    </div>
  );
}
