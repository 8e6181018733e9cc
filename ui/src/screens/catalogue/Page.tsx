// One service as its provider describes it: what is taken, how it is handled, what is asked and what is advised, with source
// and date. Can be printed, copied as text, and kept as a favourite.
import { Button, Tag } from "@navikt/ds-react";
import { ArrowLeftIcon, ExclamationmarkTriangleFillIcon, FilesIcon, PrinterSmallIcon, StarFillIcon, StarIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { factLines } from "../../components/changes";
import { usePaper } from "../../components/paper";
import { ErrorNote } from "../../components/ErrorNote";
import { hasGel } from "../../components/SpecimenRack";
import { Tube } from "../../components/Tube";
import { inLanguage, longDate, timeOrDateTime, type Language } from "../../format";
import { copyText } from "../../format/clipboard";
import { useNow } from "../../frame/clock";
import { useNavigation } from "../../frame/navigation";
import { useTell } from "../../frame/toasts";
import { useBackend } from "../../ipc/backend";
import { asFailure } from "../../ipc/failure";
import type { Container, ServicePage, SpecimenAlternative } from "../../ipc/model";
import { useQuery } from "../../ipc/query";
import { useLanguage, useTexts, type Texts } from "../../texts";
import { askedWhen } from "./conditions";
import { ProviderLink, ServiceLink } from "./News";
import { Section } from "./Section";
import { factRows, handbookPage, pageText, ruleWords, wayWords } from "./text";

export function Page({ provider, service, onBack }: { provider: string; service: string; onBack: () => void }) {
  const t = useTexts();
  const language = useLanguage();
  const { data: page, failure } = useQuery(`page ${provider} ${service}`, ["catalogue"], (backend) => backend.servicePage(provider, service, null));
  return (
    <article className="labbook__page labbook__page--service">
      <button type="button" className="icon-button labbook__back" onClick={onBack}>
        <ArrowLeftIcon title={t.common.back} />
      </button>
      {failure && !page && <ErrorNote failure={failure} />}
      {page && (
        <>
          <header className="page__head">
            <div>
              <h1 className="t20">{page.service.name}</h1>
              <p className="muted">{[page.provider_name, inLanguage(page.department_name, language), page.service.group].filter(Boolean).join(" · ")}</p>
            </div>
            <Actions page={page} t={t} language={language} />
          </header>
          {page.service.withdrawn && <Withdrawn page={page} />}
          {page.service.handbook && <p className="page__lead">{inLanguage(page.service.handbook, language)}</p>}
          <Facts page={page} t={t} language={language} />
          <Specimens page={page} t={t} language={language} />
          <Asked page={page} t={t} language={language} />
          <Rules page={page} t={t} language={language} />
          <Elsewhere page={page} t={t} language={language} />
          {page.panels.length > 0 && <Section title={t.catalogue.panels}>{page.panels.map((panel) => panel.name).join(", ")}</Section>}
          {(page.service.synonyms ?? []).length > 0 && <Section title={t.catalogue.synonyms}>{page.service.synonyms?.join(", ")}</Section>}
          <Lately page={page} t={t} language={language} />
          <footer className="page__foot t13 muted">
            <p>{t.catalogue.source(page.source, longDate(page.service.checked))}</p>
            <p>
              <ProviderLink provider={page.provider} name={page.provider_name} /> · {t.handbook.version(page.version)}
            </p>
            {page.demo && <p>{t.catalogue.demo}</p>}
          </footer>
        </>
      )}
    </article>
  );
}

type Part = { page: ServicePage; t: Texts; language: Language };

function Actions({ page, t, language }: Part) {
  const backend = useBackend();
  const tell = useTell();
  const { provider } = page;
  const service = page.service.id;
  const panels = useQuery("panels", ["panels", "settings"], (here) => here.panels());
  const marked = panels.data?.favourites.find((one) => one.provider === provider && one.service === service);
  // Where nobody is signed in, there is only the office to mark it for.
  const whose = panels.data && !panels.data.person ? "shared" : "mine";
  const kept = marked?.[whose] ?? false;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const favourite = chosen ?? kept;
  const paper = usePaper();
  const toggle = async () => {
    try {
      await backend.setFavourite(provider, service, whose, !favourite);
      setChosen(!favourite);
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    }
  };
  return (
    <div className="page__acts">
      <Button size="small" variant="tertiary" aria-pressed={favourite} data-act="favourite" icon={favourite ? <StarFillIcon aria-hidden /> : <StarIcon aria-hidden />} onClick={() => void toggle()}>
        {t.catalogue.favourite}
      </Button>
      <Button size="small" variant="tertiary" icon={<FilesIcon aria-hidden />} onClick={() => void copyText(pageText(page, t, language)).then((done) => done && tell.say(t.catalogue.copied))}>
        {t.common.copy}
      </Button>
      <Button size="small" variant="tertiary" data-act="print-page" loading={paper.busy} icon={<PrinterSmallIcon aria-hidden />} onClick={() => void paper.print(handbookPage(page, t, language), t.catalogue.savePageDialog)}>
        {paper.printer ? t.catalogue.print : t.catalogue.savePage}
      </Button>
    </div>
  );
}

function Withdrawn({ page }: { page: ServicePage }) {
  const t = useTexts();
  return (
    <p className="finding finding--warn">
      <ExclamationmarkTriangleFillIcon className="warn-icon" title={t.basket.warning} />
      <span>
        <span className="strong">{t.basket.withdrawn}</span>{" "}
        {page.replacement ? (
          <>
            {t.handbook.replacedBy} <ServiceLink provider={page.provider} service={page.replacement} />
          </>
        ) : (
          t.handbook.notReplaced
        )}
      </span>
    </p>
  );
}

function Elsewhere({ page, t }: Part) {
  const { go } = useNavigation();
  return (
    <>
      {page.replaces.length > 0 && (
        <Section title={t.handbook.replaces}>
          {page.replaces.map((old, index) => (
            <span key={old.id}>
              {index > 0 && ", "}
              <ServiceLink provider={page.provider} service={old} />
            </span>
          ))}
        </Section>
      )}
      {page.elsewhere.length > 0 && (
        <Section title={t.handbook.same}>
          <ul className="page__list page__list--tight">
            {page.elsewhere.map((there) => (
              <li key={`${there.provider} ${there.service}`}>
                <button type="button" className="link-button" onClick={() => go({ screen: "catalogue", service: { provider: there.provider, service: there.service } })}>
                  {[there.name, there.provider_name].join(", ")}
                </button>{" "}
                <span className="t14 muted">{t.handbook.sameHere(there.material)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** What updates changed here, newest first; once for each version. */
function Lately({ page, t, language }: Part) {
  const now = useNow();
  if (page.changes.length === 0) return null;
  return (
    <Section title={t.handbook.lately}>
      <ul className="page__list">
        {page.changes.map((one) => (
          <li key={`${one.version} ${one.change.item} ${one.change.id}`}>
            <p className="t14">
              <span className="strong">{[t.handbook.kinds[one.change.kind], one.change.item === "service" ? "" : `${t.handbook.items[one.change.item]}: ${one.change.name}`].filter(Boolean).join(" · ")}</span>{" "}
              <span className="muted">{[t.handbook.version(one.version), t.handbook.takenIntoUse(timeOrDateTime(one.at, now))].join(", ")}</span>
            </p>
            {factLines(one.change, t, language).map((line) => (
              <p key={line} className="t14">
                {line}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Facts({ page, t, language }: Part) {
  return (
    <dl className="facts">
      {factRows(page, t, language).map(([name, value]) => (
        <div key={name} className="facts__row">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Specimens({ page, t, language }: Part) {
  const ways = page.service.specimens ?? [];
  if (ways.length === 0) return null;
  return (
    <Section title={t.catalogue.specimen}>
      <ul className="page__ways">
        {ways.map((way, index) => {
          const container = page.containers.find((one) => one.id === way.container);
          return <Way key={`${way.container} ${index}`} way={way} container={container ?? null} alternative={index > 0} t={t} language={language} />;
        })}
      </ul>
    </Section>
  );
}

function Way({ way, container, alternative, t, language }: { way: SpecimenAlternative; container: Container | null; alternative: boolean; t: Texts; language: Language }) {
  const { name, cap, amounts, handling, keeping } = wayWords(way, container, t, language);
  return (
    <li className="page__way">
      {container && <Tube kind={container.kind} colour={container.colour} gel={hasGel({ container })} labelled={false} height={66} />}
      <div>
        <p>
          <span className="strong">{name}</span>{" "}
          {alternative && (
            <Tag size="xsmall" variant="outline" data-color="neutral">
              {t.catalogue.alternative}
            </Tag>
          )}
        </p>
        {cap && <p className="t14 muted">{cap}</p>}
        {amounts && <p className="t14">{amounts}</p>}
        {handling && <p className="t14">{handling}</p>}
        {keeping.map((words) => (
          <p key={words} className="t14 muted">
            {words}
          </p>
        ))}
      </div>
    </li>
  );
}

function Asked({ page, t, language }: Part) {
  if (page.questions.length === 0) return null;
  return (
    <Section title={t.catalogue.questions}>
      <ul className="page__list">
        {page.questions.map((question) => (
          <li key={question.id}>
            {inLanguage(question.text, language)}{" "}
            <span className="muted t14">{[question.phase === "collection" ? t.catalogue.askedAtCollection : t.catalogue.askedAtOrder, ...askedWhen(question, page.questions, t, language)].join(" · ")}</span>
            {question.help && <p className="t14 muted">{inLanguage(question.help, language)}</p>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Rules({ page, t, language }: Part) {
  if (page.rules.length === 0) return null;
  return (
    <Section title={t.catalogue.rules}>
      <ul className="page__list">
        {page.rules.map(({ rule, source }) => (
          <li key={rule.id}>
            {ruleWords(inLanguage(rule.text, language))} <span className="t14 muted">{t.handbook.ruleSource(t.catalogue.severity[rule.severity], source, longDate(rule.checked))}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
