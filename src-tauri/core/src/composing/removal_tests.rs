//! What becomes of a line that was taken out by mistake.

use jiff::Timestamp;

use crate::composing::draft::{Answer, Draft, Edit, Interval, IntervalUnit, LineSeries};
use crate::composing::fixture::{both, composed, draft_with, edit};
use crate::composing::{Catalogues, EditRefused, apply};

const LITHIUM: u32 = 2;

fn override_with(line: Option<u32>, provider: &str, rule: &str, reason: &str) -> Edit {
    Edit::Override { line, provider: provider.into(), rule: rule.into(), reason: Some(reason.into()) }
}

/// Five services; the second one has everything that can be said of a line, and stands among others with reasons of their own.
fn told() -> (Catalogues, Draft) {
    let catalogues = both();
    let mut draft = draft_with(&["tsh", "litium", "crp", "p/hud", "hcg"], &catalogues);
    let every_month = Interval { count: 1, unit: IntervalUnit::Month };
    let mut change = |one| edit(&mut draft, &catalogues, one);
    change(Edit::Answer { line: LITHIUM, question: "level".into(), answer: Some(Answer::Number(1.4)) });
    change(Edit::Answer { line: LITHIUM, question: "why".into(), answer: Some(Answer::Text("Skjelving".into())) });
    change(Edit::Answer { line: 5, question: "pregnant".into(), answer: Some(Answer::Boolean(false)) });
    change(override_with(Some(1), "a", "retest", "intended"));
    change(override_with(Some(LITHIUM), "a", "litium-nyre", "unexpected_answer"));
    change(override_with(None, "a", "tekst", "screening"));
    change(Edit::LinePlannedDate { line: LITHIUM, date: Some("2026-12-01".into()) });
    change(Edit::Series {
        line: LITHIUM,
        series: Some(LineSeries { every: Some(every_month), times: Some(3), ..LineSeries::default() }),
    });
    change(Edit::AddContainer { line: LITHIUM });
    (catalogues, draft)
}

/// The draft but for what every edit counts.
fn content(draft: &Draft) -> Draft {
    Draft { revision: 0, updated: String::new(), ..draft.clone() }
}

#[test]
fn a_line_that_was_removed_by_mistake_comes_back_as_it_was_and_where_it_was() {
    let (catalogues, whole) = told();
    for line in whole.lines.iter().map(|line| line.id) {
        let mut draft = whole.clone();
        edit(&mut draft, &catalogues, Edit::RemoveLine { line });
        assert!(draft.line(line).is_none());
        assert!(draft.overrides.iter().all(|given| given.line != Some(line)));
        // The program may end between the two.
        let stored = serde_json::to_string(&draft).expect("a draft is kept as JSON");
        let mut draft: Draft = serde_json::from_str(&stored).expect("and comes back");
        edit(&mut draft, &catalogues, Edit::RestoreLine { line });
        assert!(content(&draft) == content(&whole), "line {line} came back as something else");
        assert!(composed(&draft, &catalogues, &[]) == composed(&whole, &catalogues, &[]));
    }
}

#[test]
fn a_line_comes_back_unchanged_when_the_catalogue_was_renewed_meanwhile() {
    let (catalogues, whole) = told();
    let mut draft = whole.clone();
    draft.based_on.insert(LITHIUM, "2026.10.1".into());
    let seen = draft.based_on.clone();
    edit(&mut draft, &catalogues, Edit::RemoveLine { line: LITHIUM });
    edit(&mut draft, &catalogues, Edit::RestoreLine { line: LITHIUM });
    assert_eq!(draft.based_on, seen, "what the new version changed is news to it still");
}

#[test]
fn what_was_removed_is_forgotten_at_the_next_edit_and_nothing_else_is_put_back() {
    let (catalogues, mut draft) = told();
    let restore = |draft: &mut Draft, line| {
        let before = draft.clone();
        let refused = apply(draft, Edit::RestoreLine { line }, &catalogues, Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(EditRefused::NothingRemoved { line }));
        assert!(*draft == before, "a refused edit changed the draft");
    };
    restore(&mut draft, LITHIUM);
    edit(&mut draft, &catalogues, Edit::RemoveLine { line: 1 });
    edit(&mut draft, &catalogues, Edit::RemoveLine { line: LITHIUM });
    restore(&mut draft, 1);
    // A refused edit forgets nothing.
    let nothing = Edit::RemoveLine { line: 99 };
    apply(&mut draft, nothing, &catalogues, Timestamp::UNIX_EPOCH).expect_err("there is no such line");
    assert!(draft.removed.is_some());
    edit(&mut draft, &catalogues, Edit::ClinicalText { text: "Kontroll".into() });
    restore(&mut draft, LITHIUM);
    assert!(draft.removed.is_none());
    let stored = serde_json::to_value(&draft).expect("a draft is kept as JSON");
    assert!(stored.get("removed").is_none(), "nothing of it stays in the store");
}
