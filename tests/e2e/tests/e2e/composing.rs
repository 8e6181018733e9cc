//! From a patient to a requisition in the queue, and what a crash on the way leaves behind.

use e2e::Office;

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
