// A command that failed, as the window keeps it: a code it has words for, the values they need, and a reference to the log.
import type { Texts } from "../texts";
import type { ErrorCode } from "./model";

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

/** Codes whose reason says more than they do. */
const REASONED = new Set(["editRefused", "notReady", "notNow", "catalogueRefused", "panelFileRefused", "attachmentRefused", "printerRefused", "printerGone"]);

type Words = { text: (params: Record<string, string>) => string; action: string };

export function errorWords(failure: Failure, t: Texts): { text: string; action: string } {
  // A code of the shell without words is a type error here.
  const every: Record<ErrorCode, Words> = t.errors;
  const known: Partial<Record<string, Words>> = every;
  const reasons: Partial<Record<string, Words>> = REASONED.has(failure.code) ? t.refusals : {};
  const words = reasons[failure.params["reason"] ?? ""] ?? known[failure.code] ?? every.internal;
  return { text: words.text(failure.params), action: words.action };
}

/** Why the newest catalogue of a provider is not in use, by the reason that its status gives. */
export function refusedCatalogue(reason: string, t: Texts): string {
  const { text, action } = errorWords({ code: "catalogueRefused", params: { reason }, reference: "" }, t);
  return [t.settings.newerRefused, text, action].join(" ");
}
