// Messages as pages for paper: the words that stand on the screen, in the same order. Nothing is left out and nothing is added.
import type { ReadablePage, PageSection, PreviewPart, ReadableMessage } from "../ipc/model";
import type { Texts } from "../texts";
import { inLanguage, type Language } from "./index";

/** A message as its receiver sees it. `below` says when it was made, or that it is not sent yet. */
export function messagePage(message: ReadableMessage, below: string, t: Texts): ReadablePage {
  const words = t.message;
  const title = [words.kinds[message.kind] ?? message.kind, message.test ? words.test : ""].filter(Boolean).join(" · ");
  return { title, below, lead: [], sections: sectionsOf(message, t), sources: [words.version(message.version)] };
}

/** What a draft becomes: each requisition with its receiver, its services and containers, and its message. */
export function previewPage(parts: readonly PreviewPart[], title: string, below: string, t: Texts, language: Language): ReadablePage {
  const words = t.preview;
  const sections = parts.flatMap((part, at): PageSection[] => {
    const name = `${inLanguage(part.discipline_name, language)}, ${part.provider_name}`;
    const containers = part.containers.map((one) => words.count(one.count, inLanguage(one.name, language))).join(", ");
    const facts = [
      { label: words.to, text: `${[part.organisation, part.department].filter(Boolean).join(", ")} ${words.her(part.her)}` },
      { label: words.services, text: part.services.join(", ") },
      { label: words.containers, text: containers || words.noContainer },
      ...(part.problem ? [{ label: "", text: words.refused }] : []),
    ];
    const heading = parts.length > 1 ? `${words.part(at + 1, parts.length)}: ${name}` : name;
    return [{ heading, lines: facts }, ...(part.message ? sectionsOf(part.message, t) : [])];
  });
  return { title, below, lead: [], sections, sources: [] };
}

function sectionsOf(message: ReadableMessage, t: Texts): PageSection[] {
  const words = t.message;
  return message.sections.map(({ heading, rows }) => ({
    heading: words.headings[heading],
    lines: rows.map((row) => ({ label: words.labels[row.label], text: [row.value || words.nothing, row.detail ?? ""].filter(Boolean).join("\n") })),
  }));
}
