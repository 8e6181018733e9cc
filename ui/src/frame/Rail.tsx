// The way between the screens, with the two numbers that may not be overlooked.
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

export function Rail({ waiting, needsYou }: { waiting: number; needsYou: number }) {
  const t = useTexts();
  const { place, go } = useNavigation();
  return (
    <nav className="rail" aria-label={t.rail.label}>
      <span className="rail__mark">
        <TubeMark />
      </span>
      <ul className="rail__list">
        {SCREENS.map((screen, index) => {
          const Icon = ICONS[screen];
          const number = screen === "internalLab" ? waiting : screen === "overview" ? needsYou : 0;
          return (
            <li key={screen}>
              <button
                type="button"
                className="rail__item"
                aria-current={place.screen === screen ? "page" : undefined}
                aria-keyshortcuts={`Control+${index + 1}`}
                data-screen={screen}
                onClick={() => go({ screen })}
              >
                <Icon aria-hidden />
                {t.rail[screen]}
                {number > 0 && (
                  <>
                    <span className={screen === "overview" ? "badge badge--danger" : "badge"} aria-hidden="true">
                      {number > 99 ? "99+" : number}
                    </span>
                    <span className="sr-only">{`, ${screen === "overview" ? t.rail.needYou(number) : t.rail.waiting(number)}`}</span>
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
    <svg width="18" height="22" viewBox="0 0 18 22" aria-hidden="true">
      <path d="M4 5 V16 a5 5 0 0 0 10 0 V5" fill="#ffffff" fillOpacity="0.25" stroke="#ffffff" strokeWidth="2" />
      <path d="M5 11 H13 V16 a4 4 0 0 1 -8 0 Z" fill="#ffffff" />
      <rect x="2" y="1" width="14" height="4" rx="1.6" fill="#ffffff" />
    </svg>
  );
}
