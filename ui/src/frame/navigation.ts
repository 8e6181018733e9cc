// Which screen is shown, and what it opens with. One place, so that a list, the palette and a scan open things alike.
import { createContext, useContext } from "react";

export const SCREENS = ["compose", "internalLab", "overview", "catalogue", "settings"] as const;
export type Screen = (typeof SCREENS)[number];

export type Place = {
  screen: Screen;
  /** Draft to open in compose. */
  draft?: string;
  /** What the scanner read on another screen. */
  scanned?: string;
  /** Requisition to open in the internal lab or the overview. */
  requisition?: string;
  /** Part of the settings, or of the handbook, to show. */
  section?: string;
  /** Service to open in the handbook. */
  service?: { provider: string; service: string };
  /** Provider whose page to open in the handbook, or whose station number to type in the settings. */
  provider?: string;
  /** Update of a catalogue to read in the handbook. */
  update?: string;
  /** Patient to start with in compose. */
  patient?: { number: string; given: string; family: string; birthDate: string; sex: string };
};

export type Navigation = {
  place: Place;
  /** Opens a place as it is given; the screen that is left is found again by `visit`. */
  go: (place: Place) => void;
  /** Turns to a screen and finds it as it was left; nothing on the screen one is on. */
  visit: (screen: Screen) => void;
};

export const NavigationContext = createContext<Navigation>({ place: { screen: "compose" }, go: () => undefined, visit: () => undefined });

export function useNavigation(): Navigation {
  return useContext(NavigationContext);
}
