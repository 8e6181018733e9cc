// What became of files dropped anywhere on the window: said like everything else that just happened.
import { useEffect } from "react";
import { useBackend } from "../ipc/backend";
import type { ImportedCatalogue } from "../ipc/model";
import { longDate } from "../format";
import { useTexts, type Texts } from "../texts";
import { useTell } from "./toasts";

export function Drops() {
  const backend = useBackend();
  const tell = useTell();
  const t = useTexts();
  useEffect(
    () =>
      backend.onDropped(({ catalogues, refused }) => {
        for (const one of catalogues) tell.say(importedWords(one, t));
        if (refused) tell.fail(refused);
      }),
    [backend, tell, t],
  );
  return null;
}

/** What became of a catalogue that was read from a file. */
export function importedWords({ name, version, valid_from, standing }: ImportedCatalogue, t: Texts): string {
  switch (standing) {
    case "in_use":
      return t.settings.imported(name, version);
    case "same":
      return t.settings.importedSame(name, version);
    case "waiting":
      return t.settings.importedWaiting(name, version, longDate(valid_from));
  }
}
