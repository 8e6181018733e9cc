// Optional services of the panel that was just added: one click each, gone when closed or when the next panel comes.
import { Chips } from "@navikt/ds-react";
import { XMarkIcon } from "@navikt/aksel-icons";
import type { DraftView, Picked, PickedMember } from "../../ipc/model";
import { useTexts } from "../../texts";

export function AlsoOffered({ picked, draft, onAdd, onClose }: { picked: Picked; draft: DraftView["draft"]; onAdd: (member: PickedMember) => void; onClose: () => void }) {
  const t = useTexts();
  const left = picked.optional.filter((member) => !draft.lines.some((line) => line.provider === member.provider && line.service === member.service));
  if (left.length === 0) return null;
  return (
    <div className="basket__also" role="group" aria-label={t.panels.alsoOffered(picked.panel)}>
      <span className="t14">{t.panels.alsoOffered(picked.panel)}</span>
      <Chips size="small" data-color="neutral">
        {left.map((member) => (
          <Chips.Toggle key={`${member.provider} ${member.service}`} checkmark={false} onClick={() => onAdd(member)}>
            {member.name}
          </Chips.Toggle>
        ))}
      </Chips>
      <button type="button" className="icon-button" onClick={onClose}>
        <XMarkIcon title={t.panels.closeOffer} />
      </button>
    </div>
  );
}
