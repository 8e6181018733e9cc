// Ctrl+K: go anywhere by typing. Screens, actions and the patients of this workstation in one list.
import { ArrowRightIcon, MagnifyingGlassIcon, PersonIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Dialog } from "../components/Dialog";
import { Highlight, rangesOf } from "../components/Highlight";
import { useListbox } from "../components/listbox";
import { fullName, nationalId } from "../format";
import { useQuery } from "../ipc/query";
import { texts, useTexts } from "../texts";
import { SCREENS, useNavigation } from "./navigation";
import { usePreferences } from "./preferences";

type Entry = { key: string; group: string; label: string; hint?: string; icon: ReactNode; act: () => void };

export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTexts();
  const { go, visit } = useNavigation();
  const preferences = usePreferences();
  const [query, setQuery] = useState("");
  const patients = useQuery(`palette ${query}`, [], (backend) => backend.recentPatients(query));
  // The buttons of the screen under it, as they stood when it was opened.
  const [commands] = useState(() => [...document.querySelectorAll<HTMLButtonElement>("button[data-command]:enabled")]);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const leave = (act: () => void) => () => {
    onClose();
    act();
  };
  const own: Entry[] = [
    ...SCREENS.map((screen, index) => ({
      key: screen,
      group: t.palette.screens,
      label: t.rail[screen],
      hint: `Ctrl ${index + 1}`,
      icon: <ArrowRightIcon aria-hidden />,
      act: leave(() => visit(screen)),
    })),
    ...commands.map((button) => ({
      key: `command ${button.dataset["act"]}`,
      group: t.palette.actions,
      label: button.textContent,
      icon: <ArrowRightIcon aria-hidden />,
      act: leave(() => button.click()),
    })),
    { key: "new", group: t.palette.actions, label: t.palette.newRequisition, icon: <ArrowRightIcon aria-hidden />, act: leave(() => go({ screen: "compose" })) },
    ...(["light", "dark", "system"] as const).map((theme) => ({
      key: theme,
      group: t.palette.actions,
      label: { light: t.palette.lightTheme, dark: t.palette.darkTheme, system: t.palette.systemTheme }[theme],
      icon: <ArrowRightIcon aria-hidden />,
      act: leave(() => preferences.set({ theme })),
    })),
    ...(["nb", "nn", "en"] as const).map((language) => ({
      key: language,
      group: t.palette.actions,
      label: t.palette.language(texts[language].languageName),
      icon: <ArrowRightIcon aria-hidden />,
      act: leave(() => preferences.set({ language })),
    })),
  ];
  const needle = query.trim().toLocaleLowerCase("nb");
  const entries: Entry[] = [
    ...own.filter((entry) => entry.label.toLocaleLowerCase("nb").includes(needle)),
    ...(patients.data ?? []).slice(0, 8).map(({ patient }) => ({
      key: `patient ${patient.national_id ?? `${patient.family} ${patient.birth_date}`}`,
      group: t.palette.patients,
      label: fullName(patient),
      hint: patient.national_id ? nationalId(patient.national_id) : undefined,
      icon: <PersonIcon aria-hidden />,
      act: leave(() =>
        go({
          screen: "compose",
          patient: { number: patient.national_id ?? "", given: patient.given, family: patient.family, birthDate: patient.birth_date ?? "", sex: patient.sex },
        }),
      ),
    })),
  ];
  const list = useListbox({ count: entries.length, token: query, onPick: (index) => entries[index]?.act(), onEscape: onClose });

  return (
    <Dialog label={t.palette.title} className="palette" onClose={onClose}>
      <div className="palette__field">
        <MagnifyingGlassIcon aria-hidden />
        <input
          ref={field}
          className="palette__input"
          aria-label={t.palette.label}
          placeholder={t.palette.placeholder}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={list.onKeyDown}
          {...list.field}
        />
      </div>
      <div className="palette__list" id={list.listId} role="listbox" aria-label={t.palette.title} tabIndex={-1}>
        {entries.length === 0 && <p className="empty-state">{t.palette.nothing}</p>}
        {entries.map((entry, index) => (
          <div key={entry.key} role="presentation">
            {entries[index - 1]?.group !== entry.group && (
              <div className="palette__group" role="presentation">
                {entry.group}
              </div>
            )}
            <div id={list.optionId(index)} role="option" aria-selected={index === list.active} className="palette__option" onMouseMove={() => list.setActive(index)} onClick={entry.act}>
              {entry.icon}
              <span>
                <Highlight text={entry.label} ranges={rangesOf(entry.label, query.trim())} />
              </span>
              {entry.hint && <span className="hint t13 muted">{entry.hint}</span>}
            </div>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
