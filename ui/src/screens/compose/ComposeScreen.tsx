// New requisition: first for whom, then what. Without a draft it asks for the patient; with one it composes.
import { useState } from "react";
import type { Place } from "../../frame/navigation";
import { useNavigation } from "../../frame/navigation";
import type { DraftView } from "../../ipc/model";
import { Begin } from "./Begin";
import { Composing } from "./Composing";

export function ComposeScreen({ place }: { place: Place }) {
  const { go } = useNavigation();
  const [begun, setBegun] = useState<DraftView | null>(null);
  const id = place.draft ?? null;
  const open = (draft: DraftView) => {
    setBegun(draft);
    go({ screen: "compose", draft: draft.draft.id });
  };
  if (!id) return <Begin key={place.patient ? JSON.stringify(place.patient) : "empty"} patient={place.patient ?? null} onBegun={open} onOpen={(draft) => go({ screen: "compose", draft })} />;
  return <Composing key={id} id={id} first={begun?.draft.id === id ? begun : null} />;
}
