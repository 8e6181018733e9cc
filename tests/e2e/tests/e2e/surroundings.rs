//! The surroundings themselves: a test that leans on them must be able to trust them.

use std::fs;

use e2e::{KeyringState, Office, OfficeOptions};

#[tokio::test]
async fn what_is_printed_comes_out_of_the_printer_unchanged() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.queue("etiketter").await?;
    let label = b"^XA^FO20,20^FDBl\xc3\xa5b\xc3\xa6r^FS^XZ";
    let file = office.dir().join("label.zpl");
    fs::write(&file, label)?;
    let printed = office
        .desktop
        .command("lp")
        .env("CUPS_SERVER", office.spooler.server())
        .args(["-d", "etiketter"])
        .arg(&file)
        .output()?;
    assert!(printed.status.success());
    assert_eq!(printer.next_job().await?, label);
    Ok(())
}

#[tokio::test]
async fn a_hospital_that_comes_back_is_at_the_same_address() -> anyhow::Result<()> {
    let mut office = Office::open().await?;
    let before = office.hospital()?.url();
    office.close_hospital().await;
    assert!(reqwest::get(format!("{before}/v1/health")).await.is_err());
    office.open_hospital().await?;
    assert_eq!(office.hospital()?.url(), before);
    let answer = reqwest::get(format!("{before}/v1/health")).await?;
    assert!(answer.status().is_success());
    Ok(())
}

#[tokio::test]
async fn nothing_of_our_own_desktop_reaches_the_office() -> anyhow::Result<()> {
    let office = Office::open_with(OfficeOptions {
        keyring: KeyringState::Absent,
        without_hospital: true,
        ..OfficeOptions::default()
    })
    .await?;
    let shown = office.desktop.command("env").output()?;
    let shown = String::from_utf8(shown.stdout)?;
    let home = std::env::var("HOME")?;
    assert!(!shown.lines().any(|line| line == format!("HOME={home}")));
    assert!(!shown.contains("CARGO"), "{shown}");
    Ok(())
}
