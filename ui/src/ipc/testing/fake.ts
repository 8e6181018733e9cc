// A backend for tests and the development page: only the commands that were given answer; any other one fails the test by name.
import type { Backend } from "../backend";
import { CommandFailure } from "../failure";
import type { Dropped, Topic } from "../model";

export type FakeBackend = Backend & {
  /** Tells the window that something changed, as the shell would. */
  changed: (...topics: Topic[]) => void;
  /** Tells the window what became of dropped files, as the shell would. */
  dropped: (dropped: Dropped) => void;
  /** Tells the window that an order document has come, as the shell would. */
  arrived: () => void;
  /** Tells the window that somebody asked in the tray for what needs them, as the shell would. */
  asked: () => void;
};

export function fakeBackend(commands: Partial<Backend>): FakeBackend {
  const listeners = new Set<(topics: readonly Topic[]) => void>();
  const dropListeners = new Set<(dropped: Dropped) => void>();
  const arrivalListeners = new Set<() => void>();
  const askedListeners = new Set<() => void>();
  const own: Record<string, unknown> = {
    takeHandovers: async () => [],
    sayInTray: async () => undefined,
    paperJobs: async () => [],
    ...commands,
    onChanged: (told: (topics: readonly Topic[]) => void) => {
      listeners.add(told);
      return () => void listeners.delete(told);
    },
    changed: (...topics: Topic[]) => listeners.forEach((told) => told(topics)),
    onDropped: (told: (dropped: Dropped) => void) => {
      dropListeners.add(told);
      return () => void dropListeners.delete(told);
    },
    dropped: (dropped: Dropped) => dropListeners.forEach((told) => told(dropped)),
    onArrived: (told: () => void) => {
      arrivalListeners.add(told);
      return () => void arrivalListeners.delete(told);
    },
    arrived: () => arrivalListeners.forEach((told) => told()),
    onAsked: (told: () => void) => {
      askedListeners.add(told);
      return () => void askedListeners.delete(told);
    },
    asked: () => askedListeners.forEach((told) => told()),
  };
  return new Proxy(own, {
    get: (target, name) =>
      typeof name === "symbol" || name in target
        ? target[name as string]
        : () => Promise.reject(new CommandFailure({ code: "internal", params: { command: name }, reference: `no fake ${name}` })),
  }) as FakeBackend;
}
