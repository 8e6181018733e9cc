// The way between the screens, with the numbers that may not be overlooked.
import { BookIcon, CogIcon, FilePlusIcon, InboxIcon, TasklistIcon } from "@navikt/aksel-icons";
import type { ComponentType, SVGProps } from "react";
import { useTexts } from "../texts";
import { SCREENS, useNavigation, type Screen } from "./navigation";

const ICONS: Record<Screen, ComponentType<SVGProps<SVGSVGElement> & { title?: string }>> = {
  compose: FilePlusIcon,
  internalLab: TasklistIcon,
  overview: InboxIcon,
  catalogue: BookIcon,
  settings: CogIcon,
};

export function Rail({ waiting, alarms, needsYou, news }: { waiting: number; alarms: number; needsYou: number; news: number }) {
  const t = useTexts();
  const { place, visit } = useNavigation();
  return (
    <nav className="rail" aria-label={t.rail.label}>
      <span className="rail__mark">
        <TubeMark />
      </span>
      <ul className="rail__list">
        {SCREENS.map((screen, index) => {
          const Icon = ICONS[screen];
          const alarming = screen === "overview" || (screen === "internalLab" && alarms > 0);
          const number = screen === "internalLab" ? waiting : screen === "overview" ? needsYou : screen === "catalogue" ? news : 0;
          return (
            <li key={screen}>
              <button
                type="button"
                className="rail__item"
                aria-current={place.screen === screen ? "page" : undefined}
                aria-keyshortcuts={`Control+${index + 1}`}
                data-screen={screen}
                onClick={() => visit(screen)}
              >
                <Icon aria-hidden />
                {t.rail[screen]}
                {number > 0 && (
                  <>
                    <span className={alarming ? "badge badge--danger" : screen === "catalogue" ? "badge badge--news" : "badge"} aria-hidden="true">
                      {number > 99 ? "99+" : number}
                    </span>
                    <span className="sr-only">{`, ${(screen === "overview" ? t.rail.needYou : screen === "catalogue" ? t.handbook.unread : t.rail.waiting)(number)}`}</span>
                    {screen === "internalLab" && alarms > 0 && <span className="sr-only">{`, ${t.bench.alarms.rail(alarms)}`}</span>}
                  </>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function TubeMark() {
  return (
    <svg width="34" height="34" viewBox="0 0 34 34" aria-hidden="true">
      <path d="M14 8 V24 a1.6 1.6 0 0 0 1.6 1.6 h2.8 a1.6 1.6 0 0 0 1.6 -1.6 V8" fill="none" stroke="#ffffff" strokeWidth="2" />
      <path d="M14 15.5 H20 V25 H14 Z" fill="#ffffff" />
      <rect x="12" y="7" width="10" height="2" rx="0.5" fill="#ffffff" />
    </svg>
  );
}
