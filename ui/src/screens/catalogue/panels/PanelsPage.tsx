// Panels and favourites of the office: how each stands against the catalogues in use, and everything that can be done with
// them. The states follow the catalogues by themselves.
import { Button } from "@navikt/ds-react";
import { ArrowLeftIcon, FileExportIcon, FileImportIcon, PlusIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { ErrorNote } from "../../../components/ErrorNote";
import { useTell } from "../../../frame/toasts";
import { useBackend } from "../../../ipc/backend";
import { asFailure } from "../../../ipc/failure";
import type { ImportView, PanelSaved, PanelView } from "../../../ipc/model";
import { useQuery } from "../../../ipc/query";
import { useTexts } from "../../../texts";
import { Favourites } from "./Favourites";
import { ImportDialog } from "./ImportDialog";
import { PanelDialog } from "./PanelDialog";
import { PanelItem } from "./PanelItem";
import { RemoveDialog } from "./RemoveDialog";

type Asked = { what: "edit"; panel: PanelView | null } | { what: "remove"; panel: PanelView } | { what: "import"; file: ImportView } | null;

export function PanelsPage({ onBack }: { onBack: () => void }) {
  const t = useTexts();
  const backend = useBackend();
  const tell = useTell();
  const { data, failure } = useQuery("panels", ["panels", "catalogue", "settings"], (here) => here.panels());
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked>(null);

  const choose = (id: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const trying = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    }
  };
  const acted = (work: Promise<PanelSaved>, words: (name: string) => string) =>
    trying(async () => {
      const saved = await work;
      tell.say(saved.saved === "done" ? words(saved.panel.name) : t.panels.takenRename(saved.name));
    });
  const exportThem = (ids: string[]) =>
    trying(async () => {
      const written = await backend.exportPanels(ids, { title: t.panels.exportTitle, kind: t.panels.dialogKind });
      if (written) tell.say(t.panels.exported(written.file, written.panels, written.favourites));
    });
  const readFile = () =>
    trying(async () => {
      const file = await backend.readPanels({ title: t.panels.importTitle, kind: t.panels.dialogKind });
      if (file) setAsked({ what: "import", file });
    });

  const own = data?.panels ?? [];
  const picked = own.filter((panel) => chosen.has(panel.id)).map((panel) => panel.id);
  const item = (panel: PanelView, leftBehind = false) => (
    <PanelItem
      key={panel.id}
      panel={panel}
      leftBehind={leftBehind}
      person={data?.person ?? null}
      chosen={chosen.has(panel.id)}
      onChoose={leftBehind ? null : () => choose(panel.id)}
      onEdit={() => setAsked({ what: "edit", panel })}
      onRemove={() => setAsked({ what: "remove", panel })}
      onDuplicate={() => void acted(backend.duplicatePanel(panel.id, t.panels.copyName(panel.name)), t.panels.duplicated)}
      onShare={(shared) => void acted(backend.sharePanel(panel.id, shared), shared ? t.panels.sharedNow : t.panels.mineNow)}
      onMend={(member, name) => void acted(backend.mendPanel(panel.id, member.provider, member.service), () => t.panels.mended(name))}
    />
  );
  return (
    <section className="labbook__page labbook__page--panels" aria-labelledby="panels-title">
      <button type="button" className="icon-button labbook__back" onClick={onBack}>
        <ArrowLeftIcon title={t.common.back} />
      </button>
      <h1 className="t20" id="panels-title">
        {t.panels.title}
      </h1>
      <p className="muted">{t.panels.manageBody}</p>
      <div className="panels__bar">
        <Button size="small" variant="secondary" icon={<PlusIcon aria-hidden />} data-act="new-panel" onClick={() => setAsked({ what: "edit", panel: null })}>
          {t.panels.create}
        </Button>
        <Button size="small" variant="tertiary" icon={<FileImportIcon aria-hidden />} data-act="import-panels" onClick={() => void readFile()}>
          {t.panels.import}
        </Button>
        <Button size="small" variant="tertiary" icon={<FileExportIcon aria-hidden />} data-act="export-panels" disabled={own.length === 0 && (data?.favourites.length ?? 0) === 0} onClick={() => void exportThem(picked)}>
          {picked.length > 0 ? t.panels.exportChosen(picked.length) : t.panels.exportAll}
        </Button>
      </div>
      {failure && <ErrorNote failure={failure} />}
      {data && own.length === 0 && <p className="muted">{t.panels.none}</p>}
      {own.length > 0 && (
        <ul className="panels__list" aria-label={t.panels.list}>
          {own.map((panel) => item(panel))}
        </ul>
      )}
      {data && data.left_behind.length > 0 && (
        <section className="page__section" aria-labelledby="left-title">
          <h2 className="t16" id="left-title">
            {t.panels.leftBehind}
          </h2>
          <p className="muted t14">{t.panels.leftBehindBody}</p>
          <ul className="panels__list">{data.left_behind.map((panel) => item(panel, true))}</ul>
        </section>
      )}
      {data && <Favourites favourites={data.favourites} person={data.person} />}
      {asked?.what === "edit" && <PanelDialog panel={asked.panel} person={data?.person ?? null} onClose={() => setAsked(null)} />}
      {asked?.what === "remove" && <RemoveDialog panel={asked.panel} onClose={() => setAsked(null)} />}
      {asked?.what === "import" && <ImportDialog file={asked.file} person={data?.person ?? null} onClose={() => setAsked(null)} />}
    </section>
  );
}
