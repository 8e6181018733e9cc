// For the tests of the internal lab: the whole window over the made-up backend, with the lab in front.
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../App";
import { BackendContext } from "../ipc/backend";
import { demoBackend } from "./backend";

/** `query` as the development page takes it; `prepare` before anything is drawn. */
export async function openLab(query: string, prepare: (backend: ReturnType<typeof demoBackend>) => void = () => undefined) {
  const backend = demoBackend(new URLSearchParams(`theme=light&${query}`));
  prepare(backend);
  render(
    <BackendContext.Provider value={backend}>
      <App />
    </BackendContext.Provider>,
  );
  const user = userEvent.setup();
  await screen.findByText("Innstillinger", {}, { timeout: 10_000 });
  await user.keyboard("{Control>}2{/Control}");
  return { backend, user };
}
