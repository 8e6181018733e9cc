// The specimen plan, live: what to take for what has been picked, and what the hit in focus would change in it.
import { SpecimenRack, type RackSpecimen } from "../../components/SpecimenRack";
import { decimal } from "../../format";
import type { DraftView, ServicePage } from "../../ipc/model";
import { useLanguage, useTexts } from "../../texts";
import { useFocusedPage } from "./focus";

export function Plan({ view }: { view: DraftView }) {
  const t = useTexts();
  const page = useFocusedPage();
  const language = useLanguage();
  const { plan, nothing_to_collect } = view.composition;
  const tubes = plan.filter((specimen) => specimen.draw !== null);
  const urine = plan.filter((specimen) => specimen.draw === null && specimen.container.kind === "urine");
  const sum = (list: typeof plan) => list.reduce((total, specimen) => total + specimen.count, 0);
  const millilitres = tubes.reduce((total, specimen) => total + specimen.count * (specimen.fill_ml ?? 0), 0);
  const sites = new Map(view.draft.lines.flatMap((line) => (line.containers ?? []).map((one): [string, string] => [`${line.id} ${one.id}`, one.site ?? ""])));
  const placed = plan.map((specimen) => ({ ...specimen, site: specimen.described ? (sites.get(`${specimen.described.line} ${specimen.described.container}`) ?? null) : null }));
  const shown = withPreview(placed, page);
  const summary = t.plan.summary(sum(tubes), decimal(millilitres, language, 1), sum(urine), sum(plan) - sum(tubes) - sum(urine));
  // Where every container is described above, its row there says what it is for.
  const told = plan.length > 0 && shown.every((specimen) => specimen.site || specimen.letter);
  const empty = view.draft.lines.length > 0 && nothing_to_collect ? t.plan.nothing : t.plan.empty;
  return (
    <section className={told ? "plan plan--told" : "plan"} aria-label={t.plan.title}>
      <p className="plan__title">
        <span className="t16">{t.plan.title}</span> <span className="t14 muted">{plan.length > 0 ? summary : ""}</span>
      </p>
      {shown.length > 0 ? <SpecimenRack specimens={shown} /> : <p className="muted plan__empty">{empty}</p>}
    </section>
  );
}

/** The plan with the focused hit's name where it would go: in a container that is planned, or in one dashed container more. */
export function withPreview(plan: readonly RackSpecimen[], page: ServicePage | null): RackSpecimen[] {
  const effect = page?.effect;
  if (!page || !effect) return [...plan];
  const { name } = page.service;
  if (effect.joins && plan.some((specimen) => specimen.key === effect.joins)) {
    return plan.map((specimen) => (specimen.key === effect.joins ? { ...specimen, wouldAdd: [name] } : specimen));
  }
  return [
    ...plan,
    ...effect.new_containers.map(({ container, count }): RackSpecimen => ({
      key: `preview ${container.id}`,
      preview: true,
      draw: null,
      count,
      fill_ml: page.containers.find((each) => each.id === container.id)?.fill_ml ?? null,
      container,
      services: [],
      wouldAdd: [name],
      material: "",
      take_home: false,
    })),
  ];
}
