// Reading with refetch: a screen says what it reads and which topics concern it; when the shell says that one of them
// changed, it is read again. Answers that come late are dropped, and the last good answer stays while a new one is fetched.
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useBackend, type Backend } from "./backend";
import { asFailure, type Failure } from "./failure";
import type { Topic } from "./model";

export type Query<T> = { data: T | null; failure: Failure | null; loading: boolean; refetch: () => void };

/**
 * `key` names what is read: a new key forgets the old answer. `read` null reads nothing. `atOnce` draws the answer in the task
 * that brings it: React's own queue leads each task through another process in WebKit, which a letter would wait for.
 */
export function useQuery<T>(key: string, topics: readonly Topic[], read: ((backend: Backend) => Promise<T>) | null, atOnce = false): Query<T> {
  const backend = useBackend();
  const [state, setState] = useState<{ key: string; data: T | null; failure: Failure | null; loading: boolean }>({ key, data: null, failure: null, loading: read !== null });
  const latest = useRef({ read, turn: 0 });
  latest.current.read = read;
  const enabled = read !== null;

  const refetch = useCallback(() => {
    const reader = latest.current.read;
    if (!reader) return;
    const turn = ++latest.current.turn;
    const draw = atOnce ? flushSync : (change: () => void) => change();
    reader(backend).then(
      (data) => turn === latest.current.turn && draw(() => setState({ key, data, failure: null, loading: false })),
      (thrown: unknown) => turn === latest.current.turn && setState((before) => ({ key, data: before.key === key ? before.data : null, failure: asFailure(thrown), loading: false })),
    );
  }, [backend, key, atOnce]);

  useEffect(() => {
    if (enabled) refetch();
    const own = latest.current;
    return () => void own.turn++;
  }, [enabled, refetch]);

  const watched = topics.join(" ");
  useEffect(() => {
    const mine = watched.split(" ");
    return backend.onChanged((changed) => {
      if (changed.some((topic) => mine.includes(topic))) refetch();
    });
  }, [backend, watched, refetch]);

  const current = state.key === key ? state : { data: null, failure: null, loading: enabled };
  return { data: current.data, failure: current.failure, loading: current.loading, refetch };
}
