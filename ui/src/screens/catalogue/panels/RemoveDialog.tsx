// A panel is deleted only after it was asked.
import { Button } from "@navikt/ds-react";
import { useState } from "react";
import { Dialog } from "../../../components/Dialog";
import { useTell } from "../../../frame/toasts";
import { useBackend } from "../../../ipc/backend";
import { asFailure } from "../../../ipc/failure";
import type { PanelView } from "../../../ipc/model";
import { useTexts } from "../../../texts";

export function RemoveDialog({ panel, onClose }: { panel: PanelView; onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await backend.deletePanel(panel.id);
      tell.say(t.panels.removed(panel.name));
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    }
    onClose();
  };
  return (
    <Dialog label={t.panels.removeTitle(panel.name)} onClose={onClose}>
      <div className="dialog__body">
        <h2 className="t16">{t.panels.removeTitle(panel.name)}</h2>
        <p>{t.panels.removeBody}</p>
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" data-color="danger" loading={busy} onClick={() => void remove()}>
            {t.panels.remove}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
