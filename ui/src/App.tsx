// From the shell's answer to a screen: what stands in the way of working comes first, then the guide, then the window.
import { Provider, Theme } from "@navikt/ds-react";
import { en, nb, nn } from "@navikt/ds-react/locales";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Boundary } from "./frame/Boundary";
import { Drops } from "./frame/Drops";
import { Frame } from "./frame/Frame";
import type { Place } from "./frame/navigation";
import { asLanguage, asTheme, PreferencesContext, useResolvedTheme, type Preferences } from "./frame/preferences";
import { OnScreen, Toasts } from "./frame/toasts";
import { useBackend } from "./ipc/backend";
import { asFailure } from "./ipc/failure";
import type { AppView } from "./ipc/model";
import { useQuery } from "./ipc/query";
import { CatalogueScreen } from "./screens/catalogue/CatalogueScreen";
import { ComposeScreen } from "./screens/compose/ComposeScreen";
import { InternalLabScreen } from "./screens/internallab/InternalLabScreen";
import { OverviewScreen } from "./screens/overview/OverviewScreen";
import { SettingsScreen } from "./screens/settings/SettingsScreen";
import { Guide } from "./screens/start/Guide";
import { StageScreen } from "./screens/start/StageScreen";
import { TextsProvider } from "./texts";

const AKSEL_WORDS = { nb, nn, en };

const OPENING_POLL_MS = 300;

export function App() {
  const backend = useBackend();
  const asked = useQuery("app", ["settings"], (here) => here.app());
  const [answered, setAnswered] = useState<AppView | null>(null);
  const known = answered ?? asked.data;
  const opening = known?.stage.stage === "failed" && known.stage.code === "notOpenedYet";
  const app = opening ? null : known;
  // A command that answers the whole application is newer than what was asked before it.
  useEffect(() => setAnswered(null), [asked.data]);
  const { refetch } = asked;
  // The store opens behind the window, and the news of it may come before anybody listens.
  useEffect(() => {
    if (!opening) return;
    const timer = setInterval(refetch, OPENING_POLL_MS);
    return () => clearInterval(timer);
  }, [opening, refetch]);

  const language = asLanguage(app?.language ?? navigator.language.slice(0, 2));
  const theme = asTheme(app?.theme ?? "system");
  const resolved = useResolvedTheme(theme);

  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.style.colorScheme = resolved;
  }, [language, resolved]);

  const set = useCallback<Preferences["set"]>(
    (change) => {
      backend.savePreferences({ language: change.language ?? language, theme: change.theme ?? theme }).then(setAnswered, () => undefined);
    },
    [backend, language, theme],
  );
  const preferences = useMemo<Preferences>(() => ({ language, theme, set }), [language, theme, set]);
  const [root, setRoot] = useState<HTMLElement | null>(null);

  return (
    <TextsProvider language={language}>
      <PreferencesContext.Provider value={preferences}>
        <Theme theme={resolved} className="app" ref={setRoot}>
          <Provider locale={AKSEL_WORDS[language]} rootElement={root}>
            <Toasts>
              <Content app={app} failure={asked.failure} onApp={setAnswered} />
            </Toasts>
          </Provider>
        </Theme>
      </PreferencesContext.Provider>
    </TextsProvider>
  );
}

function Content({ app, failure, onApp }: { app: AppView | null; failure: ReturnType<typeof asFailure> | null; onApp: (app: AppView) => void }) {
  if (!app || app.stage.stage !== "ready") return <StageScreen app={app} failure={failure} onApp={onApp} />;
  if (!app.set_up) return <Guide app={app} onApp={onApp} />;
  return (
    <Frame>
      {(place) => (
        <>
          <Drops />
          <OnScreen visit={[place.screen, place.section, place.draft, place.requisition].join(" ")}>
            <Boundary key={place.screen}>
              <Shown place={place} />
            </Boundary>
          </OnScreen>
        </>
      )}
    </Frame>
  );
}

function Shown({ place }: { place: Place }) {
  switch (place.screen) {
    case "compose":
      return <ComposeScreen place={place} />;
    case "internalLab":
      return <InternalLabScreen place={place} />;
    case "overview":
      return <OverviewScreen place={place} />;
    case "catalogue":
      return <CatalogueScreen place={place} />;
    case "settings":
      return <SettingsScreen place={place} />;
  }
}
