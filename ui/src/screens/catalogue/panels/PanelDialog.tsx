// A panel being edited: name, words, whose it is, and its members, found by searching and put in order.
import { Button } from "@navikt/ds-react";
import { ArrowDownIcon, ArrowUpIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useState, type FormEvent } from "react";
import { Dialog } from "../../../components/Dialog";
import { groupHits, HitList } from "../../../components/HitList";
import { useListbox } from "../../../components/listbox";
import { WhoseChoice } from "../../../components/WhoseChoice";
import { useTell } from "../../../frame/toasts";
import { useBackend } from "../../../ipc/backend";
import { asFailure } from "../../../ipc/failure";
import type { HitView, PanelView } from "../../../ipc/model";
import { useQuery } from "../../../ipc/query";
import { useLanguage, useTexts } from "../../../texts";
import { Field } from "../../settings/Field";

type Member = { provider: string; service: string; name: string; optional: boolean };

export function PanelDialog({ panel, person, onClose }: { panel: PanelView | null; person: string | null; onClose: () => void }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const [name, setName] = useState(panel?.name ?? "");
  const [words, setWords] = useState((panel?.words ?? []).join(", "));
  const [shared, setShared] = useState(panel?.shared ?? true);
  const [members, setMembers] = useState<readonly Member[]>(panel?.members ?? []);
  const [fault, setFault] = useState<{ field: string; words: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const wrong = (field: string) => (fault?.field.startsWith(field) ? fault.words : null);

  const save = async () => {
    setBusy(true);
    setFault(null);
    try {
      const saved = await backend.savePanel({
        id: panel?.id ?? null,
        revision: panel?.revision ?? 0,
        name,
        words: words.split(",").map((word) => word.trim()).filter(Boolean),
        shared,
        members: members.map(({ provider, service, optional }) => ({ provider, service, optional })),
      });
      if (saved.saved === "name_taken") return setFault({ field: "name", words: t.panels.takenRename(saved.name) });
      tell.say(t.panels.kept(saved.panel.name));
      onClose();
    } catch (thrown) {
      const failure = asFailure(thrown);
      const problems = t.panels.problems;
      if (failure.code === "invalidField") setFault({ field: failure.params["field"] ?? "", words: problems[failure.params["reason"] ?? "other"] ?? problems["other"]! });
      else tell.fail(failure);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void save();
  };
  const title = panel ? t.panels.editName(panel.name) : t.panels.create;
  return (
    <Dialog label={title} className="panels__dialog" onClose={onClose}>
      <form className="dialog__body" onSubmit={submit} noValidate>
        <h2 className="t16">{title}</h2>
        <Field name="name" label={t.panels.name} value={name} error={wrong("name")} autoFocus onValue={setName} />
        <Field name="words" label={t.panels.words} hint={t.panels.wordsHint} value={words} error={wrong("words")} onValue={setWords} />
        <WhoseChoice shared={shared} nobody={person === null} onShared={setShared} />
        <Members members={members} error={wrong("members")} onChange={setMembers} />
        <AddMember
          members={members}
          onAdd={(hit) => {
            setMembers((before) => [...before, { provider: hit.provider, service: hit.id, name: hit.name, optional: false }]);
            tell.whisper(t.panels.added(hit.name));
          }}
        />
        <div className="dialog__actions">
          <Button size="small" variant="tertiary" type="button" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button size="small" type="submit" loading={busy} data-act="save-panel">
            {t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Members({ members, error, onChange }: { members: readonly Member[]; error: string | null; onChange: (members: readonly Member[]) => void }) {
  const t = useTexts();
  const swap = (at: number, to: number) => {
    const next = [...members];
    const [one] = next.splice(at, 1);
    if (one) next.splice(to, 0, one);
    onChange(next);
  };
  return (
    <div>
      <h3 className="t14 strong">{t.panels.members}</h3>
      <p className="t13 muted">{t.panels.optionalBody}</p>
      {members.length === 0 && <p className="muted">{t.panels.noMembers}</p>}
      <ul aria-label={t.panels.members}>
        {members.map((member, at) => (
          <li key={`${member.provider} ${member.service}`} className="panels__edit">
            <span className="ellipsis" title={member.name}>
              {member.name}
            </span>
            <label className="check t14">
              <input
                type="checkbox"
                aria-label={t.panels.optionalName(member.name)}
                checked={member.optional}
                onChange={() => onChange(members.map((one, own) => (own === at ? { ...one, optional: !one.optional } : one)))}
              />
              {t.panels.optional}
            </label>
            <span className="panels__moves">
              <button type="button" className="icon-button" disabled={at === 0} onClick={() => swap(at, at - 1)}>
                <ArrowUpIcon title={t.panels.up(member.name)} />
              </button>
              <button type="button" className="icon-button" disabled={at === members.length - 1} onClick={() => swap(at, at + 1)}>
                <ArrowDownIcon title={t.panels.down(member.name)} />
              </button>
              <button type="button" className="icon-button" onClick={() => onChange(members.filter((_, own) => own !== at))}>
                <XMarkIcon title={t.panels.drop(member.name)} />
              </button>
            </span>
          </li>
        ))}
      </ul>
      {error && (
        <p className="question__error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** The search of the compose screen, for services alone. Enter adds and keeps the focus. */
function AddMember({ members, onAdd }: { members: readonly Member[]; onAdd: (hit: HitView) => void }) {
  const t = useTexts();
  const language = useLanguage();
  const [query, setQuery] = useState("");
  const typed = query.trim() !== "";
  const found = useQuery(`member ${query}`, ["catalogue"], typed ? (backend) => backend.search(query, null, null) : null);
  const there = (hit: HitView) => members.some((member) => member.provider === hit.provider && member.service === hit.id);
  const hits = (typed ? (found.data?.hits ?? []) : []).filter((hit) => hit.kind === "service" && !hit.withdrawn).map((hit) => ({ ...hit, in_draft: there(hit) }));
  const groups = groupHits(hits, query || " ", t, language);
  const flat = groups.flatMap((group) => group.hits);
  const add = (hit: HitView) => !there(hit) && onAdd(hit);
  const list = useListbox({ count: flat.length, token: query, onPick: (index) => flat[index] && add(flat[index]), onEscape: typed ? () => setQuery("") : undefined });
  return (
    <div className="form-field">
      <input
        className="field field--wide"
        aria-label={t.panels.addMember}
        placeholder={t.panels.addMember}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={list.onKeyDown}
        {...list.field}
        aria-controls={flat.length > 0 ? list.listId : undefined}
      />
      {flat.length > 0 && (
        <div className="panels__found">
          <HitList groups={groups} list={list} label={t.find.results} query={query} onPick={add} />
        </div>
      )}
      {typed && found.data && flat.length === 0 && <p className="muted">{t.find.none(query)}</p>}
    </div>
  );
}
