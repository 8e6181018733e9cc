//! From a patient to a requisition in the queue, and what a crash on the way leaves behind.

use e2e::{Key, Office, Window};

use crate::steps;

#[tokio::test]
async fn a_crash_in_the_middle_of_a_word_leaves_the_draft() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "crp", "CRP").await?;
    window.kill().await?;

    let window = office.start().await?;
    window.button("Fortsett: Roland Gundersen").await?.click().await?;
    window.button("Fjern CRP").await?;
    window.close().await
}

#[tokio::test]
async fn a_draft_is_found_again_as_it_was_when_one_has_been_to_the_settings() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "crp", "CRP").await?;
    steps::add(&window, "litium", "Litium").await?;
    // Nobody leaves the field first.
    window.field("Dosering").await?.fill("300 mg x 2").await?;
    window.press(&[Key::Control], '5').await?;
    window.heading("Innstillinger").await?;
    window.button("Utskrift").await?.click().await?;
    window.press(&[Key::Control], '1').await?;
    window.button("Bytt pasient").await?;
    window.see("Roland").await?;
    for name in ["CRP", "Litium"] {
        window.button(&format!("Fjern {name}")).await?;
    }
    assert_eq!(window.field("Dosering").await?.value().await?, "300 mg x 2");

    // And by the rail, with the mouse.
    window.button("Innstillinger").await?.click().await?;
    window.heading("Innstillinger").await?;
    window.button("Ny rekvisisjon").await?.click().await?;
    window.button("Fjern Litium").await?;
    assert_eq!(window.field("Dosering").await?.value().await?, "300 mg x 2");
    window.close().await
}

#[tokio::test]
async fn a_requisition_that_is_sent_reaches_the_hospital() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::send_crp(&window).await?;
    e2e::process::until("the hospital to have it", async || {
        Ok((!office.hospital()?.received().is_empty()).then_some(()))
    })
    .await?;
    window.close().await
}

#[tokio::test]
async fn what_is_sent_while_the_hospital_is_down_arrives_when_it_is_back() -> anyhow::Result<()> {
    let mut office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    office.close_hospital().await;
    steps::send_crp(&window).await?;
    window.see("1 i kø").await?;
    window.see("Frakoblet").await?;
    office.open_hospital().await?;
    window.see("Ingen i kø").await?;
    assert_eq!(office.hospital()?.received().len(), 1);
    window.close().await
}

#[tokio::test]
async fn a_service_that_was_removed_by_mistake_is_back_with_its_answers_by_one_key() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    for (text, name) in [("crp", "CRP"), ("litium", "Litium"), ("ferritin", "Ferritin")] {
        steps::add(&window, text, name).await?;
    }
    window.button("I går 22:00").await?.click().await?;
    window.gone("link", "gjenstår").await?;
    let draft = window.invoke("drafts", serde_json::json!({})).await?[0]["id"].clone();
    let lines = async || -> anyhow::Result<serde_json::Value> {
        Ok(window.invoke("draft", serde_json::json!({ "id": draft })).await?["draft"]["lines"].clone())
    };
    let removed = async |count: usize| {
        e2e::process::until("the line to be out", async || Ok((drawn(&window).await?.len() == count).then_some(())))
            .await
    };
    let (before, shown) = (lines().await?, drawn(&window).await?);
    assert_eq!(before[1]["answers"].as_object().map(serde_json::Map::len), Some(1), "{before}");

    window.button("Fjern Litium").await?.click().await?;
    removed(2).await?;
    window.button("Angre: Litium er fjernet.").await?;
    steps::every_look(&window, "compose-removed").await?;
    window.press(&[Key::Control], 'z').await?;
    window.button("Fjern Litium").await?;
    assert_eq!(lines().await?, before, "the line came back as something else");
    assert_eq!(drawn(&window).await?, shown, "it stands where it stood");
    assert!(window.focused().await?.contains("Fjern Litium"), "{}", window.focused().await?);

    // By the button; and the next change takes the offer away.
    window.button("Fjern Litium").await?.click().await?;
    removed(2).await?;
    window.button("Angre: Litium er fjernet.").await?.click().await?;
    window.button("Fjern Litium").await?;
    assert_eq!(lines().await?, before);
    window.button("Fjern CRP").await?.click().await?;
    removed(2).await?;
    window.button("Angre: CRP er fjernet.").await?;
    window.field("Kliniske opplysninger").await?.fill("Kontroll").await?;
    window.gone("button", "Angre: CRP er fjernet.").await?;
    window.close().await
}

#[tokio::test]
async fn what_must_be_answered_and_what_may_be_skipped_are_told_apart_in_words_in_both_rooms() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    for (text, name) in [("tsh", "TSH"), ("litium", "Litium"), ("glukose", "Glukose"), ("etg", "Etylglukuronid")] {
        window.field("Søk etter tjenester").await?.fill(text).await?;
        window.find("best hit", name).await?;
        window.press(&[], Key::Enter).await?;
    }
    window.see("Bruker pasienten levotyroksin? valgfritt").await?;
    window.see("Tidspunkt for siste dose må besvares").await?;
    window.press(&[], Key::Escape).await?;
    steps::every_look(&window, "questions-compose").await?;
    window.button("I går 22:00").await?.click().await?;
    steps::answer_the_rest(&window).await?;
    window.button("Ta prøve nå").await?.click().await?;
    window.heading("Prøver i tapperekkefølge").await?;
    // Two departments, two requisitions: one asks what must be known, the other what may be.
    let waiting = window.invoke("worklist", serde_json::json!({})).await?;
    let mut asked = Vec::new();
    for one in waiting.as_array().into_iter().flatten() {
        steps::click(&window, &format!(".lab__item[data-requisition={}]", one["id"])).await?;
        let open = format!("document.querySelector('[data-requisition={}] .collecting__questions')", one["id"]);
        let shown = format!("{open}?.scrollIntoView({{ block: 'center' }}); return {open}?.innerText ?? ''");
        asked.push(
            e2e::process::until("the questions of the one who collects", async || {
                let words: String = window.session().execute(shown.as_str(), Vec::new()).await?.convert()?;
                Ok((!words.is_empty()).then_some(words))
            })
            .await?,
        );
        steps::every_look(&window, &format!("questions-collecting-{}", asked.len())).await?;
    }
    let says = |words: &str| asked.iter().filter(|one| one.contains(words)).count();
    assert_eq!((asked.len(), says("må besvares"), says("valgfritt")), (2, 1, 1), "{asked:?}");
    window.close().await
}

/// The services of the basket from top to bottom.
async fn drawn(window: &Window) -> anyhow::Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll('.basket [data-line]')].map((each) => each.getAttribute('data-service'))";
    Ok(window.session().execute(script, Vec::new()).await?.convert()?)
}
