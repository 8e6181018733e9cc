// For tests of screens: the whole window over the made-up backend.
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../App";
import { BackendContext } from "../ipc/backend";
import { demoBackend } from "./backend";

export type Demo = ReturnType<typeof demoBackend>;

/** `prepare` before anything is drawn; `query` as the development page takes it. */
export function openWindow(prepare: (backend: Demo) => void = () => undefined, query = "") {
  const backend = demoBackend(new URLSearchParams(`theme=light&${query}`));
  prepare(backend);
  render(
    <BackendContext.Provider value={backend}>
      <App />
    </BackendContext.Provider>,
  );
  return { backend, user: userEvent.setup() };
}
