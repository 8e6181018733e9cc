//! Catalogues where there is no line: from a file, with the hospital's plug pulled.

use std::fs;
use std::path::{Path, PathBuf};

use e2e::{Key, Office, Window};
use requisition::catalogue::model::Catalogue;
use requisition::catalogue::{authoring, package};

use crate::steps;

#[tokio::test]
async fn a_package_from_a_stick_is_taken_into_use_with_the_line_down_and_one_of_a_later_day_waits() -> anyhow::Result<()>
{
    let mut office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    office.close_hospital().await;
    window.press(&[Key::Control], '5').await?;
    window.heading("Innstillinger").await?;
    window.button("Tjenesteytere og linjer").await?.click().await?;
    window.heading("Tjenesteytere og linjer").await?;

    let stick = office.dir().join("minnepinne");
    fs::create_dir_all(&stick)?;
    let package = put(&stick, "2098.1.1", |_| {})?;
    fs::rename(stick.join("balsam-lab.rkvcat.minisig"), stick.join("kopi.minisig"))?;
    import(&window, &package).await?;
    window.see("Signaturen mangler.").await?;
    window.screenshot("catalogue-file-refused").await?;
    fs::rename(stick.join("kopi.minisig"), stick.join("balsam-lab.rkvcat.minisig"))?;
    import(&window, &package).await?;
    window.see("katalog 2098.1.1 er tatt i bruk.").await?;
    window.see("Katalog 2098.1.1, gjelder fra").await?;

    let later = put(&stick, "2099.1.1", |catalogue| catalogue.valid_from = "2099-01-01".into())?;
    import(&window, &later).await?;
    window.see("katalog 2099.1.1 er lagret og tas i bruk").await?;
    window.see("Katalog 2099.1.1 er hentet og tas i bruk").await?;
    window.see("Katalog 2098.1.1, gjelder fra").await?;
    window.screenshot("connections-with-a-coming-catalogue").await?;
    window.axe("connections with a coming catalogue").await?;
    window.close().await
}

/// Types where the file is, as a person without a mouse does.
async fn import(window: &Window, path: &Path) -> anyhow::Result<()> {
    window.field("Eller skriv filens plassering").await?.fill(&path.display().to_string()).await?;
    window.press(&[], Key::Enter).await
}

/// A package of the demo laboratory, signed like the others.
fn put(stick: &Path, version: &str, change: impl FnOnce(&mut Catalogue)) -> anyhow::Result<PathBuf> {
    let top = e2e::office::top();
    let mut catalogue = authoring::build(&top.join("catalog-data/balsam-lab"))
        .map_err(|mistakes| anyhow::anyhow!("{} mistakes", mistakes.len()))?;
    catalogue.version = version.into();
    catalogue.valid_from = "2026-11-01".into();
    change(&mut catalogue);
    let bytes = package::pack(&catalogue)?;
    let key = fs::read_to_string(top.join("tests/hospital/keys/demo.key"))?;
    let path = stick.join("balsam-lab.rkvcat");
    fs::write(stick.join("balsam-lab.rkvcat.minisig"), package::sign(&bytes, &key, None, &catalogue)?)?;
    fs::write(&path, bytes)?;
    Ok(path)
}
