// A backend for tests and the development page: only the commands that were given answer; any other one fails the test by name.
import type { Backend } from "../backend";
import { CommandFailure } from "../failure";
import type { Topic } from "../model";

export type FakeBackend = Backend & {
  /** Tells the window that something changed, as the shell would. */
  changed: (...topics: Topic[]) => void;
};

export function fakeBackend(commands: Partial<Backend>): FakeBackend {
  const listeners = new Set<(topics: readonly Topic[]) => void>();
  const own: Record<string, unknown> = {
    ...commands,
    onChanged: (told: (topics: readonly Topic[]) => void) => {
      listeners.add(told);
      return () => void listeners.delete(told);
    },
    changed: (...topics: Topic[]) => listeners.forEach((told) => told(topics)),
  };
  return new Proxy(own, {
    get: (target, name) =>
      typeof name === "symbol" || name in target
        ? target[name as string]
        : () => Promise.reject(new CommandFailure({ code: "internal", params: { command: name }, reference: `no fake ${name}` })),
  }) as FakeBackend;
}
