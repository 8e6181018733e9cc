// A command that failed, as the window keeps it: a code it has words for, the values they need, and a reference to the log.
import type { Texts } from "../texts";

export type Failure = { code: string; params: { [name: string]: string }; reference: string };

export class CommandFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.code);
    this.name = "CommandFailure";
    this.failure = failure;
  }
}

/** Whatever was thrown, as a failure with words. What nobody planned for is `internal`. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof CommandFailure) return thrown.failure;
  if (isFailure(thrown)) return thrown;
  return { code: "internal", params: {}, reference: "" };
}

export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "reference" in thrown && typeof (thrown as Failure).code === "string";
}

export function errorWords(failure: Failure, t: Texts): { text: string; action: string } {
  const known: Record<string, { text: (params: Record<string, string>) => string; action: string }> = t.errors;
  const words = known[failure.code] ?? t.errors.internal;
  return { text: words.text(failure.params), action: words.action };
}
