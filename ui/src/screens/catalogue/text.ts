// A handbook page as plain text, for a message or a note. Says whose it is and how old: a copied fact must not lose its source.
import { decimal, inLanguage, longDate, type Language } from "../../format";
import type { ServicePage } from "../../ipc/model";
import type { Texts } from "../../texts";

export function pageText(page: ServicePage, t: Texts, language: Language): string {
  const { service } = page;
  const ways = (service.specimens ?? []).map((way) => {
    const container = page.containers.find((one) => one.id === way.container);
    const amount = way.volume_ml ? t.catalogue.needs(decimal(way.volume_ml, language, 2)) : "";
    const handling = [container ? inLanguage(container.handling, language) : "", way.handling ? inLanguage(way.handling, language) : ""].filter(Boolean).join(" ");
    return `- ${[way.material, container ? inLanguage(container.name, language) : "", amount, handling].filter(Boolean).join(", ")}`;
  });
  const lines = [
    service.name,
    [page.provider_name, inLanguage(page.department_name, language)].filter(Boolean).join(", "),
    `${t.catalogue.code}: ${[service.code.code, service.code.system].filter(Boolean).join(" ")}`,
    service.handbook ? inLanguage(service.handbook, language) : "",
    service.preparation ? `${t.catalogue.preparation}: ${inLanguage(service.preparation, language)}` : service.fasting ? `${t.catalogue.preparation}: ${t.catalogue.fasting}` : "",
    ways.length > 0 ? `${t.catalogue.specimen}:` : "",
    ...ways,
    service.turnaround_days ? `${t.catalogue.turnaround}: ${t.time.days(service.turnaround_days)}` : "",
    t.catalogue.source(page.source, longDate(service.checked)),
    page.demo ? t.catalogue.demo : "",
  ];
  return lines.filter(Boolean).join("\n");
}
