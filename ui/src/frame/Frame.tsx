// The window around the screens: rail, status strip, palette, and the keys that work everywhere.
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { PaperJobs } from "../components/PaperJobs";
import { settleTyping } from "../components/settle";
import { isIdentityNumber } from "../format/identity";
import { useQuery } from "../ipc/query";
import { NavigationContext, SCREENS, type Navigation, type Place, type Screen } from "./navigation";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { StatusContext } from "./status";
import { StatusStrip } from "./StatusStrip";
import { Tray } from "./Tray";
import { IDENTITY_FIELD, useWedge } from "./wedge";

/** Put on the field that `/` leads to. */
export const SEARCH_FIELD = "data-search-field";

const LINE_POLL_MS = 20_000;

export function Frame({ children }: { children: (place: Place) => ReactNode }) {
  const [place, setPlace] = useState<Place>({ screen: "compose" });
  const [palette, setPalette] = useState(false);
  const status = useQuery("status", ["outbox", "requisitions", "drafts", "catalogue", "settings"], (backend) => backend.status());
  const { refetch } = status;

  useEffect(() => {
    const timer = setInterval(refetch, LINE_POLL_MS);
    return () => clearInterval(timer);
  }, [refetch]);

  const left = useRef(new Map<Screen, Place>());
  // A screen that is left for another one, whatever led there, is found again as it was; what was scanned is dealt with once.
  const leave = useCallback((to: (here: Place) => Place) => {
    settleTyping();
    setPlace((here) => {
      const there = to(here);
      if (there.screen !== here.screen) left.current.set(here.screen, { ...here, scanned: undefined });
      return there;
    });
  }, []);
  const go = useCallback((to: Place) => leave(() => to), [leave]);
  const visit = useCallback((screen: Screen) => leave((here) => (here.screen === screen ? here : (left.current.get(screen) ?? { screen }))), [leave]);
  const navigation = useMemo<Navigation>(() => ({ place, go, visit }), [place, go, visit]);

  // A label or a form that is scanned on any screen leads to the internal lab.
  useWedge(place.screen !== "internalLab", (text) => go({ screen: "internalLab", scanned: text }), (text) => !isForAField(text));

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inDialog = document.querySelector("dialog[open]") !== null;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        if (event.key.toLowerCase() === "k") {
          event.preventDefault();
          setPalette((open) => (inDialog && !open ? false : !open));
          return;
        }
        const screen = SCREENS[Number(event.key) - 1];
        if (screen && !inDialog) {
          event.preventDefault();
          visit(screen);
        }
        return;
      }
      if (event.key === "/" && !event.altKey && !inDialog && !isTyping(event.target)) {
        const field = document.querySelector<HTMLInputElement>(`[${SEARCH_FIELD}]`);
        if (field) {
          event.preventDefault();
          field.focus();
          field.select();
        }
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [visit]);

  return (
    <NavigationContext.Provider value={navigation}>
      <div className="frame">
        <Rail waiting={status.data?.waiting ?? 0} alarms={status.data?.lab_alarms ?? 0} needsYou={status.data?.needs_you ?? 0} news={status.data?.unread_updates ?? 0} />
        <main className="frame__screen" data-screen-shown={place.screen}>
          <StatusContext.Provider value={status.data}>{children(place)}</StatusContext.Provider>
        </main>
        <PaperJobs className="papers--frame" />
        <StatusStrip status={status.data} />
        <Tray needsYou={status.data?.needs_you ?? 0} />
        {palette && <Palette onClose={() => setPalette(false)} />}
      </div>
    </NavigationContext.Provider>
  );
}

/**
 * Whether what was scanned belongs into the field that it was scanned into: somebody's identity number does, and where one is asked
 * for, so does every number of its length. It may have been misread, and the field says what is wrong with it.
 */
function isForAField(scanned: string): boolean {
  const text = scanned.replace(/^\][A-Za-z]\d/, "");
  return isIdentityNumber(text) || (/^\d{11}$/.test(text) && document.activeElement?.closest(`[${IDENTITY_FIELD}]`) != null);
}

/** Whether a key belongs to a text field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["button", "checkbox", "radio", "submit"].includes(target.type);
}
