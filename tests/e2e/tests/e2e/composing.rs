//! From a patient to a requisition in the queue, and what a crash on the way leaves behind.

use e2e::{Key, Office};

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
