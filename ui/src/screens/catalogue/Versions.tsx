// Which catalogues are in use, how new they are, and when somebody last looked for newer ones.
import { BookIcon, ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { longDate, timeOrDateTime, whole } from "../../format";
import { useNow } from "../../frame/clock";
import { useNavigation } from "../../frame/navigation";
import { useStatus } from "../../frame/status";
import { refusedCatalogue } from "../../ipc/failure";
import { useTexts } from "../../texts";
import { ProviderLink } from "./News";

export function Versions() {
  const t = useTexts();
  const now = useNow();
  const { go } = useNavigation();
  const status = useStatus();
  return (
    <section className="labbook__part" aria-labelledby="versions-title">
      <h2 className="t16" id="versions-title">
        {t.catalogue.versions}
      </h2>
      <p className="muted">{t.catalogue.versionsBody}</p>
      <ul className="settings__list">
        {(status?.catalogues ?? []).map((one) => (
          <li key={one.provider} className="settings__item">
            <BookIcon aria-hidden className="labbook__icon" />
            <div className="settings__facts">
              <p className="strong">{one.version ? <ProviderLink provider={one.provider} name={one.name} /> : one.name}</p>
              {one.version ? (
                <p className="t14">{t.catalogue.version(one.version, one.valid_from ? longDate(one.valid_from) : t.common.unknown, whole(one.services))}</p>
              ) : (
                !one.coming && <p className="t14">{t.catalogue.notFetched}</p>
              )}
              <p className="t14 muted">{t.catalogue.checked(one.checked ? timeOrDateTime(one.checked, now) : t.catalogue.never)}</p>
              {one.coming && <p className="t14">{t.settings.coming(one.coming.version, longDate(one.coming.valid_from))}</p>}
              {one.demo && <p className="t14 muted">{t.catalogue.demo}</p>}
              {one.refused !== null && (
                <p className="settings__state t14">
                  <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
                  {refusedCatalogue(one.refused, t)}
                </p>
              )}
              {(one.stale || (one.problem && one.refused === null)) && (
                <p className="settings__state t14">
                  <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
                  {one.stale ? t.settings.stale : (t.settings.trouble[one.problem ?? "other"] ?? t.settings.trouble["other"])}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
      <button type="button" className="link-button" onClick={() => go({ screen: "settings", section: "connections" })}>
        {t.catalogue.toConnections}
      </button>
    </section>
  );
}
