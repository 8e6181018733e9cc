// What adding a service would do to the plan, as the backend tells it: a container with its picture, or its name alone.
import type { ContainerRef, Text } from "../../ipc/model";

type Told = Text | ContainerRef | { container: ContainerRef };

export function containerName(told: Told): Text {
  if ("container" in told) return told.container.name;
  return "name" in told ? told.name : told;
}
