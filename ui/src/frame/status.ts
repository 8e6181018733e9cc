// What the shell says of line, queue, catalogues, numbers and people, read once by the frame for every screen.
import { createContext, useContext } from "react";
import type { StatusView } from "../ipc/model";

export const StatusContext = createContext<StatusView | null>(null);

/** Null until the first answer. */
export function useStatus(): StatusView | null {
  return useContext(StatusContext);
}
