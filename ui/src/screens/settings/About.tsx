// Language and colours, where the key and the data are, and what program this is.
import { CheckmarkCircleFillIcon } from "@navikt/aksel-icons";
import { usePreferences } from "../../frame/preferences";
import { useStatus } from "../../frame/status";
import { texts, useTexts } from "../../texts";

const THEMES = ["system", "light", "dark"] as const;
const LANGUAGES = ["nb", "nn", "en"] as const;

export function Looks() {
  const t = useTexts();
  const preferences = usePreferences();
  return (
    <section className="settings__form" aria-labelledby="looks-title">
      <h2 className="t16" id="looks-title">
        {t.settings.section.looks}
      </h2>
      <fieldset className="settings__choices">
        <legend className="t14 strong">{t.settings.language}</legend>
        {LANGUAGES.map((language) => (
          <label key={language} className="check" lang={language}>
            <input type="radio" name="language" value={language} checked={preferences.language === language} onChange={() => preferences.set({ language })} />
            {texts[language].languageName}
          </label>
        ))}
      </fieldset>
      <fieldset className="settings__choices">
        <legend className="t14 strong">{t.settings.theme}</legend>
        {THEMES.map((theme) => (
          <label key={theme} className="check">
            <input type="radio" name="theme" value={theme} checked={preferences.theme === theme} onChange={() => preferences.set({ theme })} />
            {t.settings.themes[theme]}
          </label>
        ))}
      </fieldset>
    </section>
  );
}

export function Security({ keyPlace, dataDir }: { keyPlace: string; dataDir: string }) {
  const t = useTexts();
  return (
    <section className="settings__form" aria-labelledby="security-title">
      <h2 className="t16" id="security-title">
        {t.settings.section.security}
      </h2>
      <p className="settings__state">
        <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />
        {t.settings.encrypted}
      </p>
      <dl className="facts">
        <dt>{t.settings.keyPlace}</dt>
        <dd data-key-place={keyPlace}>{keyPlace === "passphrase" ? t.settings.keyPassphrase : t.settings.keyKeyring}</dd>
        <dt>{t.settings.dataDir}</dt>
        <dd className="facts__path">{dataDir}</dd>
      </dl>
      <p className="t14 muted">{t.settings.backupBody}</p>
    </section>
  );
}

export function About({ version }: { version: string }) {
  const t = useTexts();
  const numbers = useStatus()?.numbers ?? [];
  return (
    <section className="settings__form" aria-labelledby="about-title">
      <h2 className="t16" id="about-title">
        {t.appName}
      </h2>
      <p>{t.settings.aboutBody}</p>
      <dl className="facts">
        <dt>{t.settings.version}</dt>
        <dd>{version}</dd>
        <dt>{t.settings.numbers.title}</dt>
        <dd>
          {numbers.length === 0 && t.common.none}
          {numbers.map((one) => (
            <p key={one.provider}>{t.settings.numbers.held(one.provider_name, one.source, one.station)}</p>
          ))}
        </dd>
      </dl>
    </section>
  );
}
