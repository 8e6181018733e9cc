// The laboratory handbook: what every provider offers, found by searching or browsing, one page a service and one a provider,
// and what updates changed. Read only; the facts are the provider's, with source and date.
import { useCallback, useEffect, useState } from "react";
import { CatalogueTree } from "../../components/CatalogueTree";
import { ErrorNote } from "../../components/ErrorNote";
import { groupHits, HitList } from "../../components/HitList";
import { useListbox } from "../../components/listbox";
import { NotYet } from "../../components/NotYet";
import { SEARCH_FIELD } from "../../frame/Frame";
import { useNavigation, type Place } from "../../frame/navigation";
import type { HitView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";
import { News, Update } from "./News";
import { Page } from "./Page";
import { PanelsPage } from "./panels/PanelsPage";
import { ProviderPage } from "./ProviderPage";
import { Versions } from "./Versions";

export function CatalogueScreen({ place }: { place: Place }) {
  const t = useTexts();
  const language = useLanguage();
  const { go } = useNavigation();
  const [query, setQuery] = useState("");
  const searching = query.trim() !== "";
  const found = useQuery(`handbook ${query}`, ["catalogue"], searching ? (backend) => backend.search(query, null, null) : null);
  const [hits, setHits] = useState<HitView[]>([]);
  // Panels have no page of their own; each member's page names them. What was found stays while the next is looked up.
  useEffect(() => {
    if (!searching) setHits([]);
    else if (found.data) setHits(found.data.hits.filter((hit) => hit.kind === "service"));
  }, [found.data, searching]);
  const groups = groupHits(hits, query || " ", t, language);
  const flat = groups.flatMap((group) => group.hits);
  const open = useCallback((hit: HitView) => go({ screen: "catalogue", service: { provider: hit.provider, service: hit.id } }), [go]);
  const list = useListbox({ count: flat.length, token: query, onPick: (index) => flat[index] && open(flat[index]), onEscape: () => setQuery("") });
  const shown = place.service ?? null;
  const opened = shown || place.provider || place.update || place.section === "panels";

  return (
    <div className={opened ? "labbook labbook--open" : "labbook"}>
      <section className="labbook__find" aria-label={t.catalogue.find}>
        <header className="labbook__head">
          <h1 className="t20">{t.rail.catalogue}</h1>
          <button type="button" className="link-button labbook__panels" aria-current={place.section === "panels" ? "page" : undefined} onClick={() => go({ screen: "catalogue", section: "panels" })}>
            {t.panels.title}
          </button>
        </header>
        <input
          className="field field--wide labbook__search"
          {...{ [SEARCH_FIELD]: true }}
          aria-label={t.find.label}
          placeholder={t.find.placeholder}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={list.onKeyDown}
          {...list.field}
          aria-controls={searching && flat.length > 0 ? list.listId : undefined}
        />
        <NotYet />
        <div className="labbook__list">
          {found.failure && <ErrorNote failure={found.failure} />}
          {searching && found.data && flat.length === 0 && <p className="empty-state">{t.find.none(query)}</p>}
          {searching && flat.length > 0 && <HitList groups={groups} list={list} label={t.find.results} query={query} onPick={open} />}
          {!searching && <CatalogueTree label={t.tree.label} current={shown} onPick={open} />}
        </div>
      </section>
      <Read place={place} onBack={() => go({ screen: "catalogue" })} />
    </div>
  );
}

/** What is read beside the list: a service, a provider, an update, the office's panels, or how new it all is. */
function Read({ place, onBack }: { place: Place; onBack: () => void }) {
  const { service, provider, update } = place;
  if (service) return <Page key={`${service.provider} ${service.service}`} provider={service.provider} service={service.service} onBack={onBack} />;
  if (provider) return <ProviderPage key={provider} provider={provider} />;
  if (update) return <Update key={update} id={update} />;
  if (place.section === "panels") return <PanelsPage onBack={onBack} />;
  return (
    <div className="labbook__page">
      <News />
      <Versions />
    </div>
  );
}
