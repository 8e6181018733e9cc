// What is read on the screen, on paper: through the office's own A4 printer, as everything else; where none is chosen, into a file.
import { useState } from "react";
import { useTell } from "../frame/toasts";
import { useBackend } from "../ipc/backend";
import { asFailure } from "../ipc/failure";
import type { DialogWords, ReadablePage, Paper as PaperKind } from "../ipc/model";
import { useQuery } from "../ipc/query";
import { useTexts } from "../texts";

/** What these pages are called among the jobs of the printer. */
export const READ_ON_SCREEN: readonly PaperKind[] = ["readable_page"];

export type Paper = {
  /** There is a printer: else the page goes to a file, and the button says so. */
  printer: boolean;
  busy: boolean;
  /** Prints the page, or asks where to save it. */
  print: (page: ReadablePage, dialog: DialogWords) => Promise<void>;
};

export function usePaper(): Paper {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const settings = useQuery("settings", ["settings"], (here) => here.settings());
  const printer = (settings.data?.paper_queue ?? "") !== "";
  const [busy, setBusy] = useState(false);
  const print = async (page: ReadablePage, dialog: DialogWords) => {
    setBusy(true);
    try {
      if (printer) {
        // What became of it is said where everything on its way to paper is: see PaperJobs.
        await backend.printPage(page);
      } else {
        const file = await backend.savePage(page, dialog);
        if (file) tell.say(t.internallab.paper.savedAs(file));
      }
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { printer, busy, print };
}
