// One draft on the screen: find, basket, clinical, plan and actions. Every edit goes to the core and comes back as the
// whole draft; the window keeps nothing of its own but what is being typed.
import { Button } from "@navikt/ds-react";
import { useEffect, useRef, useState } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { PatientBanner } from "../../components/PatientBanner";
import { useNow } from "../../frame/clock";
import { useNavigation } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { fullName } from "../../format";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { DraftView, HitView } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useTexts } from "../../texts";
import { ActionBar } from "./ActionBar";
import { Basket } from "./Basket";
import { Clinical } from "./Clinical";
import { FindPane } from "./FindPane";
import { Focus } from "./focus";
import { Plan } from "./Plan";
import { useDraft, type OpenDraft } from "./useDraft";

export function Composing({ id, first }: { id: string; first: DraftView | null }) {
  const t = useTexts();
  const { go } = useNavigation();
  const draft = useDraft(id, first);
  if (draft.view) return <Composer draft={{ ...draft, view: draft.view }} />;
  if (!draft.failure) return <p className="empty-state">{t.common.loading}</p>;
  return (
    <div className="empty-state">
      <ErrorNote failure={draft.failure}>
        <Button size="small" variant="secondary" onClick={() => go({ screen: "compose" })}>
          {t.common.back}
        </Button>
      </ErrorNote>
    </div>
  );
}

function Composer({ draft }: { draft: OpenDraft & { view: DraftView } }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const now = useNow();
  const { go } = useNavigation();
  const { view, queue } = draft;
  const [browsing, setBrowsing] = useState(false);
  const id = view.draft.id;

  const add = (hit: HitView) => {
    if (hit.in_draft && hit.kind === "service") return tell.whisper(t.find.already(hit.name));
    // What became of a panel, its answer tells.
    if (hit.kind === "office_panel") return queue.edit({ edit: "add_office_panel", panel: hit.id });
    if (hit.kind === "panel") return queue.edit({ edit: "add_panel", provider: hit.provider, panel: hit.id });
    queue.edit({ edit: "add_service", provider: hit.provider, service: hit.id });
    tell.whisper(t.find.added(hit.name));
  };

  // An update that comes while the draft is open is said once; the basket keeps saying it until it was seen.
  const news = view.news.length;
  const before = useRef(news);
  const { say } = tell;
  useEffect(() => {
    if (news > before.current) say(t.handbook.inDraft.changedNow);
    before.current = news;
  }, [news, say, t]);

  // A file dropped on the window belongs to the draft that is open.
  const { show } = draft;
  useEffect(
    () =>
      backend.onDropped(({ attachments }) => {
        void attachments.reduce<Promise<void>>(async (before, path) => {
          await before;
          try {
            if (await queue.flush()) show(await backend.attachFile(id, path));
          } catch (thrown) {
            tell.fail(asFailure(thrown));
          }
        }, Promise.resolve());
      }),
    [backend, id, queue, show, tell],
  );

  const { patient } = view.patient;
  // The reason stands on top of the basket; here it only must not be overlooked.
  const faulty = view.composition.findings.some((finding) => finding.subject.about === "patient" && finding.severity === "stop");
  return (
    <div className="compose" data-draft={id}>
      <div className="compose__banner">
        <PatientBanner
          now={now}
          patient={{ name: fullName(patient), nationalId: patient.national_id, idKind: patient.id_kind, birthDate: patient.birth_date, sex: patient.sex, fault: faulty ? t.patient.fault : null }}
          requester={<RequesterChoice view={view} onChoose={(requester) => queue.edit({ edit: "requester", requester })} />}
          end={
            <Button
              size="small"
              variant="tertiary"
              onClick={() => {
                void queue.flush();
                go({ screen: "compose" });
              }}
            >
              {t.patient.change}
            </Button>
          }
        />
      </div>
      <Focus draft={view.draft}>
        <FindPane draft={view} browsing={browsing} onBrowsing={setBrowsing} onAdd={add} />
        <Basket view={view} queue={queue} now={now} picked={draft.picked} onForgetPicked={draft.forgetPicked} removed={draft.removed} onRemove={draft.remove} onRestore={draft.restore} />
        <Clinical view={view} queue={queue} now={now} onView={draft.show} />
        <Plan view={view} />
      </Focus>
      <ActionBar view={view} queue={queue} />
    </div>
  );
}

/** Who orders: plain words, and a choice when more than one may. */
function RequesterChoice({ view, onChoose }: { view: DraftView; onChoose: (id: string) => void }) {
  const t = useTexts();
  const settings = useQuery("settings", ["settings"], (backend) => backend.settings());
  const orderers = (settings.data?.people ?? []).filter((person) => person.orders);
  if (orderers.length < 2 && view.requester) return <>{[view.requester.name, view.office].filter(Boolean).join(", ")}</>;
  return (
    <span className="requester">
      <select id="requester" className="requester__select" aria-label={t.patient.requester} value={view.draft.requester ?? ""} onChange={(event) => event.target.value && onChoose(event.target.value)}>
        {!view.draft.requester && <option value="">{t.patient.chooseRequester}</option>}
        {orderers.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </select>
      <span>, {view.office}</span>
    </span>
  );
}
