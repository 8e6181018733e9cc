// "New in the catalogue": every update that is kept, what it changed, and whether somebody has read it. Several in a row are all
// there. An update is read when a person says so, never because it was on the screen.
import { Button, Tag } from "@navikt/ds-react";
import { ArrowLeftIcon } from "@navikt/aksel-icons";
import { useState, type ReactNode } from "react";
import { factLines } from "../../components/changes";
import { ErrorNote } from "../../components/ErrorNote";
import { timeOrDateTime } from "../../format";
import { useNow } from "../../frame/clock";
import { useNavigation } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { ServiceRef, UpdateChange, UpdateRow } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";

/** Changes of one kind that are shown before more are asked for. */
const AT_FIRST = 60;
const KINDS = ["replaced", "withdrawn", "changed", "new"] as const;

export function News() {
  const t = useTexts();
  const { go } = useNavigation();
  const now = useNow();
  const updates = useQuery("updates", ["catalogue"], (backend) => backend.updates());
  return (
    <section className="labbook__part" aria-labelledby="news-title">
      <h2 className="t16" id="news-title">
        {t.handbook.news}
      </h2>
      {updates.failure && <ErrorNote failure={updates.failure} />}
      {updates.data?.length === 0 && <p className="muted">{t.handbook.noNews}</p>}
      <ul className="settings__list">
        {(updates.data ?? []).map((one) => (
          <li key={one.id} className="news__row" data-update={one.to}>
            <button type="button" className="bare news__open" onClick={() => go({ screen: "catalogue", update: one.id })}>
              <span className={one.read ? "" : "strong"}>{t.handbook.update(one.provider_name, one.to)}</span>
              {!one.read && <Unread />}
              <span className="t14 muted news__counts">{[counts(one, t), t.handbook.takenIntoUse(timeOrDateTime(one.at, now))].join(" · ")}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Unread() {
  const t = useTexts();
  return (
    <Tag size="xsmall" variant="moderate" data-color="accent" className="news__tag">
      {t.handbook.isUnread}
    </Tag>
  );
}

function counts(row: UpdateRow, t: ReturnType<typeof useTexts>): string {
  return t.handbook.counts(row.new, row.changed, row.withdrawn, row.replaced);
}

export function Update({ id }: { id: string }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const now = useNow();
  const { go } = useNavigation();
  const { data, failure, refetch } = useQuery(`update ${id}`, ["catalogue"], (here) => here.update(id));
  const markRead = () =>
    backend.readUpdate(id).then(
      () => {
        tell.say(t.handbook.markedRead);
        refetch();
      },
      (thrown: unknown) => tell.fail(asFailure(thrown)),
    );
  return (
    <article className="labbook__page">
      <button type="button" className="link-button news__back" onClick={() => go({ screen: "catalogue" })}>
        <ArrowLeftIcon aria-hidden /> {t.handbook.backToNews}
      </button>
      {failure && !data && <ErrorNote failure={failure} />}
      {data && (
        <>
          <header className="page__head">
            <div>
              <h1 className="t20">{t.handbook.update(data.row.provider_name, data.row.to)}</h1>
              <p className="muted">{[t.handbook.fromTo(data.row.from, data.row.to), t.handbook.takenIntoUse(timeOrDateTime(data.row.at, now)), counts(data.row, t)].join(" · ")}</p>
            </div>
            {!data.row.read && (
              <Button size="small" variant="secondary" data-act="mark-read" onClick={() => void markRead()}>
                {t.handbook.markRead}
              </Button>
            )}
          </header>
          {KINDS.map((kind) => {
            const changes = data.changes.filter((one) => one.change.kind === kind);
            return changes.length > 0 && <Changes key={kind} title={t.handbook.kinds[kind]} provider={data.row.provider} changes={changes} />;
          })}
        </>
      )}
    </article>
  );
}

function Changes({ title, provider, changes }: { title: string; provider: string; changes: readonly UpdateChange[] }) {
  const t = useTexts();
  const [shown, setShown] = useState(AT_FIRST);
  const left = changes.length - shown;
  return (
    <section className="page__section">
      <h2 className="t14 strong">
        {title} <span className="muted">{changes.length}</span>
      </h2>
      <ul className="page__list">
        {changes.slice(0, shown).map((one) => (
          <li key={`${one.change.item} ${one.change.id}`} data-change={one.change.id}>
            <OneChange provider={provider} told={one} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Button size="small" variant="tertiary" onClick={() => setShown(shown + 10 * AT_FIRST)}>
          {t.handbook.showMore(Math.min(left, 10 * AT_FIRST))}
        </Button>
      )}
    </section>
  );
}

function OneChange({ provider, told }: { provider: string; told: UpdateChange }) {
  const t = useTexts();
  const language = useLanguage();
  const { change, replacement } = told;
  const lines = factLines(change, t, language);
  const gone = change.kind === "withdrawn" || change.kind === "replaced";
  const name: ReactNode =
    change.item === "service" ? (
      <ServiceLink provider={provider} service={{ id: change.id, name: change.name, code: "" }} />
    ) : change.item === "provider" ? (
      <ProviderLink provider={provider} name={change.name} />
    ) : (
      <span className="strong">{change.name}</span>
    );
  return (
    <>
      <p>
        {name} {change.item !== "service" && <span className="t14 muted">{t.handbook.items[change.item]}</span>}
      </p>
      {gone && change.item === "service" && (
        <p className="t14">
          {replacement ? (
            <>
              {t.handbook.replacedBy} <ServiceLink provider={provider} service={replacement} />
            </>
          ) : (
            t.handbook.notReplaced
          )}
        </p>
      )}
      {lines.map((line) => (
        <p key={line} className="t14 news__fact">
          {line}
        </p>
      ))}
      {change.kind === "changed" && lines.length === 0 && <p className="t14 muted">{t.handbook.smallChange}</p>}
      {told.concerned > 0 && (
        <p className="t14 muted">
          {t.handbook.concerns(told.concerned)}:{" "}
          {told.concerns.map((service, index) => (
            <span key={service.id}>
              {index > 0 && ", "}
              <ServiceLink provider={provider} service={service} />
            </span>
          ))}
          {told.concerned > told.concerns.length && ` ${t.handbook.andMore(told.concerned - told.concerns.length)}`}
        </p>
      )}
    </>
  );
}

export function ServiceLink({ provider, service }: { provider: string; service: Pick<ServiceRef, "id" | "name" | "code"> }) {
  const { go } = useNavigation();
  return (
    <button type="button" className="link-button" onClick={() => go({ screen: "catalogue", service: { provider, service: service.id } })}>
      {service.name}
    </button>
  );
}

export function ProviderLink({ provider, name }: { provider: string; name: string }) {
  const { go } = useNavigation();
  return (
    <button type="button" className="link-button" onClick={() => go({ screen: "catalogue", provider })}>
      {name}
    </button>
  );
}
