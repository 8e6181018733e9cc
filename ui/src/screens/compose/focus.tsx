// The hit in focus and the handbook's page about it, for the panes that show what it would mean. Moving through the hits draws
// those panes alone, and only when it rests: the page is not asked for at every letter.
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { useRested } from "../../components/rested";
import type { Draft, HitView, ServicePage } from "../../ipc/model";
import { useQuery } from "../../ipc/query";

/** Milliseconds on a hit before its page is asked for: an arrow key held down asks for none on its way. */
const DWELL = 60;

const PageContext = createContext<ServicePage | null>(null);
const FocusContext = createContext<(hit: HitView | null) => void>(() => undefined);

export function Focus({ draft, children }: { draft: Draft; children: ReactNode }) {
  const [focused, setFocused] = useState<HitView | null>(null);
  const rested = useRested(focused, DWELL);
  const service = focused && rested?.kind === "service" ? rested : null;
  const asked = useQuery(service ? `${draft.id} ${draft.lines.length} ${service.provider} ${service.id}` : "", ["catalogue"], service && ((backend) => backend.servicePage(service.provider, service.id, draft.id)));

  // The last page stays until the next one is there, so that nothing jumps while the arrow keys move.
  const [page, setPage] = useState<ServicePage | null>(null);
  useEffect(() => {
    if (asked.data) setPage(asked.data);
  }, [asked.data]);

  const shown = focused?.kind === "service" ? page : null;
  return (
    <FocusContext value={setFocused}>
      <PageContext value={shown}>{children}</PageContext>
    </FocusContext>
  );
}

/** Says which hit has the focus; null when none has. */
export function useSetFocused(): (hit: HitView | null) => void {
  return useContext(FocusContext);
}

/** The page of the service in focus. */
export function useFocusedPage(): ServicePage | null {
  return useContext(PageContext);
}
