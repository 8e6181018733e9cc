// What came from outside the window: files dropped anywhere on it, and order documents of the record system. What became of
// them is said like everything else that just happened.
import { useEffect } from "react";
import { useBackend } from "../ipc/backend";
import { asFailure } from "../ipc/failure";
import type { HandedOver, ImportedCatalogue } from "../ipc/model";
import { longDate } from "../format";
import { useTexts, type Texts } from "../texts";
import { useNavigation } from "./navigation";
import { useTell } from "./toasts";

export function Drops() {
  const backend = useBackend();
  const tell = useTell();
  const t = useTexts();
  const { go } = useNavigation();
  useEffect(
    () =>
      backend.onDropped(({ catalogues, attachments, refused }) => {
        for (const one of catalogues) tell.say(importedWords(one, t));
        // An open draft takes them; without one they belong nowhere.
        if (attachments.length > 0 && !document.querySelector("[data-draft].compose")) tell.say(t.attachments.noDraft);
        if (refused) tell.trouble(refused);
      }),
    [backend, tell, t],
  );
  useEffect(() => {
    const show = ({ draft, requisition, patient, known, refused }: HandedOver) => {
      if (refused) return tell.trouble(refused);
      if (requisition) {
        tell.say(t.handover.sent(patient));
        go({ screen: "overview", requisition });
        return;
      }
      if (!draft) return;
      tell.say(known ? t.handover.known(patient) : t.handover.opened(patient));
      go({ screen: "compose", draft });
    };
    const take = () => backend.takeHandovers().then((all) => all.forEach(show), (thrown: unknown) => tell.trouble(asFailure(thrown)));
    void take();
    return backend.onArrived(() => void take());
    // Asked for once, and again whenever something comes: other words or another place are no reason.
  }, [backend]);
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
