// One panel in the list: its name, whose it is, and whether everything in it is still offered; opened, its members.
import { Button, Tag } from "@navikt/ds-react";
import { CheckmarkCircleFillIcon, ChevronDownIcon, ChevronRightIcon, ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useId, useState } from "react";
import { timeOrDateTime } from "../../../format";
import { useNow } from "../../../frame/clock";
import type { CheckedMember, PanelView } from "../../../ipc/model";
import { useTexts } from "../../../texts";

type Props = {
  panel: PanelView;
  /** Of somebody who no longer works here. */
  leftBehind: boolean;
  /** Who is signed in. */
  person: string | null;
  chosen: boolean;
  onChoose: (() => void) | null;
  onEdit: () => void;
  onRemove: () => void;
  onDuplicate: () => void;
  onShare: (shared: boolean) => void;
  onMend: (member: CheckedMember, replacement: string) => void;
};

export function PanelItem({ panel, leftBehind, person, chosen, onChoose, onEdit, onRemove, onDuplicate, onShare, onMend }: Props) {
  const t = useTexts();
  const now = useNow();
  const id = useId();
  const [open, setOpen] = useState(false);
  const optional = panel.members.filter((member) => member.optional).length;
  const facts = [t.panels.services(panel.members.length), optional > 0 ? t.panels.optionalCount(optional) : "", panel.providers.join(", ")].filter(Boolean).join(" · ");
  return (
    <li className="panels__item" data-panel={panel.id}>
      <div className="panels__row">
        {onChoose ? (
          <span className="check">
            <input type="checkbox" aria-label={t.panels.choose(panel.name)} checked={chosen} onChange={onChoose} />
          </span>
        ) : (
          <span />
        )}
        <div>
          <p className="panels__name">
            <button type="button" className="link-button panels__open" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
              {open ? <ChevronDownIcon aria-hidden /> : <ChevronRightIcon aria-hidden />}
              <span>{panel.name}</span>
            </button>
            {!leftBehind && (
              <Tag size="xsmall" variant="outline" data-color="neutral">
                {panel.shared ? t.panels.sharedTag : t.panels.mineTag}
              </Tag>
            )}
          </p>
          <p className="t14 muted">{facts}</p>
        </div>
        <p className="panels__state">
          {panel.missing === 0 ? <CheckmarkCircleFillIcon className="ok-icon" aria-hidden /> : <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />}
          {panel.missing === 0 ? t.panels.allOffered : <span className="strong">{t.panels.missing(panel.missing, panel.members.length)}</span>}
        </p>
      </div>
      {open && (
        <div className="panels__body" id={id}>
          <ul className="panels__members" aria-label={t.panels.members}>
            {panel.members.map((member) => (
              <Member key={`${member.provider} ${member.service}`} member={member} several={panel.providers.length > 1} onMend={(name) => onMend(member, name)} />
            ))}
          </ul>
          <p className="t13 muted">{t.panels.changed(timeOrDateTime(panel.updated, now), panel.updated_by)}</p>
          <div className="panels__acts">
            {leftBehind ? (
              <>
                <Button size="xsmall" variant="secondary" disabled={!person} onClick={() => onShare(false)}>
                  {t.panels.takeOver}
                </Button>
                <Button size="xsmall" variant="tertiary" onClick={() => onShare(true)}>
                  {t.panels.share}
                </Button>
              </>
            ) : (
              <>
                <Button size="xsmall" variant="secondary" aria-label={t.panels.editName(panel.name)} onClick={onEdit}>
                  {t.panels.edit}
                </Button>
                <Button size="xsmall" variant="tertiary" onClick={onDuplicate}>
                  {t.panels.duplicate}
                </Button>
                {(panel.shared ? person !== null : true) && (
                  <Button size="xsmall" variant="tertiary" onClick={() => onShare(!panel.shared)}>
                    {panel.shared ? t.panels.unshare : t.panels.share}
                  </Button>
                )}
              </>
            )}
            <Button size="xsmall" variant="tertiary" data-color="danger" onClick={onRemove}>
              {t.panels.remove}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}

function Member({ member, several, onMend }: { member: CheckedMember; several: boolean; onMend: (name: string) => void }) {
  const t = useTexts();
  const { standing } = member;
  const replacement = standing.standing === "withdrawn" ? standing.replacement : null;
  const facts = [member.code, several ? member.provider_name : "", member.optional ? t.panels.optional : "", member.answers > 0 ? t.panels.answers(member.answers) : ""].filter(Boolean).join(" · ");
  return (
    <li className="panels__member">
      {standing.standing !== "offered" && <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />}
      <span className={standing.standing === "offered" ? undefined : "strong"}>{member.name}</span>
      <span className="t13 muted">{facts}</span>
      {standing.standing !== "offered" && <span className="t14">{t.panels.standing[standing.standing]}</span>}
      {replacement && (
        <Button size="xsmall" variant="secondary" data-act="mend" onClick={() => onMend(replacement.name)}>
          {t.panels.mend(replacement.name)}
        </Button>
      )}
    </li>
  );
}
