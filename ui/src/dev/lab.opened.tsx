// For the tests of the internal lab: the whole window with the lab in front.
import { screen } from "@testing-library/react";
import { openWindow, type Demo } from "./opened";

/** `query` as the development page takes it; `prepare` before anything is drawn. */
export async function openLab(query: string, prepare?: (backend: Demo) => void) {
  const opened = openWindow(prepare, query);
  await screen.findByText("Innstillinger", {}, { timeout: 10_000 });
  await opened.user.keyboard("{Control>}2{/Control}");
  return opened;
}
