// A handbook page as plain text, for a message or a note. Says whose it is and how old: a copied fact must not lose its source.
import { decimal, inLanguage, longDate, type Language } from "../../format";
import type { ServicePage } from "../../ipc/model";
import type { Texts } from "../../texts";
import { askedWhen } from "./conditions";

export function pageText(page: ServicePage, t: Texts, language: Language): string {
  const { service } = page;
  const ways = (service.specimens ?? []).map((way) => {
    const container = page.containers.find((one) => one.id === way.container);
    const amount = way.volume_ml ? t.catalogue.needs(decimal(way.volume_ml, language, 2)) : "";
    const handling = [container ? inLanguage(container.handling, language) : "", way.handling ? inLanguage(way.handling, language) : ""].filter(Boolean).join(" ");
    return `- ${[materialWords(way.material, container ? inLanguage(container.name, language) : ""), amount, handling].filter(Boolean).join(", ")}`;
  });
  const lines = [
    service.name,
    [page.provider_name, inLanguage(page.department_name, language)].filter(Boolean).join(", "),
    `${t.catalogue.code}: ${[service.code.code, service.code.system].filter(Boolean).join(" ")}`,
    service.handbook ? inLanguage(service.handbook, language) : "",
    service.preparation ? `${t.catalogue.preparation}: ${inLanguage(service.preparation, language)}` : service.fasting ? `${t.catalogue.preparation}: ${t.catalogue.fasting}` : "",
    ways.length > 0 ? `${t.catalogue.specimen}:` : "",
    ...ways,
    ...page.questions.map((question) => `${t.catalogue.questions}: ${[inLanguage(question.text, language), ...askedWhen(question, page.questions, t, language)].join(", ")}`),
    ...page.rules.map(({ rule, source }) => `${t.catalogue.rules}: ${ruleWords(inLanguage(rule.text, language))} (${t.handbook.ruleSource(t.catalogue.severity[rule.severity], source, longDate(rule.checked))})`),
    service.turnaround_days ? `${t.catalogue.turnaround}: ${t.time.days(service.turnaround_days)}` : "",
    t.catalogue.source(page.source, longDate(service.checked)),
    t.handbook.version(page.version),
    page.demo ? t.catalogue.demo : "",
  ];
  return lines.filter(Boolean).join("\n");
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
