//! Decision support in the real window: when the patient last had it beside every hit, a warning that is gone against with a
//! reason, and the handbook's account of how the rules are heeded.

use e2e::{Key, Office};

use crate::steps;

#[tokio::test]
async fn a_repeat_is_told_beside_the_hit_and_a_reason_against_the_warning_is_counted_in_the_handbook()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "ferritin", "Ferritin").await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;

    window.heading("Hvem gjelder det?").await?;
    steps::begin(&window, &steps::ROLAND).await?;
    window.field("Søk etter tjenester").await?.fill("ferritin").await?;
    window.find("best hit", "Ferritin").await?;
    let beside = "return [...document.querySelectorAll('.hit[data-service=ferritin] .hit__last')].map((each) => each.textContent.trim())";
    e2e::process::until("when it was last ordered, beside the hit", async || {
        let told: Vec<String> = window.session().execute(beside, Vec::new()).await?.convert()?;
        Ok(told.iter().any(|words| words == "Sist bestilt i dag").then_some(()))
    })
    .await?;
    window.screenshot("last-ordered").await?;
    window.axe("hits with what was ordered before").await?;
    window.press(&[], Key::Enter).await?;
    window.button("Fjern Ferritin").await?;
    window.button("Endret behandling").await?.click().await?;
    window.gone("button", "Uventet svar").await?;

    window.press(&[Key::Control], '4').await?;
    window.heading("Labhåndbok").await?;
    let provider = "const link = [...document.querySelectorAll('.labbook__page .link-button')].find((each) => each.textContent.trim() === 'Balsam sykehus');
        link?.click();
        return link !== undefined;";
    e2e::process::until("the way to the provider's page", async || {
        let clicked: bool = window.session().execute(provider, Vec::new()).await?.convert()?;
        Ok(clicked.then_some(()))
    })
    .await?;
    window.heading("Beslutningsstøtte").await?;
    let counted = "const row = document.querySelector('[data-rule=retest-ferritin]');
        row?.scrollIntoView({ block: 'center' });
        return row ? [...row.querySelectorAll('td')].map((each) => each.textContent) : []";
    let counted: Vec<String> = window.session().execute(counted, Vec::new()).await?.convert()?;
    assert_eq!(counted, ["Varsler", "1", "1Endret behandling (1)"]);
    steps::every_look(&window, "rules-heeded").await?;
    window.close().await
}
