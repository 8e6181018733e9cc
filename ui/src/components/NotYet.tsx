// A provider whose only catalogue here applies from a later day. Nothing can be ordered from it until then, and that is said
// wherever somebody would look for its services: a list without them would read as if it did not offer them.
import { ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { longDate } from "../format";
import type { CatalogueStatus } from "../ipc/model";
import { useQuery } from "../ipc/query";
import { useTexts } from "../texts";

export function NotYet() {
  const status = useQuery("status", ["catalogue", "settings"], (backend) => backend.status());
  return <>{(status.data?.catalogues ?? []).map((one) => (waitsForItsDay(one) ? <NotYetNote key={one.provider} catalogue={one} /> : null))}</>;
}

export function NotYetNote({ catalogue }: { catalogue: Pick<CatalogueStatus, "provider" | "name" | "coming"> }) {
  const t = useTexts();
  return (
    <p className="finding finding--warn not-yet" data-not-yet={catalogue.provider}>
      <ExclamationmarkTriangleFillIcon className="warn-icon" title={t.basket.warning} />
      <span>{t.catalogue.notYet(catalogue.name, longDate(catalogue.coming?.valid_from ?? ""))}</span>
    </p>
  );
}

export function waitsForItsDay(catalogue: Pick<CatalogueStatus, "version" | "coming">): boolean {
  return !catalogue.version && catalogue.coming !== null;
}
