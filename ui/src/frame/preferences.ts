// Language and colours: the user's choice, kept by the core. "system" follows the desktop as it changes.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Language } from "../format";

export type ThemeChoice = "light" | "dark" | "system";
export type Preferences = { language: Language; theme: ThemeChoice; set: (change: { language?: Language; theme?: ThemeChoice }) => void };

export const PreferencesContext = createContext<Preferences>({ language: "nb", theme: "system", set: () => undefined });

export function usePreferences(): Preferences {
  return useContext(PreferencesContext);
}

const darkQuery = () => (typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null);

export function useResolvedTheme(choice: ThemeChoice): "light" | "dark" {
  const systemDark = useSyncExternalStore(
    (told) => {
      const query = darkQuery();
      query?.addEventListener("change", told);
      return () => query?.removeEventListener("change", told);
    },
    () => darkQuery()?.matches ?? false,
  );
  if (choice === "system") return systemDark ? "dark" : "light";
  return choice;
}

export function asLanguage(text: string): Language {
  return text === "nn" || text === "en" ? text : "nb";
}

export function asTheme(text: string): ThemeChoice {
  return text === "light" || text === "dark" ? text : "system";
}
