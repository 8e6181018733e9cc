// Whose a panel is: the office's, or of the one who is signed in. Without anybody it can only be shared.
import { useTexts } from "../texts";

export function WhoseChoice({ shared, nobody, onShared }: { shared: boolean; nobody: boolean; onShared: (shared: boolean) => void }) {
  const t = useTexts();
  return (
    <fieldset className="settings__choices">
      <legend className="t14 strong">{t.panels.whose}</legend>
      <label className="check">
        <input type="radio" name="whose" checked={shared || nobody} onChange={() => onShared(true)} />
        {t.panels.shared}
      </label>
      <label className="check">
        <input type="radio" name="whose" checked={!shared && !nobody} disabled={nobody} onChange={() => onShared(false)} />
        {t.panels.mine}
      </label>
      {nobody && <p className="t13 muted">{t.panels.nobody}</p>}
    </fieldset>
  );
}
