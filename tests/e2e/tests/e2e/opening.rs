//! Opening the window: what stands in the way is said, with what to do about it, and nothing is lost.

use std::fs;

use e2e::{KeyringState, Office, OfficeOptions};

use crate::steps;

#[tokio::test]
async fn the_window_opens_and_says_what_it_is() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    assert_eq!(window.title().await?, "Rekvirent");
    window.heading("Før den første rekvisisjonen").await?;
    window.axe("guide").await?;
    window.screenshot("guide").await?;
    window.close().await
}

#[tokio::test]
async fn a_second_window_on_the_same_data_is_refused_politely_and_the_first_works_on() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let first = office.start().await?;
    steps::use_the_demo_office(&first).await?;

    let second = office.start().await?;
    second.heading("Rekvirent er allerede åpen").await?;
    second.see("Lukk det andre vinduet, og prøv igjen.").await?;
    second.axe("open elsewhere").await?;
    second.screenshot("open-elsewhere").await?;
    steps::begin(&first, &steps::ROLAND).await?;

    first.close().await?;
    second.button("Prøv igjen").await?.click().await?;
    second.see("Gundersen").await?;
    second.close().await
}

#[tokio::test]
async fn without_a_keyring_a_passphrase_is_offered_and_opens_the_data_again() -> anyhow::Result<()> {
    let office = Office::open_with(OfficeOptions { keyring: KeyringState::Absent, ..OfficeOptions::default() }).await?;
    let window = office.start().await?;
    window.heading("Ingen nøkkelring på denne maskinen").await?;
    window.axe("no keyring").await?;
    window.screenshot("no-keyring").await?;
    window.field("Passordfrase").await?.fill("en hest i regnet").await?;
    window.field("Gjenta passordfrasen").await?.fill("en hest i regnet").await?;
    window.button("Lag og åpne").await?.click().await?;
    window.heading("Før den første rekvisisjonen").await?;
    window.close().await?;

    let again = office.start().await?;
    again.heading("Skriv inn passordfrasen").await?;
    again.screenshot("passphrase").await?;
    again.field("Passordfrase").await?.fill("en hest i solen").await?;
    again.button("Åpne").await?.click().await?;
    again.see("Passordfrasen er feil.").await?;
    again.field("Passordfrase").await?.fill("en hest i regnet").await?;
    again.button("Åpne").await?.click().await?;
    again.heading("Før den første rekvisisjonen").await?;
    again.close().await
}

#[tokio::test]
async fn a_locked_keyring_is_said_and_after_unlocking_work_goes_on() -> anyhow::Result<()> {
    let mut office =
        Office::open_with(OfficeOptions { keyring: KeyringState::Locked, ..OfficeOptions::default() }).await?;
    let window = office.start().await?;
    window.heading("Nøkkelringen er låst").await?;
    window.axe("keyring locked").await?;
    window.screenshot("keyring-locked").await?;
    window.close().await?;
    office.desktop.set_keyring(KeyringState::Unlocked).await?;
    let window = office.start().await?;
    window.heading("Før den første rekvisisjonen").await?;
    window.close().await
}

#[tokio::test]
async fn data_whose_key_is_gone_stays_as_it_is() -> anyhow::Result<()> {
    let mut office = Office::open().await?;
    let window = office.start().await?;
    window.heading("Før den første rekvisisjonen").await?;
    window.close().await?;
    let store = office.data_dir().join("requisitions.sqlite");
    let before = fs::read(&store)?;

    office.desktop.forget_keyring().await?;
    let window = office.start().await?;
    window.heading("Nøkkelen til dataene mangler").await?;
    window.axe("key missing").await?;
    window.screenshot("key-missing").await?;
    window.close().await?;
    assert!(fs::read(&store)? == before, "the store was touched");
    Ok(())
}
