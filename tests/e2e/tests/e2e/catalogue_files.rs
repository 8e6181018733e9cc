//! Catalogues where there is no line: from a file, with the hospital's plug pulled.

use std::fs;
use std::path::{Path, PathBuf};

use e2e::{Key, Office, Window};
use requisition::catalogue::delta::Delta;
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

#[tokio::test]
async fn a_package_and_then_what_changed_are_chosen_in_the_desktops_own_dialog_and_a_dialog_left_changes_nothing()
-> anyhow::Result<()> {
    let mut office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    office.close_hospital().await;
    window.press(&[Key::Control], '5').await?;
    window.button("Tjenesteytere og linjer").await?.click().await?;
    window.heading("Tjenesteytere og linjer").await?;

    let stick = office.dir().join("minnepinne");
    fs::create_dir_all(&stick)?;
    let package = put(&stick, "2098.1.1", |_| {})?;
    let first = package::read_unverified(&fs::read(&package)?)?;
    window.button("Velg fil …").await?.click().await?;
    office.desktop.leave_dialog(DIALOG).await?;
    window.button("Velg fil …").await?.click().await?;
    office.desktop.choose_file(DIALOG, &package).await?;
    window.see("katalog 2098.1.1 er tatt i bruk.").await?;

    let mut second = first.clone();
    second.version = "2098.1.2".into();
    second.provider.limits.clinical_text = 2_222;
    let delta = Delta::between(&first, &second)?;
    let (bytes, path) = (delta.pack()?, stick.join("balsam-lab.2098.1.1-2098.1.2.rkvdelta"));
    fs::write(&path, &bytes)?;
    window.button("Velg fil …").await?.click().await?;
    office.desktop.choose_file(DIALOG, &path).await?;
    window.see("Signaturen mangler.").await?;
    let signature = delta.sign(&bytes, &demo_key()?, None)?;
    fs::write(stick.join("balsam-lab.2098.1.1-2098.1.2.rkvdelta.minisig"), signature)?;
    window.button("Velg fil …").await?.click().await?;
    office.desktop.choose_file(DIALOG, &path).await?;
    window.see("katalog 2098.1.2 er tatt i bruk.").await?;
    window.see("Katalog 2098.1.2, gjelder fra").await?;
    window.close().await
}

/// What the dialog for catalogues is called.
const DIALOG: &str = "Les katalog fra fil";

fn demo_key() -> anyhow::Result<String> {
    Ok(fs::read_to_string(e2e::office::top().join("tests/hospital/keys/demo.key"))?)
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
    let path = stick.join("balsam-lab.rkvcat");
    fs::write(stick.join("balsam-lab.rkvcat.minisig"), package::sign(&bytes, &demo_key()?, None, &catalogue)?)?;
    fs::write(&path, bytes)?;
    Ok(path)
}
