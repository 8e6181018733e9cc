import type { Place } from "../../frame/navigation";
import { useTexts } from "../../texts";

export function ComposeScreen({ place }: { place: Place }) {
  const t = useTexts();
  return (
    <div className="empty-state" data-draft={place.draft}>
      <h1 className="t20">{t.rail.compose}</h1>
    </div>
  );
}
