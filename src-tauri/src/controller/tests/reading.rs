//! Messages before and after sending, and the answers of last time.

use requisition::catalogue::model::AnswerType;
use requisition::composing::composition::Missing;
use requisition::composing::draft::Answer as Given;
use requisition::message::{ReadableLabel, ReadableMessage};

use super::*;
use crate::views::DraftView;

fn begin(office: &Office) -> String {
    let form = PatientForm {
        number: "13116900216".into(),
        family: "Danser".into(),
        given: "Line".into(),
        ..PatientForm::default()
    };
    office.controller.start_draft(form).unwrap().draft.id
}

fn edit(office: &Office, draft: &str, edit: Edit) -> DraftView {
    office.controller.edit_draft(draft.into(), edit).unwrap()
}

fn add(office: &Office, draft: &str, provider: &str, service: &str) -> DraftView {
    edit(office, draft, Edit::AddService { provider: provider.into(), service: service.into() })
}

fn values(message: &ReadableMessage, label: ReadableLabel) -> Vec<&str> {
    let rows = message.sections.iter().flat_map(|section| &section.rows);
    rows.filter(|row| row.label == label).map(|row| row.value.as_str()).collect()
}

/// Answers whatever must be answered: no where that can be said, else the first choice.
fn answer_all(office: &Office, draft: &str) {
    loop {
        let view = office.controller.draft(draft.into()).unwrap();
        let open = view.composition.missing.iter().find_map(|missing| match missing {
            Missing::Question { line, question } => Some((*line, question.clone())),
            _ => None,
        });
        let Some((line, question)) = open else { break };
        let lines = view.composition.groups.iter().flat_map(|group| &group.lines);
        let asked = lines.flat_map(|line| &line.questions).find(|asked| asked.id == question).unwrap();
        let answer = match asked.answer_type {
            AnswerType::Boolean => Given::Boolean(false),
            AnswerType::Choice => {
                let no = asked.options.iter().find(|option| option.value == "no").unwrap_or(&asked.options[0]);
                Given::Choice(no.value.clone())
            }
            other => panic!("{question} wants {other:?}"),
        };
        edit(office, draft, Edit::Answer { line, question, answer: Some(answer) });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_draft_becomes_is_told_at_once_and_shown_as_a_message_when_nothing_is_missing() {
    let office = Office::open("balsam-lab");
    let draft = begin(&office);
    add(&office, &draft, "balsam-lab", "crp");
    let after = add(&office, &draft, "balsam-lab", "litium");
    let open = office.controller.preview(draft.clone()).unwrap();
    assert_eq!(open.parts.len(), 2);
    assert!(open.missing > 0 && open.parts.iter().all(|part| part.message.is_none() && part.problem.is_none()));
    assert_eq!(open.parts[0].services, ["CRP"]);
    assert_eq!(open.parts[0].her, "999901");
    assert!(open.parts.iter().all(|part| part.containers.len() == 1));

    let line = after.draft.lines[1].id;
    edit(&office, &draft, Edit::RemoveLine { line });
    let ready = office.controller.preview(draft.clone()).unwrap();
    let message = ready.parts[0].message.clone().unwrap();
    assert_eq!(values(&message, ReadableLabel::Name)[0], "Danser, Line");
    assert!(values(&message, ReadableLabel::MessageId).is_empty(), "an id that is thrown away is not shown");

    let sent = office.controller.hand_on(draft, HandOn::Send).unwrap().requisitions.remove(0);
    let messages = office.controller.messages(sent).unwrap();
    let readable = messages[0].readable.clone().unwrap();
    assert_eq!(values(&readable, ReadableLabel::Service), values(&message, ReadableLabel::Service));
    assert_eq!(values(&readable, ReadableLabel::MessageId), [messages[0].message_id.clone().unwrap()]);
    assert!(messages[0].xml.contains("<MsgId>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_the_internal_lab_can_be_read_as_it_would_be_sent_now() {
    let office = Office::open("balsam-lab");
    let id = office.waiting(&["crp"]);
    let messages = office.controller.messages(id.clone()).unwrap();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].message_id.is_none() && messages[0].made.is_none());
    let readable = messages[0].readable.clone().unwrap();
    assert_eq!(values(&readable, ReadableLabel::NotCollected).len(), 1);
    assert!(office.controller.detail(id).unwrap().acts.contains(&"message".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn last_times_safety_answers_are_offered_and_count_for_nothing_until_they_are_given_again() {
    let provider = "balsam-bilde-patologi";
    let office = Office::open(provider);
    let first = begin(&office);
    add(&office, &first, provider, "mr-kne");
    edit(&office, &first, Edit::ClinicalText { text: "Vridning for tre uker siden. Meniskskade?".into() });
    answer_all(&office, &first);
    assert!(office.controller.interview(first.clone()).unwrap().is_empty(), "a draft is no earlier answer");
    office.controller.hand_on(first, HandOn::Send).unwrap();

    let next = begin(&office);
    let view = add(&office, &next, provider, "mr-kne");
    let offered = office.controller.interview(next).unwrap();
    let clip = offered.iter().find(|earlier| earlier.question == "mr_clip").unwrap();
    assert!(clip.answer == Given::Choice("no".into()));
    let asked: Vec<_> = view.composition.groups[0].lines[0].questions.iter().filter(|asked| asked.interview).collect();
    assert!(asked.len() > 10 && asked.iter().all(|asked| asked.answer.is_none()));
    assert!(
        view.composition
            .missing
            .iter()
            .any(|missing| matches!(missing, Missing::Question { question, .. } if question == "mr_clip"))
    );
    assert!(offered.iter().all(|earlier| earlier.question.starts_with("mr_")), "only what the patient is asked");
}
