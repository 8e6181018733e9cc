//! Decision support as one looks at it, and drafts that several things are said of at once.

use requisition::composing::draft::Edit;

use super::*;

const PROVIDER: &str = "balsam-lab";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_patient_had_before_stands_beside_the_service_at_every_provider_of_its_code() {
    let office = Office::open(PROVIDER);
    let draft = office.drafted(&["crp"]);
    assert!(office.controller.ordered_before(draft.clone()).unwrap().is_empty(), "nothing was ordered yet");
    office.controller.hand_on(draft, HandOn::Send).unwrap();
    let again = office.drafted(&["hemoglobin"]);
    let before = office.controller.ordered_before(again).unwrap();
    let told: Vec<_> = before.iter().map(|one| (one.provider.as_str(), one.service.as_str(), one.last.days)).collect();
    assert_eq!(told, [(PROVIDER, "crp", 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_was_gone_against_is_counted_with_its_reason_beside_those_that_never_spoke() {
    let office = Office::open(PROVIDER);
    office.controller.hand_on(office.drafted(&["ferritin"]), HandOn::Send).unwrap();
    let draft = office.drafted(&["ferritin"]);
    let findings = office.controller.draft(draft.clone()).unwrap().composition.findings;
    let warning = findings.iter().find(|finding| !finding.override_reasons.is_empty()).expect("it was ordered today");
    let reason = warning.override_reasons[0].clone();
    let provider = warning.provider.clone().unwrap_or_default();
    let given = Edit::Override { line: Some(1), provider, rule: warning.rule.clone(), reason: Some(reason.value) };
    office.controller.edit_draft(draft, given).unwrap();
    let uses = office.controller.rule_uses(PROVIDER.into()).unwrap();
    let counted = &uses.rules[0];
    assert_eq!((counted.rule.as_str(), counted.shown, counted.overridden), (warning.rule.as_str(), 1, 1));
    assert_eq!(counted.reasons, [(reason.text, 1)]);
    assert_eq!((counted.services.as_slice(), counted.more_services), (&["Ferritin".to_owned()][..], 0));
    let silent = uses.rules.iter().filter(|rule| rule.shown == 0 && rule.text.is_some() && rule.source.is_some());
    assert!(silent.count() > 3, "a rule that never spoke is there too, with its text and source");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_one_draft_that_cross_each_other_all_count() {
    let office = Office::open(PROVIDER);
    let draft = office.drafted(&[]);
    let services = ["crp", "hemoglobin", "ferritin", "kreatinin", "natrium", "kalium"];
    std::thread::scope(|scope| {
        for service in services {
            let (controller, draft) = (&office.controller, draft.clone());
            scope.spawn(move || {
                let add = Edit::AddService { provider: PROVIDER.into(), service: service.into() };
                controller.edit_draft(draft, add).map(|_| ()).unwrap_or_else(|error| panic!("{service}: {error:?}"));
            });
        }
    });
    assert_eq!(office.controller.draft(draft).unwrap().draft.lines.len(), services.len());
}

impl Office {
    /// A draft for one patient with these services.
    fn drafted(&self, services: &[&str]) -> String {
        let form = PatientForm {
            number: "13116900216".into(),
            family: "Danser".into(),
            given: "Line".into(),
            ..PatientForm::default()
        };
        let draft = self.controller.start_draft(form).unwrap().draft.id;
        for service in services {
            let edit = Edit::AddService { provider: PROVIDER.into(), service: (*service).into() };
            self.controller.edit_draft(draft.clone(), edit).unwrap();
        }
        draft
    }
}
