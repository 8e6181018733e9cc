// The one source of words. Screens take them with `useTexts()`; which language is the user's choice, kept by the core.
import { createContext, createElement, useContext, type ReactNode } from "react";
import type { Language } from "../format";
import { en } from "./en";
import { nb, type Texts } from "./nb";
import { nn } from "./nn";

export type { Texts } from "./nb";

export const texts: Record<Language, Texts> = { nb, nn, en };

const Words = createContext<{ t: Texts; language: Language }>({ t: nb, language: "nb" });

export function TextsProvider({ language, children }: { language: Language; children: ReactNode }) {
  return createElement(Words.Provider, { value: { t: texts[language], language } }, children);
}

/** The words in the language of the screens. */
export function useTexts(): Texts {
  return useContext(Words).t;
}

/** The language of the screens, for what the catalogue says and for numbers. */
export function useLanguage(): Language {
  return useContext(Words).language;
}
