// Everything that is set up once: the office and its people, the lines to the hospitals, printing, looks, and where the data is.
import { useEffect } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { useNavigation, type Place } from "../../frame/navigation";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { About, Looks, Security } from "./About";
import { Bench } from "./Bench";
import { Connections } from "./Connections";
import { Office } from "./Office";
import { People } from "./People";
import { Printing } from "./Printing";
import { Storage } from "./Storage";

const SECTIONS = ["office", "people", "connections", "printing", "looks", "security", "storage", "about"] as const;
type Section = (typeof SECTIONS)[number];

export function SettingsScreen({ place }: { place: Place }) {
  const t = useTexts();
  const { go } = useNavigation();
  const settings = useQuery("settings", ["settings", "catalogue"], (backend) => backend.settings());
  const app = useQuery("app", ["settings"], (backend) => backend.app());
  const section: Section = SECTIONS.find((each) => each === place.section) ?? "office";
  useEffect(() => {
    document.querySelector(".settings__main")?.scrollTo(0, 0);
  }, [section]);

  return (
    <div className="settings">
      <nav className="settings__nav" aria-label={t.settings.sections}>
        <h1 className="t20">{t.rail.settings}</h1>
        <ul>
          {SECTIONS.map((each) => (
            <li key={each}>
              <button type="button" className="settings__link bare" aria-current={each === section ? "page" : undefined} data-section={each} onClick={() => go({ screen: "settings", section: each })}>
                {t.settings.section[each]}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <div className="settings__main">
        {settings.failure && !settings.data && <ErrorNote failure={settings.failure} />}
        {settings.data && (
          <>
            {section === "office" && <Office key={JSON.stringify(settings.data.office)} office={settings.data.office} />}
            {section === "people" && <People people={settings.data.people} />}
            {section === "connections" && <Connections connections={settings.data.connections} unclaimed={settings.data.unclaimed_station} asked={place.provider ?? null} />}
            {section === "printing" && (
              <>
                <Printing printing={settings.data.printing} stocks={settings.data.stocks} />
                <Bench settings={settings.data} />
              </>
            )}
            {section === "looks" && <Looks />}
            {section === "security" && <Security keyPlace={settings.data.key_place} dataDir={app.data?.data_dir ?? ""} />}
            {section === "storage" && <Storage />}
            {section === "about" && <About version={app.data?.version ?? ""} />}
          </>
        )}
      </div>
    </div>
  );
}
