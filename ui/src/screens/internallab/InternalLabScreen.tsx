import type { Place } from "../../frame/navigation";
import { useTexts } from "../../texts";

export function InternalLabScreen({ place }: { place: Place }) {
  const t = useTexts();
  return (
    <div className="empty-state" data-requisition={place.requisition}>
      <h1 className="t20">{t.rail.internalLab}</h1>
    </div>
  );
}
