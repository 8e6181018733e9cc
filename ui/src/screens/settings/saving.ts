// Saving a settings form: one at a time, what is wrong goes to its field, everything else is told.
import { useCallback, useState } from "react";
import { useTell } from "../../frame/toasts";
import { useBackend, type Backend } from "../../ipc/backend";
import { asFailure, type Failure } from "../../ipc/failure";
import { useTexts } from "../../texts";

export type Saving = {
  busy: boolean;
  /** What is wrong with a field, in words. */
  fault: (field: string) => string | null;
  /** True when it went well. */
  save: <T>(work: (backend: Backend) => Promise<T>, done?: string | ((answer: T) => void)) => Promise<boolean>;
  /** Something was changed: what was wrong before may not be any more. */
  touched: () => void;
};

export function useSaving(): Saving {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const save = useCallback<Saving["save"]>(
    async (work, done) => {
      setBusy(true);
      setFailure(null);
      try {
        const answer = await work(backend);
        if (typeof done === "function") done(answer);
        else tell.say(done ?? t.common.saved);
        return true;
      } catch (thrown) {
        const failed = asFailure(thrown);
        setFailure(failed);
        if (failed.code !== "invalidField") tell.fail(failed);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [backend, t, tell],
  );
  const fault = (field: string): string | null => {
    if (failure?.code !== "invalidField" || failure.params["field"] !== field) return null;
    const problems = t.settings.problems;
    return problems[`${field}_${failure.params["reason"]}`] ?? problems[failure.params["reason"] ?? "other"] ?? problems["other"]!;
  };
  return { busy, fault, save, touched: useCallback(() => setFailure(null), []) };
}
