//! What the receiver says, as the overview shows it: accepted, rejected with its own words, and put right.

use e2e::{Key, Office};
use hospital::{Behaviour, Rejection};

use crate::steps;

#[tokio::test]
async fn an_accepted_requisition_says_so_in_its_story() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::send_crp(&window).await?;
    steps::open_first_row(&window).await?;
    window.see("Godtatt av mottaker").await?;
    window.see("Transportkvittering mottatt").await?;
    window.screenshot("overview-accepted").await?;
    window.close().await
}

#[tokio::test]
async fn a_rejection_is_shown_in_the_receivers_words_and_put_right_with_the_same_requisition() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let words = "Svar om blodfortynnende mangler.";
    let reject = Some(Rejection { code: "X99".into(), text: words.into(), times: Some(1) });
    office.hospital()?.set_behaviour(Behaviour { reject, ..Behaviour::default() });
    steps::send_crp(&window).await?;
    window.press(&[Key::Control], '3').await?;
    window.heading("Trenger deg").await?;
    window.see(words).await?;
    window.screenshot("overview-rejected").await?;
    window.axe("overview with a rejection").await?;

    window.button("Rett og send på nytt").await?.click().await?;
    window.field("Kliniske opplysninger").await?.fill("Ingen blodfortynnende.").await?;
    window.screenshot("correction").await?;
    window.press(&[], Key::Tab).await?;
    let submit = "document.querySelector('[role=dialog] form, dialog form').requestSubmit()";
    window.session().execute(submit, Vec::new()).await?;
    window.see("Rettet og lagt i køen.").await?;
    window.gone("heading", "Trenger deg").await?;
    steps::open_first_row(&window).await?;
    window.see("Godtatt av mottaker").await?;
    let received = office.hospital()?.received();
    assert_eq!(received.len(), 2, "the rejected message and the corrected one");
    let requisitions = office.hospital()?.effects().len();
    assert_eq!(requisitions, 1, "both are the same requisition");
    window.close().await
}
