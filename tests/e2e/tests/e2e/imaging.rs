//! A radiology examination from the search field to the hospital: the safety questions are asked, answered and sent.

use e2e::Office;
use serde_json::{Value, json};

use crate::steps;

#[tokio::test]
async fn a_magnetic_resonance_of_the_knee_is_answered_for_and_sent_without_a_specimen() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    window.field("Søk etter tjenester").await?.fill("mr kne").await?;
    window.find("best hit", "MR kne").await?;
    window.screenshot("search-radiology").await?;
    steps::add(&window, "mr kne", "MR kne").await?;
    window.see("Har du pacemaker").await?;
    let drafts = window.invoke("drafts", json!({})).await?;
    let draft = drafts[0]["id"].clone();
    let edit = async |edit: Value| window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await;
    edit(json!({"edit": "clinical_text", "text": "Vridning for tre uker siden. Låsning. Meniskskade?"})).await?;
    let mut answers = vec![("side", "right"), ("mr_lying", "yes")];
    let implants = ["pacemaker", "clip", "cochlea", "stimulator", "eye", "pump", "prosthesis", "stent", "other"];
    let asked: Vec<String> = implants.iter().chain(&["narrow", "kidney"]).map(|what| format!("mr_{what}")).collect();
    answers.extend(asked.iter().map(|question| (question.as_str(), "no")));
    for (question, value) in answers {
        let answer = json!({"type": "choice", "value": value});
        edit(json!({"edit": "answer", "line": 1, "question": question, "answer": answer})).await?;
    }
    let answer = json!({"type": "boolean", "value": true});
    edit(json!({"edit": "answer", "line": 1, "question": "may_change", "answer": answer})).await?;
    for theme in ["light", "dark"] {
        let chosen = json!({"form": {"language": "nb", "theme": theme}});
        window.invoke("save_preferences", chosen).await?;
        window.screenshot(&format!("compose-radiology-{theme}")).await?;
        window.axe(&format!("radiology, {theme}")).await?;
    }
    window.invoke("hand_on", json!({"id": draft, "way": "send"})).await?;
    e2e::process::until("the hospital to have it", async || {
        Ok((!office.hospital()?.received().is_empty()).then_some(()))
    })
    .await?;
    window.close().await
}
