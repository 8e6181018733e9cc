import { useTexts } from "../../texts";

export function SettingsScreen() {
  const t = useTexts();
  return (
    <div className="empty-state">
      <h1 className="t20">{t.rail.settings}</h1>
    </div>
  );
}
