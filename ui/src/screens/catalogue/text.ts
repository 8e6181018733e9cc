// A handbook page as words, for paper, a message or a note, and what the screen words the same way. Says whose it is and how old:
// a copied fact must not lose its source.
import { sexWord } from "../../components/PatientBanner";
import { decimal, inLanguage, longDate, type Language } from "../../format";
import type { Container, PageLine, ReadablePage, PageSection, ServicePage, SpecimenAlternative } from "../../ipc/model";
import type { Texts } from "../../texts";
import { askedWhen } from "./conditions";

/** The page as it is printed and copied. */
export function handbookPage(page: ServicePage, t: Texts, language: Language): ReadablePage {
  const { service } = page;
  const section = (heading: string, lines: PageLine[]): PageSection[] => (lines.length > 0 ? [{ heading, lines }] : []);
  const sentences = (texts: string[]): PageLine[] => texts.map((text) => ({ label: "", text }));
  const ways = (service.specimens ?? []).map((way, index) => {
    const words = wayWords(way, page.containers.find((one) => one.id === way.container) ?? null, t, language);
    return { label: index > 0 ? t.catalogue.alternative : "", text: [words.name, words.cap, words.amounts, words.handling, ...words.keeping].filter(Boolean).map(sentence).join(" ") };
  });
  const withdrawn = service.withdrawn ? [t.basket.withdrawn, page.replacement ? `${t.handbook.replacedBy} ${page.replacement.name}` : t.handbook.notReplaced].map(sentence).join(" ") : "";
  return {
    title: service.name,
    below: [page.provider_name, inLanguage(page.department_name, language), service.group].filter(Boolean).join(" · "),
    lead: [withdrawn, service.handbook ? inLanguage(service.handbook, language) : ""].filter(Boolean),
    sections: [
      ...section("", factRows(page, t, language).map(([label, text]) => ({ label, text }))),
      ...section(t.catalogue.specimen, ways),
      ...section(
        t.catalogue.questions,
        sentences(page.questions.map((question) => `${inLanguage(question.text, language)} (${[question.phase === "collection" ? t.catalogue.askedAtCollection : t.catalogue.askedAtOrder, ...askedWhen(question, page.questions, t, language)].join(" · ")})`)),
      ),
      ...section(t.catalogue.rules, sentences(page.rules.map(({ rule, source }) => `${ruleWords(inLanguage(rule.text, language))} (${t.handbook.ruleSource(t.catalogue.severity[rule.severity], source, longDate(rule.checked))})`))),
      ...section(t.catalogue.panels, sentences(page.panels.length > 0 ? [page.panels.map((panel) => panel.name).join(", ")] : [])),
      ...section(t.catalogue.synonyms, sentences((service.synonyms ?? []).length > 0 ? [(service.synonyms ?? []).join(", ")] : [])),
    ],
    sources: [t.catalogue.source(page.source, longDate(service.checked)), `${page.provider_name} · ${t.handbook.version(page.version)}`, page.demo ? t.catalogue.demo : ""].filter(Boolean),
  };
}

/** The page as plain text. */
export function pageText(page: ServicePage, t: Texts, language: Language): string {
  const { title, below, lead, sections, sources } = handbookPage(page, t, language);
  const told = sections.flatMap(({ heading, lines }) => [heading && `${heading}:`, ...lines.map(({ label, text }) => [heading ? "- " : "", label ? `${label}: ` : "", text].join(""))]);
  return [title, below, ...lead, ...told, ...sources].filter(Boolean).join("\n");
}

/** Facts of a service by what they are called, without those that its provider says nothing of. */
export function factRows(page: ServicePage, t: Texts, language: Language): [string, string][] {
  const { service } = page;
  const code = [service.code.code, service.code.display !== service.name ? service.code.display : ""].filter(Boolean).join(" · ");
  const rows: [string, string][] = [
    [t.catalogue.code, `${code} (${service.code.system})`],
    [t.catalogue.unit, service.unit ?? ""],
    [t.catalogue.preparation, [service.fasting ? t.catalogue.fasting : "", service.preparation ? inLanguage(service.preparation, language) : ""].filter(Boolean).join(" ")],
    [t.catalogue.turnaround, service.turnaround_days ? t.time.days(service.turnaround_days) : ""],
    [t.catalogue.addOn, service.add_on_hours ? t.catalogue.hours(service.add_on_hours) : ""],
    [t.catalogue.retest, service.retest_days ? t.time.days(service.retest_days) : ""],
    [t.catalogue.onlyFor, limits(service, t)],
    [t.guide.phone, page.phone ?? ""],
  ];
  return rows.filter(([, value]) => value);
}

export function limits(service: Pick<ServicePage["service"], "sex" | "min_age" | "max_age">, t: Texts): string {
  const ages = service.min_age || service.max_age ? t.catalogue.ages(service.min_age ?? 0, service.max_age ?? null) : "";
  return [service.sex ? sexWord(service.sex, t) : "", ages].filter(Boolean).join(", ");
}

/** One way to take a specimen: what it is, what holds it, how much, and how it is treated and kept. */
export function wayWords(way: SpecimenAlternative, container: Container | null, t: Texts, language: Language) {
  return {
    name: materialWords(way.material, container ? inLanguage(container.name, language) : ""),
    cap: container ? [t.basket.cap(inLanguage(container.colour_name, language)), container.additive ? inLanguage(container.additive, language) : ""].filter(Boolean).join(" · ") : "",
    amounts: [way.volume_ml ? t.catalogue.needs(decimal(way.volume_ml, language, 2)) : "", container?.fill_ml ? t.catalogue.holds(decimal(container.fill_ml, language, 2)) : ""].filter(Boolean).join(" · "),
    handling: [container ? inLanguage(container.handling, language) : "", way.handling ? inLanguage(way.handling, language) : ""].filter(Boolean).join(" "),
    keeping: [
      way.handling_class ? (t.catalogue.keep[way.handling_class] ?? "") : "",
      container?.spin ? t.catalogue.spin(container.spin.after_minutes, container.spin.before_minutes) : "",
      container?.storage ? inLanguage(container.storage, language) : "",
      way.own_container ? t.catalogue.ownContainer : "",
    ].filter(Boolean),
  };
}

/** Material and container in one; "Serum, gel" says its material itself. */
export function materialWords(material: string, container: string): string {
  if (container.toLocaleLowerCase("nb").startsWith(material.toLocaleLowerCase("nb"))) return container;
  return [material, container].filter(Boolean).join(" · ");
}

/** A rule's text where there is no patient: what would be filled in stays open. */
export function ruleWords(text: string): string {
  return text.replace(/\{\w+\}/g, "…");
}

function sentence(text: string): string {
  const whole = text.charAt(0).toLocaleUpperCase("nb") + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
