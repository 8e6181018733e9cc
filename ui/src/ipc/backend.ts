// The one door to the shell. Screens call `backend.search(…)` and get the answer or a thrown `CommandFailure`; tests and the
// development page put another backend in its place. Nothing else in the window imports `@tauri-apps/*`.
import { createContext, useContext } from "react";
import { commands, events, type Dropped, type Topic } from "./bindings";
import { asFailure, CommandFailure, isFailure } from "./failure";

type Commands = typeof commands;
type Answered<R> = R extends Promise<infer Result> ? (Result extends { status: "ok"; data: infer Data } ? Data : Result extends { status: "error" } ? never : Result) : never;

/** Every command of the shell, answering what it answers when it goes well. */
export type Backend = {
  [Name in keyof Commands]: (...args: Parameters<Commands[Name]>) => Promise<Answered<ReturnType<Commands[Name]>>>;
} & {
  /** Tells what changed, until the returned function is called. */
  onChanged: (told: (topics: readonly Topic[]) => void) => () => void;
  /** Tells what became of files dropped on the window, until the returned function is called. */
  onDropped: (told: (dropped: Dropped) => void) => () => void;
  /** Tells that order documents have come, until the returned function is called. */
  onArrived: (told: () => void) => () => void;
  /** Tells that somebody asked in the system tray for what needs them, until the returned function is called. */
  onAsked: (told: () => void) => () => void;
};

export const BackendContext = createContext<Backend | null>(null);

export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (!backend) throw new Error("no backend above this component");
  return backend;
}

/** The real one. */
export function shell(): Backend {
  const made: Record<string, unknown> = {};
  for (const [name, command] of Object.entries(commands)) {
    made[name] = async (...args: unknown[]) => {
      let answer: unknown;
      try {
        answer = await (command as (...args: unknown[]) => Promise<unknown>)(...args);
      } catch (thrown) {
        throw new CommandFailure(asFailure(thrown));
      }
      if (isRefused(answer)) throw new CommandFailure(asFailure(answer.error));
      return isDone(answer) ? answer.data : answer;
    };
  }
  made["onChanged"] = (told: (topics: readonly Topic[]) => void) => {
    const listening = events.changed.listen((event) => told(event.payload.topics));
    return () => void listening.then((stop) => stop());
  };
  made["onDropped"] = (told: (dropped: Dropped) => void) => {
    const listening = events.dropped.listen((event) => told(event.payload));
    return () => void listening.then((stop) => stop());
  };
  made["onArrived"] = (told: () => void) => {
    const listening = events.arrived.listen(() => told());
    return () => void listening.then((stop) => stop());
  };
  made["onAsked"] = (told: () => void) => {
    const listening = events.asked.listen(() => told());
    return () => void listening.then((stop) => stop());
  };
  return made as Backend;
}

function isDone(answer: unknown): answer is { status: "ok"; data: unknown } {
  return typeof answer === "object" && answer !== null && (answer as { status?: unknown }).status === "ok";
}

function isRefused(answer: unknown): answer is { status: "error"; error: unknown } {
  return typeof answer === "object" && answer !== null && (answer as { status?: unknown }).status === "error" && isFailure((answer as { error?: unknown }).error);
}
