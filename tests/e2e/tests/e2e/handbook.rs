//! Pages of the handbook on paper: the office's own printer behind a real spooler, or a file where no printer is chosen.

use e2e::{Key, Office, Window};
use serde_json::json;

use crate::morning::words;
use crate::steps;

#[tokio::test]
async fn a_page_of_the_handbook_comes_out_of_the_office_printer_whole_and_alone_on_one_sheet() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.page_queue("kontor", office.dir()).await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.press(&[Key::Control], '4').await?;
    window.heading("Labhåndbok").await?;
    read(&window, "Litium").await?;

    let file = office.dir().join("litium.pdf");
    window.button("Lagre som PDF").await?.click().await?;
    office.desktop.choose_file("Lagre siden fra håndboken", &file).await?;
    window.see("Lagret som litium.pdf.").await?;
    let kept = words(&office, &std::fs::read(&file)?)?;

    window.invoke("save_paper_queue", json!({"queue": "kontor"})).await?;
    window.button("Skriv ut").await?.click().await?;
    let sheet = printer.next_job().await?;
    window.see("Skrevet ut på kontor.").await?;
    let printed = words(&office, &sheet)?;
    for fact in [
        "Litium",
        "Balsam sykehus · Klinisk farmakologi",
        "NPU02613",
        "Tas 12 timer etter siste dose.",
        "Serum uten gel. Rød kork",
        "Tidspunkt for siste dose",
        "Også kalt",
        "Katalogversjon",
        "Demodata, ikke klinisk fasit.",
        "Kattskinnet legesenter",
    ] {
        assert!(printed.contains(fact) && kept.contains(fact), "{fact} is not on the sheet:\n{printed}");
    }
    for frame in ["Internlab", "Innstillinger", "Skriv ut", "Tilkoblet"] {
        assert!(!printed.contains(frame), "{frame} is on the sheet:\n{printed}");
    }
    assert_eq!(printed.matches('\u{c}').count(), 1, "one sheet:\n{printed}");
    window.screenshot("handbook-printed").await?;
    window.axe("a page that was printed").await?;
    window.close().await
}

/// Opens the page of the best hit by keyboard.
async fn read(window: &Window, name: &str) -> anyhow::Result<()> {
    window.field("Søk etter tjenester").await?.fill(name).await?;
    window.find("best hit", name).await?;
    window.press(&[], Key::Enter).await?;
    window.heading(name).await?;
    Ok(())
}
