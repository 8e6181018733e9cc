// A provider as its own catalogue describes it: what it refuses, what can be done after sending, whom to call, where its facts
// come from, and how old they are.
import { ArrowLeftIcon, ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { ErrorNote } from "../../components/ErrorNote";
import { decimal, inLanguage, longDate, timeOrDateTime, whole } from "../../format";
import { useNow } from "../../frame/clock";
import { useNavigation } from "../../frame/navigation";
import type { ProviderPage as Provider } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts } from "../../texts";
import { RuleUses } from "./RuleUses";
import { Section } from "./Section";

export function ProviderPage({ provider }: { provider: string }) {
  const t = useTexts();
  const { go } = useNavigation();
  const { data, failure } = useQuery(`provider ${provider}`, ["catalogue", "settings"], (backend) => backend.providerPage(provider));
  return (
    <article className="labbook__page labbook__page--service">
      <button type="button" className="link-button news__back" onClick={() => go({ screen: "catalogue" })}>
        <ArrowLeftIcon aria-hidden /> {t.common.back}
      </button>
      {failure && !data && <ErrorNote failure={failure} />}
      {data && <Shown page={data} />}
    </article>
  );
}

function Shown({ page }: { page: Provider }) {
  const t = useTexts();
  const language = useLanguage();
  const { provider } = page;
  const { limits, abilities } = provider;
  const words = t.handbook.provider;
  const until = t.handbook.codes[`change_until.${abilities.change_until}`] ?? "";
  return (
    <>
      <header>
        <h1 className="t20">{provider.name}</h1>
        <p className="muted">{provider.organisation}</p>
      </header>
      <Catalogue page={page} />
      <Section title={words.limits}>
        <Lines
          lines={[
            words.clinicalText(whole(limits.clinical_text)),
            words.services(limits.services),
            limits.national_id_required ? words.needsNumber : words.takesWithoutNumber,
            words.attachments(decimal(limits.attachments_bytes / 1_000_000, language, 1)),
          ]}
        />
      </Section>
      <Section title={words.abilities}>
        <Lines
          lines={[
            abilities.change ? words.change(until) : words.noChange,
            abilities.addition ? words.addition : words.noAddition,
            abilities.cancel ? words.cancel : words.noCancel,
            words.receipt(t.handbook.hours(String(provider.receipt_within_hours))),
            words.message(provider.message_version),
          ]}
        />
      </Section>
      <Section title={words.contact}>
        <dl className="facts">
          {[
            [t.guide.phone, provider.phone ?? ""],
            [words.her, provider.her],
            [words.organisationNumber, provider.organisation_number ?? ""],
          ]
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name} className="facts__row">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </Section>
      <Section title={words.departments}>
        <ul className="page__list page__list--tight">
          {page.departments.map((department) => (
            <li key={department.id}>
              {inLanguage(department.discipline_name, language)} <span className="t14 muted">{[department.phone, `${words.her} ${department.her}`].filter(Boolean).join(" · ")}</span>
            </li>
          ))}
        </ul>
      </Section>
      <RuleUses provider={provider.id} />
      {page.sources.length > 0 && (
        <Section title={words.sources}>
          <ul className="page__list page__list--tight">
            {page.sources.map((source) => (
              <li key={source.id}>
                {source.title}
                {source.address && <span className="t14 muted page__address">{source.address}</span>}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Catalogue({ page }: { page: Provider }) {
  const t = useTexts();
  const now = useNow();
  const { status } = page;
  const words = t.handbook.provider;
  return (
    <Section title={words.catalogue}>
      {status?.version && (
        <p>
          {t.catalogue.version(status.version, status.valid_from ? longDate(status.valid_from) : t.common.unknown, whole(page.services))}
        </p>
      )}
      <p className="t14">{words.offers(whole(page.services), whole(page.panels))}</p>
      {status?.coming && <p className="t14">{t.settings.coming(status.coming.version, longDate(status.coming.valid_from))}</p>}
      <p className="t14 muted">{t.catalogue.checked(status?.checked ? timeOrDateTime(status.checked, now) : t.catalogue.never)}</p>
      {page.provider.demo && <p className="t14 muted">{t.catalogue.demo}</p>}
      {status && (status.stale || status.problem) && (
        <p className="settings__state t14">
          <ExclamationmarkTriangleFillIcon className="warn-icon" aria-hidden />
          {status.stale ? t.settings.stale : (t.settings.trouble[status.problem ?? "other"] ?? t.settings.trouble["other"])}
        </p>
      )}
    </Section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="page__list page__list--tight">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
