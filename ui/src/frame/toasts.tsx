// Short words about what just happened, spoken politely by screen readers. Errors stay until they are closed; what an act on a
// screen failed at goes with that screen, since it is read beside what was asked for, and the fault is kept where it belongs.
import { CheckmarkCircleFillIcon, XMarkIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { createContext, useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { errorWords, type Failure } from "../ipc/failure";
import { useTexts } from "../texts";
import { freePlace } from "./toastplace";

type Toast = { id: number; text: string; more?: string; error: boolean; on?: Visit };

/** Somebody's stay on a screen. */
type Visit = { left: boolean };

export type Tell = {
  /** Shown and spoken for some seconds. */
  say: (text: string) => void;
  /** Spoken only: what the eye sees anyway. */
  whisper: (text: string) => void;
  /** What was asked for on this screen could not be done: shown and spoken until closed, or until the screen is left. */
  fail: (failure: Failure) => void;
  /** What went wrong by itself, whatever screen is shown: shown and spoken until closed. */
  trouble: (failure: Failure) => void;
};

const nothing = () => undefined;
const TellContext = createContext<Tell>({ say: nothing, whisper: nothing, fail: nothing, trouble: nothing });

type Board = { failOn: (visit: Visit, failure: Failure) => void; leave: (visit: Visit) => void };
const BoardContext = createContext<Board>({ failOn: nothing, leave: nothing });

export function useTell(): Tell {
  return useContext(TellContext);
}

/** A screen, or what is open on it: what fails there goes when `visit` becomes another, and what is answered later stays. */
export function OnScreen({ visit, children }: { visit: string; children: ReactNode }) {
  const tell = useTell();
  const { failOn, leave } = useContext(BoardContext);
  const stay = useMemo<Visit & { visit: string }>(() => ({ visit, left: false }), [visit]);
  useEffect(() => {
    stay.left = false;
    return () => {
      stay.left = true;
      leave(stay);
    };
  }, [stay, leave]);
  const here = useMemo<Tell>(
    // Nobody has seen what failed after its screen was left.
    () => ({ ...tell, fail: (failure) => (stay.left ? tell.trouble(failure) : failOn(stay, failure)) }),
    [tell, stay, failOn],
  );
  return <TellContext.Provider value={here}>{children}</TellContext.Provider>;
}

const SHOWN_MS = 5_000;

/** What stands at the foot of the screens, and is read and pressed while something is told. */
const FEET = ".strip, .actions, .collecting__actions, .drawer__acts, .interview__foot";

export function Toasts({ children }: { children: ReactNode }) {
  const t = useTexts();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const [spoken, setSpoken] = useState("");
  const next = useRef(1);

  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const add = useCallback(
    (toast: Omit<Toast, "id">) => {
      const id = next.current++;
      setToasts((all) => [...all.filter((each) => each.text !== toast.text).slice(-1), { ...toast, id }]);
      if (!toast.error) setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  const failed = useCallback(
    (failure: Failure, on?: Visit) => {
      const words = errorWords(failure, t);
      const reference = failure.reference ? ` ${t.start.reference(failure.reference)}.` : "";
      add({ text: words.text, more: `${words.action}${reference}`, error: true, on });
    },
    [add, t],
  );
  const tell = useMemo<Tell>(
    () => ({
      say: (text) => add({ text, error: false }),
      // The same words twice are news again: a trailing space makes the region change.
      whisper: (text) => setSpoken((before) => (before === text ? `${text} ` : text)),
      fail: (failure) => failed(failure),
      trouble: (failure) => failed(failure),
    }),
    [add, failed],
  );
  const board = useMemo<Board>(
    () => ({
      failOn: (visit, failure) => failed(failure, visit),
      leave: (visit) => setToasts((all) => (all.some((toast) => toast.on === visit) ? all.filter((toast) => toast.on !== visit) : all)),
    }),
    [failed],
  );

  const place = useRef<HTMLDivElement>(null);
  // A button that is clicked need not take the focus: the field before it is still the one that is worked on.
  const worked = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const own = place.current;
    if (!own) return;
    raise(own);
    const settle = () => {
      if (document.activeElement !== document.body) worked.current = document.activeElement;
      if (toasts.length === 0) return;
      const { width, height } = own.getBoundingClientRect();
      const feet = [...document.querySelectorAll(FEET)].map((foot) => foot.getBoundingClientRect());
      const focused = worked.current?.isConnected ? worked.current.getBoundingClientRect() : null;
      own.style.top = `${freePlace({ width, height }, { width: window.innerWidth, height: window.innerHeight }, feet, focused)}px`;
    };
    settle();
    window.addEventListener("focusin", settle);
    window.addEventListener("resize", settle);
    return () => {
      window.removeEventListener("focusin", settle);
      window.removeEventListener("resize", settle);
    };
  }, [toasts]);

  return (
    <TellContext.Provider value={tell}>
      <BoardContext.Provider value={board}>{children}</BoardContext.Provider>
      <div className="sr-only" role="status" aria-live="polite">
        {spoken}
      </div>
      <div className="toasts" role="status" aria-live="polite" popover="manual" ref={place}>
        {toasts.map((toast) => (
          <div key={toast.id} className={toast.error ? "toast toast--error" : "toast"}>
            {toast.error ? <XMarkOctagonFillIcon className="stop-icon" aria-hidden /> : <CheckmarkCircleFillIcon className="ok-icon" aria-hidden />}
            <div>
              <p className={toast.more ? "strong" : undefined}>{toast.text}</p>
              {toast.more && <p className="t14">{toast.more}</p>}
            </div>
            {toast.error && (
              <button type="button" className="icon-button" onClick={() => drop(toast.id)}>
                <XMarkIcon title={t.common.close} />
              </button>
            )}
          </div>
        ))}
      </div>
    </TellContext.Provider>
  );
}

/** A dialog lies above everything but what was raised after it: what is told beside it has to be seen. */
function raise(own: HTMLElement): void {
  // A document without a screen has no layers.
  if (typeof own.showPopover !== "function") return;
  if (own.matches(":popover-open")) {
    if (!document.querySelector("dialog[open]")) return;
    own.hidePopover();
  }
  own.showPopover();
}
