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
  // What it was like when it was begun is old by now.
  const reopen = (draft: string) => {
    setBegun(null);
    go({ screen: "compose", draft });
  };
  if (!id) return <Begin key={place.patient ? JSON.stringify(place.patient) : "empty"} patient={place.patient ?? null} onBegun={open} onOpen={reopen} />;
  return <Composing key={id} id={id} first={begun?.draft.id === id ? begun : null} />;
}
