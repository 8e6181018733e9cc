// Browsing what is offered while composing: the catalogue's tree in the place of the hits. Enter or a click picks a service.
import { XMarkIcon } from "@navikt/aksel-icons";
import { CatalogueTree } from "../../components/CatalogueTree";
import type { Draft, HitView } from "../../ipc/model";
import { useTexts } from "../../texts";

type Props = { draft: Draft; onAdd: (hit: HitView) => void; onFocused: (hit: HitView | null) => void; onClose: () => void };

export function Tree({ draft, onAdd, onFocused, onClose }: Props) {
  const t = useTexts();
  const picked = (hit: HitView) => draft.lines.some((line) => line.provider === hit.provider && line.service === hit.id);
  return (
    <div className="tree" role="region" aria-label={t.tree.label}>
      <div className="tree__head">
        <h2 className="t16">{t.tree.label}</h2>
        <button type="button" className="icon-button" onClick={onClose} aria-label={t.compose.browseClose}>
          <XMarkIcon aria-hidden />
        </button>
      </div>
      <CatalogueTree label={t.tree.label} onPick={(hit) => onAdd({ ...hit, in_draft: picked(hit) })} onActive={onFocused} mark={(hit) => picked(hit) && t.find.inBasket} />
    </div>
  );
}
