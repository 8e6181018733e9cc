//! Panels and favourites as the office would report them, over the demo catalogues.

use std::fs;

use requisition::composing::composition::Missing;
use requisition::composing::draft::Answer as Given;
use requisition::composing::panels::Standing;

use super::*;
use crate::panels::{
    BasketForm, DialogWords, ImportChoice, ImportForm, MemberForm, PanelForm, PanelSaved, PanelView, Take, Whose,
};
use crate::views::{DraftView, HitView};

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_is_kept_as_a_panel_in_one_step_and_added_to_the_next_patient() {
    let office = Office::open("balsam-lab");
    let first = office.draft(&["hba1c", "kreatinin", "crp"]);
    let kept = office.keep(&first, "Årskontroll", true);
    assert_eq!((kept.members.len(), kept.missing, kept.shared), (3, 0, true));

    let next = office.draft(&["crp"]);
    let view = office.add(&next, &kept.id);
    let picked = view.picked.unwrap();
    assert_eq!((picked.added.len(), picked.already.len(), picked.missing.len()), (2, 1, 0));
    assert_eq!(view.draft.lines.len(), 3);
    assert!(office.draft_view(&next).picked.is_none(), "it is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_asked_about_and_the_words_stay_when_it_is_replaced() {
    let office = Office::open("balsam-lab");
    let kept = office.keep(&office.draft(&["crp"]), "Infeksjon", true);
    let words = PanelForm { words: vec!["feber".into()], ..form_of(&kept) };
    done(office.controller.save_panel(words).unwrap());
    let bigger = office.draft(&["crp", "leukocytter"]);
    let form = |replace| BasketForm { draft: bigger.clone(), name: "infeksjon ".into(), shared: true, replace };
    let asked = office.controller.keep_basket(form(None)).unwrap();
    let PanelSaved::NameTaken { id, name } = asked else { panic!("the name was not asked about") };
    assert_eq!((id.as_str(), name.as_str()), (kept.id.as_str(), "Infeksjon"));
    assert_eq!(office.panels().panels[0].members.len(), 1, "nothing was saved");
    let replaced = done(office.controller.keep_basket(form(Some(id))).unwrap());
    assert_eq!((replaced.id, replaced.members.len(), replaced.words), (kept.id, 2, vec!["feber".to_owned()]));
    let mine = office.keep(&office.draft(&["crp"]), "Infeksjon", false);
    assert!(!mine.shared, "one's own may have the name of a shared one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_the_laboratory_withdraws_stands_in_the_basket_until_it_is_decided_on() {
    let office = Office::open("balsam-lab");
    let kept = office.keep(&office.draft(&["crp", "sr", "hemoglobin"]), "Årskontroll", true);
    office.publish("balsam-lab", "2027.1.1", |catalogue| {
        let at = |id: &str| catalogue.services.iter().position(|service| service.id == id).unwrap();
        let (sr, hemoglobin) = (at("sr"), at("hemoglobin"));
        Arc::make_mut(&mut catalogue.services[sr]).withdrawn = true;
        Arc::make_mut(&mut catalogue.services[sr]).replaced_by = Some("crp".into());
        Arc::make_mut(&mut catalogue.services[hemoglobin]).withdrawn = true;
    });
    let seen = &office.panels().panels[0];
    assert_eq!((seen.missing, seen.members.len()), (2, 3), "the state follows the catalogue");
    assert_eq!(office.hit("årsk").missing, 2);

    let draft = office.draft(&[]);
    let picked = office.add(&draft, &kept.id).picked.unwrap();
    assert_eq!((picked.added.len(), picked.missing.len()), (1, 2));
    let refused = office.controller.hand_on(draft.clone(), HandOn::InternalLab).err().unwrap();
    assert_eq!(refused.params["reason"], "stop");
    let stops = |view: &DraftView| {
        let missing = view.composition.missing.iter();
        missing.filter(|each| matches!(each, Missing::Stop { rule, .. } if rule == "withdrawn")).count()
    };
    let view = office.draft_view(&draft);
    assert_eq!(stops(&view), 2);
    let line = |service: &str| view.draft.lines.iter().find(|line| line.service == service).unwrap().id;
    office.edit(&draft, Edit::ReplaceLine { line: line("sr") });
    let after = office.edit(&draft, Edit::RemoveLine { line: line("hemoglobin") });
    assert_eq!((stops(&after), after.draft.lines.len()), (0, 1), "CRP was there already");

    let mended = done(office.controller.mend_panel(kept.id, "balsam-lab".into(), "sr".into()).unwrap());
    assert_eq!((mended.members.len(), mended.missing), (2, 1));
    assert!(matches!(mended.members[1].standing, Standing::Withdrawn { replacement: None }));
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_panels_are_nobody_elses_and_outlive_the_one_who_leaves() {
    let office = Office::open("balsam-lab");
    let mine = office.keep(&office.draft(&["crp"]), "Min egen", false);
    office.controller.set_favourite("balsam-lab".into(), "tsh".into(), Whose::Mine, true).unwrap();
    office.sign_in("Ida Januar");
    assert!(office.panels().panels.is_empty() && office.panels().favourites.is_empty());
    assert!(office.hits("min egen").is_empty());
    let draft = office.draft(&[]);
    let add = Edit::AddOfficePanel { panel: mine.id.clone() };
    let refused = office.controller.edit_draft(draft, add).err().unwrap();
    assert_eq!((refused.code, refused.params["reason"].as_str()), (ErrorCode::EditRefused, "unknown_panel"));
    for code in [
        office.controller.delete_panel(mine.id.clone()).err().unwrap().code,
        office.controller.share_panel(mine.id.clone(), true).err().unwrap().code,
        office.controller.save_panel(form_of(&mine)).err().unwrap().code,
    ] {
        assert_eq!(code, ErrorCode::NotFound);
    }

    let august = office.person("August September");
    office.controller.remove_person(august).unwrap();
    let seen = office.panels();
    assert_eq!((seen.panels.len(), seen.left_behind.len()), (0, 1));
    assert!(seen.favourites[0].left_behind && !seen.favourites[0].mine);
    assert!(office.hits("min egen").is_empty(), "nobody finds it before somebody takes it over");
    done(office.controller.share_panel(mine.id, true).unwrap());
    assert_eq!((office.panels().panels.len(), office.panels().left_behind.len()), (1, 0));
    office.controller.set_favourite("balsam-lab".into(), "tsh".into(), Whose::Shared, true).unwrap();
    office.controller.set_favourite("balsam-lab".into(), "tsh".into(), Whose::LeftBehind, false).unwrap();
    let kept = &office.panels().favourites[0];
    assert!(kept.shared && !kept.left_behind);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_is_found_by_name_word_and_member_and_stands_where_nothing_is_typed() {
    let office = Office::open("balsam-lab");
    let kept = office.keep(&office.draft(&["tsh", "ferritin"]), "Slapp og trøtt", true);
    done(office.controller.save_panel(PanelForm { words: vec!["fatigue".into()], ..form_of(&kept) }).unwrap());
    for (query, why) in [("slapp", "name"), ("fatig", "synonym"), ("ferritin", "member"), ("", "panel")] {
        let hit = office.hit(query);
        assert_eq!((hit.why.as_str(), hit.code.as_str()), (why, "2"), "{query}");
        assert_eq!(hit.provider_name, "Kattskinnet legesenter");
    }
    office.controller.set_favourite("balsam-lab".into(), "crp".into(), Whose::Mine, true).unwrap();
    let usual = office.controller.search(String::new(), None, None).unwrap().hits;
    assert!(usual.iter().any(|hit| hit.why == "favourite" && hit.id == "crp"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_is_edited_copied_and_shared_and_a_stale_edit_is_refused() {
    let office = Office::open("balsam-lab");
    let kept = office.keep(&office.draft(&["tsh", "crp"]), "Prøver", false);
    let member =
        |service: &str, optional| MemberForm { provider: "balsam-lab".into(), service: service.into(), optional };
    let edited = PanelForm {
        name: "Andre prøver".into(),
        members: vec![member("hemoglobin", false), member("tsh", true)],
        ..form_of(&kept)
    };
    let saved = done(office.controller.save_panel(edited.clone()).unwrap());
    let shown: Vec<_> = saved.members.iter().map(|one| (one.service.as_str(), one.optional)).collect();
    assert_eq!(shown, [("hemoglobin", false), ("tsh", true)]);
    assert_eq!(office.controller.save_panel(edited).err().unwrap().code, ErrorCode::Stale);
    let unknown = PanelForm { members: vec![member("borte", false)], ..form_of(&saved) };
    assert_eq!(office.controller.save_panel(unknown).err().unwrap().params["reason"], "unknown");

    let copy = done(office.controller.duplicate_panel(saved.id.clone(), "Andre prøver".into()).unwrap());
    assert_eq!((copy.name.as_str(), copy.shared), ("Andre prøver 2", false));
    done(office.controller.share_panel(copy.id, true).unwrap());
    let view = office.add(&office.draft(&[]), &saved.id);
    let picked = view.picked.unwrap();
    assert_eq!((picked.added, picked.optional.len()), (vec!["Hemoglobin".to_owned()], 1));
    let acts: Vec<String> = office.audit(&saved.id);
    assert_eq!(acts, ["panel_saved", "panel_saved"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_comes_in_at_another_office_after_it_was_shown() {
    let office = Office::open("balsam-lab");
    office.keep(&office.draft(&["tsh", "crp"]), "Prøver", true);
    office.keep(&office.draft(&["hba1c"]), "Min", false);
    office.controller.set_favourite("balsam-lab".into(), "crp".into(), Whose::Mine, true).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pakker.json");
    office.desktop.choose(&file);
    let written = office.controller.export_panels(Vec::new(), words()).await.unwrap().unwrap();
    assert_eq!((written.file.as_str(), written.panels, written.favourites), ("pakker.json", 2, 1));
    let text = fs::read_to_string(&file).unwrap();
    for secret in ["Danser", "13116900216", "August"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left beside it");

    let other = Office::open("furumo");
    other.keep(&other.draft(&["crp"]), "prøver", true);
    other.desktop.choose(&file);
    let shown = other.controller.read_panels(words()).await.unwrap().unwrap();
    let panels: Vec<_> = shown.panels.iter().map(|one| (one.name.as_str(), one.missing, one.taken_shared)).collect();
    assert_eq!(panels, [("Min", 1, false), ("Prøver", 2, true)]);
    assert_eq!(other.panels().panels.len(), 1, "nothing is taken yet");
    let take = |take| ImportForm {
        token: shown.token.clone(),
        shared: true,
        choices: vec![ImportChoice { at: 1, take }],
        favourites: true,
    };
    let taken = other.controller.take_panels(take(Take::KeepBoth)).unwrap();
    assert_eq!((taken.added, taken.replaced, taken.skipped, taken.favourites), (1, 0, 1, 1));
    let names: Vec<String> = other.panels().panels.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["prøver", "Prøver 2"]);
    assert_eq!(other.controller.take_panels(take(Take::KeepBoth)).err().unwrap().code, ErrorCode::Stale);

    let shown = other.controller.read_panels(words()).await.unwrap().unwrap();
    let replace = ImportForm { token: shown.token, ..take(Take::Replace) };
    let taken = other.controller.take_panels(replace).unwrap();
    assert_eq!((taken.replaced, taken.favourites), (1, 0));
    assert_eq!(other.panels().panels[0].members.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_none_is_refused_by_name_and_nothing_is_lost() {
    let office = Office::open("balsam-lab");
    office.keep(&office.draft(&["tsh"]), "Prøver", true);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.json");
    office.desktop.choose(&file);
    let gone = office.controller.read_panels(words()).await.err().unwrap();
    assert_eq!(gone.code, ErrorCode::FileRefused);
    for (content, reason) in [
        ("hei".to_owned(), "not_panels"),
        (r#"{"format":"rekvirent-panels/9"}"#.to_owned(), "other_panel_format"),
        (r#"{"format":"rekvirent-panels/1","patient":"x"}"#.to_owned(), "panel_field"),
        (" ".repeat(5 << 20), "panel_file_too_large"),
    ] {
        fs::write(&file, content).unwrap();
        let refused = office.controller.read_panels(words()).await.err().unwrap();
        assert_eq!((refused.code, refused.params["reason"].as_str()), (ErrorCode::PanelFileRefused, reason));
    }
    assert_eq!(office.panels().panels.len(), 1);
    office.desktop.cancel();
    assert!(office.controller.read_panels(words()).await.unwrap().is_none());
    assert!(office.controller.export_panels(Vec::new(), words()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_signed_in_a_panel_can_only_be_shared() {
    let office = Office::open("balsam-lab");
    let people = office.controller.settings().unwrap().people;
    let draft = office.draft(&["crp"]);
    for person in people {
        office.controller.remove_person(person.id).unwrap();
    }
    let form = |shared| BasketForm { draft: draft.clone(), name: "P".into(), shared, replace: None };
    assert_eq!(office.controller.keep_basket(form(false)).err().unwrap().params["reason"], "nobody");
    done(office.controller.keep_basket(form(true)).unwrap());
    assert_eq!(office.panels().person, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_words_never_reaches_a_panel() {
    let office = Office::open("balsam-lab");
    let draft = office.draft(&["inr"]);
    let asked = office.draft_view(&draft).composition.groups[0].lines[0].questions.clone();
    for question in asked.iter().filter(|one| one.options.is_empty()) {
        let answer = Some(Given::Text("Line Danser 13116900216".into()));
        // Questions of other kinds refuse words by themselves.
        office
            .controller
            .edit_draft(draft.clone(), Edit::Answer { line: 1, question: question.id.clone(), answer })
            .ok();
    }
    let kept = office.keep(&draft, "INR", true);
    let here = office.controller.here().unwrap();
    let stored = here.store.panels().unwrap();
    let text = format!("{:?}{}", stored, serde_json::to_string(&stored[0].panel).unwrap());
    assert!(!text.contains("Danser") && !text.contains("13116900216"), "{text}");
    assert_eq!(kept.members.len(), 1);
}

fn words() -> DialogWords {
    DialogWords { title: "Pakker".into(), kind: "Pakker".into() }
}

fn done(saved: PanelSaved) -> PanelView {
    match saved {
        PanelSaved::Done { panel } => panel,
        PanelSaved::NameTaken { name, .. } => panic!("{name} is taken"),
    }
}

fn form_of(panel: &PanelView) -> PanelForm {
    let member = |one: &requisition::composing::panels::CheckedMember| MemberForm {
        provider: one.provider.clone(),
        service: one.service.clone(),
        optional: one.optional,
    };
    PanelForm {
        id: Some(panel.id.clone()),
        revision: panel.revision,
        name: panel.name.clone(),
        words: panel.words.clone(),
        shared: panel.shared,
        members: panel.members.iter().map(member).collect(),
    }
}

impl Office {
    fn person(&self, name: &str) -> String {
        self.controller.settings().unwrap().people.into_iter().find(|person| person.name == name).unwrap().id
    }

    fn sign_in(&self, name: &str) {
        self.controller.sign_in(self.person(name)).unwrap();
    }

    fn draft(&self, services: &[&str]) -> String {
        let form = PatientForm {
            number: "13116900216".into(),
            family: "Danser".into(),
            given: "Line".into(),
            ..PatientForm::default()
        };
        let draft = self.controller.start_draft(form).unwrap().draft.id;
        let provider = self.controller.here().unwrap().shelf.names().keys().next().cloned().unwrap();
        for service in services {
            self.edit(&draft, Edit::AddService { provider: provider.clone(), service: (*service).into() });
        }
        draft
    }

    fn draft_view(&self, draft: &str) -> DraftView {
        self.controller.draft(draft.into()).unwrap()
    }

    fn edit(&self, draft: &str, edit: Edit) -> DraftView {
        self.controller.edit_draft(draft.into(), edit).unwrap()
    }

    fn add(&self, draft: &str, panel: &str) -> DraftView {
        self.edit(draft, Edit::AddOfficePanel { panel: panel.into() })
    }

    fn keep(&self, draft: &str, name: &str, shared: bool) -> PanelView {
        let form = BasketForm { draft: draft.into(), name: name.into(), shared, replace: None };
        done(self.controller.keep_basket(form).unwrap())
    }

    fn panels(&self) -> crate::panels::PanelsView {
        self.controller.panels().unwrap()
    }

    fn hits(&self, query: &str) -> Vec<HitView> {
        let hits = self.controller.search(query.into(), None, None).unwrap().hits.into_iter();
        hits.filter(|hit| hit.kind == "office_panel").collect()
    }

    fn hit(&self, query: &str) -> HitView {
        self.hits(query).remove(0)
    }

    fn audit(&self, subject: &str) -> Vec<String> {
        let rows = self.controller.here().unwrap().store.audit(subject).unwrap();
        rows.into_iter().map(|row| row.act).collect()
    }

    /// A new version of the catalogue comes from the laboratory.
    pub(super) fn publish(
        &self,
        provider: &str,
        version: &str,
        change: impl FnOnce(&mut requisition::catalogue::model::Catalogue),
    ) {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut catalogue = authoring::build(&top.join("catalog-data").join(provider)).unwrap();
        catalogue.version = version.into();
        change(&mut catalogue);
        let bytes = package::pack(&catalogue).unwrap();
        let key = fs::read_to_string(top.join("tests/hospital/keys/demo.key")).unwrap();
        let signature = package::sign(&bytes, &key, None, &catalogue).unwrap();
        self.controller.here().unwrap().shelf.install_signed(provider, &bytes, &signature, None).unwrap();
    }
}
