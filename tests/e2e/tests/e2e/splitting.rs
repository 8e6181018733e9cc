//! One basket, several receivers: shown before it is sent, and sent so.

use e2e::{Key, Office};

use crate::steps;

#[tokio::test]
async fn a_mixed_basket_is_shown_as_four_requisitions_and_arrives_as_four() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "crp", "CRP").await?;
    steps::add(&window, "NPU06096", "Urin, bakteriedyrkning").await?;
    steps::add(&window, "røntgen toraks", "Røntgen toraks").await?;
    steps::add(&window, "urincytologi", "Urin, cytologi").await?;
    window.field("Kliniske opplysninger").await?.fill("Hoste, feber og blod i urinen. Infiltrat? Tumor?").await?;
    steps::answer(&window, "may_change", "Ja").await?;
    window.button("Blir 4 rekvisisjoner").await?;
    // What is missing stands in one list, and each entry leads there.
    if window
        .session()
        .execute("return document.querySelector('[data-act=missing-list]') !== null", Vec::new())
        .await?
        .convert()?
    {
        window.button("Vis alt som gjenstår").await?.click().await?;
        window.screenshot("missing-list").await?;
        window.axe("the list of what is missing").await?;
        window.button("Skjul listen").await?.click().await?;
    }
    steps::answer_the_rest(&window).await?;
    window.button("Blir 4 rekvisisjoner").await?.click().await?;
    window.heading("Dette sendes som 4 rekvisisjoner").await?;
    window.see("Hvert mottak får sin egen rekvisisjon").await?;
    window.see("HER-id 999901").await?;
    window.see("HER-id 999911").await?;
    steps::every_look(&window, "splitting").await?;
    window.press(&[], Key::Escape).await?;
    window.gone("dialog", "Slik mottakeren ser den").await?;
    window.button("Send").await?.click().await?;
    window.see("4 rekvisisjoner er lagt i køen.").await?;

    let received = steps::received(&office, 4).await?;
    let mut disciplines: Vec<&str> = received.iter().map(|one| one.summary.discipline.code.as_str()).collect();
    disciplines.sort_unstable();
    assert_eq!(disciplines, ["CLIN", "CYTO", "MBIO", "RTG"]);
    for one in &received {
        assert_eq!(one.summary.services().count(), 1, "each receiver gets only what is its own");
    }
    window.close().await
}
