//! Keeping what the office has, in the real window: backups, the way back, a damaged file, and what an operator is sent.

use std::fs;

use e2e::{Key, Office, Window};

use crate::steps;

#[tokio::test]
async fn a_backup_is_made_gone_back_to_and_accounted_for() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::send_crp(&window).await?;
    open_storage(&window).await?;
    window.button("Ta kopi nå").await?.click().await?;
    window.see("Sikkerhetskopien er tatt og kontrollert.").await?;
    window.button("Lagre feilsøkingsfil").await?.click().await?;
    window.see("Lagret i").await?;
    steps::every_look(&window, "storage").await?;
    let files: Vec<_> = fs::read_dir(office.data_dir().join("diagnostics"))?.collect();
    let text = fs::read_to_string(files[0].as_ref().map_err(|error| anyhow::anyhow!("{error}"))?.path())?;
    assert!(!text.contains("Gundersen") && !text.contains(steps::ROLAND.number), "{text}");

    window.session().execute("document.querySelector('[data-backup] button').click()", Vec::new()).await?;
    window.see("Det som er gjort etter dette, kan mangle").await?;
    steps::every_look(&window, "restore").await?;
    window.session().execute("document.querySelector('[data-act=restore]').click()", Vec::new()).await?;
    window.heading("Hvem gjelder det?").await?;
    window.press(&[Key::Control], '3').await?;
    window.heading("Dataene er hentet fra en sikkerhetskopi").await?;
    steps::every_look(&window, "restored").await?;
    window.session().execute("document.querySelector('[data-act=restored-read]').click()", Vec::new()).await?;
    window.gone("heading", "Dataene er hentet fra en sikkerhetskopi").await?;
    // The queue was asked again, and the hospital saw that it was the same.
    assert_eq!(office.hospital()?.effects().len(), 1);
    window.close().await
}

#[tokio::test]
async fn a_damaged_file_is_said_at_start_and_a_backup_takes_its_place() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::every_catalogue(&window).await?;
    open_storage(&window).await?;
    window.button("Ta kopi nå").await?.click().await?;
    window.see("Sikkerhetskopien er tatt og kontrollert.").await?;
    window.close().await?;
    let store = office.data_dir().join("requisitions.sqlite");
    let mut bytes = fs::read(&store)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&store, &bytes)?;

    let window = office.start().await?;
    window.heading("Datafilen er skadet").await?;
    window.screenshot("damaged").await?;
    window.axe("damaged").await?;
    window.session().execute("document.querySelector('[data-backup] button').click()", Vec::new()).await?;
    window.see("Det som er gjort etter dette, kan mangle").await?;
    window.session().execute("document.querySelector('[data-act=restore]').click()", Vec::new()).await?;
    window.heading("Hvem gjelder det?").await?;
    assert!(fs::read(store.with_extension("sqlite.replaced"))? == bytes, "the damaged file is kept as it was");
    window.close().await
}

async fn open_storage(window: &Window) -> anyhow::Result<()> {
    window.press(&[Key::Control], '5').await?;
    window.button("Sikkerhetskopi og drift").await?.click().await?;
    window.heading("Sikkerhetskopi og drift").await?;
    Ok(())
}
