//! Paper in the real window: a sheet of labels that was begun goes on where it was left, and a form for a printer that is
//! switched off is not called printed. The spooler is a real CUPS.

use std::process::Command;

use e2e::printing::Printer;
use e2e::{Key, Office, Window};
use serde_json::{Value, json};

use crate::morning::words;
use crate::steps;

#[tokio::test]
async fn a_sheet_of_labels_goes_on_at_the_label_that_somebody_chooses_and_the_next_print_begins_behind_it()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.page_queue("kontor", office.dir()).await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let form = json!({"form": {"kind": "queue", "target": "kontor", "stock": "a4-3x8", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    let id = waiting(&window).await?;
    window.press(&[Key::Control], '2').await?;
    steps::click(&window, &format!(".lab__item[data-requisition=\"{id}\"]")).await?;
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    steps::sure_of_patient(&window).await?;

    window.heading("Hvor på arket?").await?;
    window.see("Begynner på etikett 1 av 24.").await?;
    steps::every_look(&window, "sheet-new").await?;
    // Down a row and one to the right: the fifth.
    window.press(&[], Key::Down).await?;
    window.press(&[], Key::Right).await?;
    window.see("Begynner på etikett 5 av 24.").await?;
    assert!(window.focused().await?.contains("Etikett 5, rad 2, kolonne 2"), "{}", window.focused().await?);
    window.screenshot("sheet-begun").await?;
    window.press(&[], Key::Enter).await?;
    assert_eq!(cells(&office, &printer.next_job().await?)?, [5, 6]);

    // A label again: it is offered behind those two.
    window.button("Skriv ut på nytt").await?.click().await?;
    window.see("Begynner på etikett 7 av 24.").await?;
    window.screenshot("sheet-goes-on").await?;
    window.press(&[], Key::End).await?;
    window.see("Begynner på etikett 24 av 24.").await?;
    window.press(&[], Key::Enter).await?;
    assert_eq!(cells(&office, &printer.next_job().await?)?, [24]);
    let offered = json!({"id": id, "specimens": [], "first": null, "before": null});
    assert_eq!(window.invoke("label_sheet", offered).await.err().map(|_| ()), Some(()), "no label, no sheet");
    window.button("Skriv ut på nytt").await?.click().await?;
    window.see("Begynner på etikett 1 av 24.").await?;
    window.press(&[], Key::Escape).await?;
    window.gone("heading", "Hvor på arket?").await?;
    window.close().await
}

#[tokio::test]
async fn where_no_spooler_runs_the_settings_say_so_and_what_to_do_and_a_printer_on_the_network_can_be_chosen()
-> anyhow::Result<()> {
    let mut office = Office::open().await?;
    office.spooler.end();
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.press(&[Key::Control], '5').await?;
    window.button("Utskrift").await?.click().await?;
    window.see("Utskriftstjenesten på denne maskinen svarer ikke.").await?;
    window.see("Se om den er i gang, eller velg en etikettskriver på nettet.").await?;
    steps::every_look(&window, "settings-no-spooler").await?;
    // What is asked again is answered again, and never with an empty list that looks like an answer.
    window.button("Se etter skrivere igjen").await?.click().await?;
    window.see("Utskriftstjenesten på denne maskinen svarer ikke.").await?;
    window.field("en etikettskriver på nettet (ZPL)").await?.click().await?;
    let text = window.text().await?;
    assert!(!text.contains("svarer ikke"), "a printer on the network needs no spooler: {text}");
    window.close().await
}

#[tokio::test]
async fn a_form_for_a_printer_that_is_switched_off_is_said_to_wait_until_it_is_taken_back_or_the_printer_is_on()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let port = office.spooler.page_queue_to_nobody("kontor", office.dir())?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.invoke("save_paper_queue", json!({"queue": "kontor"})).await?;
    steps::send_crp(&window).await?;
    steps::open_first_row(&window).await?;
    steps::click(&window, ".drawer__more").await?;
    steps::click(&window, "[data-act=print_form]").await?;

    window.see("Rekvisisjon, Gundersen, Roland:").await?;
    window.see("Ikke skrevet ut: kontor").await?;
    assert!(!window.text().await?.contains("Skrevet ut på kontor"));
    steps::every_look(&window, "paper-waits").await?;
    window.button("Ta tilbake").await?.click().await?;
    // A printer that refuses the connection is told by no keyword, so the spooler cannot say that nothing reached it.
    window.see("Tatt tilbake.").await?;
    window.screenshot("paper-taken-back").await?;
    steps::click(&window, ".papers .icon-button").await?;
    gone(&window).await?;

    // Printed again, and this time somebody switches the printer on.
    steps::click(&window, ".drawer__more").await?;
    steps::click(&window, "[data-act=print_form]").await?;
    window.see("Ikke skrevet ut: kontor").await?;
    let mut printer = Printer::listen_at(port).await?;
    let form = words(&office, &printer.next_job().await?)?;
    assert!(form.contains("Gundersen"), "{form}");
    window.see("Skrevet ut på kontor.").await?;
    window.screenshot("paper-printed").await?;
    // What came out is said for a while, and then forgotten.
    gone(&window).await?;
    window.close().await
}

#[tokio::test]
async fn a_form_that_still_waits_is_told_of_after_a_restart_and_one_the_spooler_forgot_is_not() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let port = office.spooler.page_queue_to_nobody("kontor", office.dir())?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.invoke("save_paper_queue", json!({"queue": "kontor"})).await?;
    steps::send_crp(&window).await?;
    print_first_form(&window).await?;
    window.kill().await?;

    // The machine lost power; the spooler has the form still.
    let window = office.start().await?;
    window.see("Rekvisisjon, Gundersen, Roland:").await?;
    window.see("Ikke skrevet ut: kontor").await?;
    window.screenshot("paper-waits-restarted").await?;
    window.axe("a form that waits since before").await?;
    let mut printer = Printer::listen_at(port).await?;
    assert!(words(&office, &printer.next_job().await?)?.contains("Gundersen"));
    window.see("Skrevet ut på kontor.").await?;
    gone(&window).await?;
    drop(printer);

    // Taken back by somebody it is not told of again, nor is what the spooler no longer knows.
    print_first_form(&window).await?;
    window.button("Ta tilbake").await?.click().await?;
    window.see("Tatt tilbake.").await?;
    print_first_form(&window).await?;
    window.close().await?;
    office.spooler.forget_jobs("kontor").await?;
    let window = office.start().await?;
    window.heading("Hvem gjelder det?").await?;
    // A form that was printed since has had its time to wait: those of before were asked about long ago.
    print_first_form(&window).await?;
    let jobs = window.invoke("paper_jobs", json!({})).await?;
    assert_eq!(jobs.as_array().map(Vec::len), Some(1), "{jobs}");
    window.close().await
}

#[tokio::test]
async fn a_raw_queue_is_refused_sheets_where_it_is_chosen_and_its_test_label_can_be_pressed_once_it_is_saved()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.queue("etiketter").await?;
    let _pages = office.spooler.page_queue("kontor", office.dir()).await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.press(&[Key::Control], '5').await?;
    steps::click(&window, "[data-section=printing]").await?;
    steps::click(&window, "[data-queue=etiketter] input").await?;
    window.field("Etikett").await?.choose("A4, 3 × 8").await?;
    let refused = "Denne køen gir etikettskriveren det den får, og tar ikke ark.";
    window.see(refused).await?;
    steps::every_look(&window, "sheet-on-raw-queue").await?;
    // The queue may have become another since it was looked at: it is asked again when it is saved.
    let form = json!({"form": {"kind": "queue", "target": "etiketter", "stock": "a4-3x8", "dpi": 203}});
    let saved = window.invoke("save_printing", form).await;
    assert!(saved.is_err_and(|error| error.to_string().contains("sheet_on_raw_queue")));
    steps::click(&window, "[data-queue=kontor] input").await?;
    e2e::process::until("the warning to go", async || Ok((!window.text().await?.contains(refused)).then_some(())))
        .await?;

    steps::click(&window, "[data-queue=etiketter] input").await?;
    window.field("Etikett").await?.choose("50 × 25 mm").await?;
    steps::click(&window, "[data-act=save-printing]").await?;
    steps::click(&window, "[data-act=test-label]:enabled").await?;
    assert!(String::from_utf8(printer.next_job().await?)?.contains("^XA"));
    window.see("Skriveren har fått testetiketten.").await?;
    window.close().await
}

/// Prints the form of the newest requisition, and waits until it is said to wait at its printer.
async fn print_first_form(window: &Window) -> anyhow::Result<()> {
    steps::open_first_row(window).await?;
    steps::click(window, ".drawer__more").await?;
    steps::click(window, "[data-act=print_form]").await?;
    e2e::process::until("the form to wait", async || {
        let jobs = window.invoke("paper_jobs", json!({})).await?;
        let waits = jobs.as_array().is_some_and(|jobs| jobs.iter().any(|job| job["state"]["state"] == "waits"));
        Ok(waits.then_some(()))
    })
    .await
}

async fn gone(window: &Window) -> anyhow::Result<()> {
    e2e::process::until("nothing to be on its way to paper", async || {
        let jobs = window.invoke("paper_jobs", json!({})).await?;
        Ok(jobs.as_array().is_some_and(Vec::is_empty).then_some(()))
    })
    .await
}

/// A requisition with two tubes that waits in the internal lab; its id.
async fn waiting(window: &Window) -> anyhow::Result<String> {
    let patient = steps::ROLAND;
    let form = json!({"form": {
        "number": patient.number, "family": patient.family, "given": patient.given, "birth_date": "", "sex": "", "phone": "",
        "street": "", "postal_code": "", "city": ""
    }});
    let draft = window.invoke("start_draft", form).await?["draft"]["id"].clone();
    for service in ["hemoglobin", "crp"] {
        let edit = json!({"edit": "add_service", "provider": "balsam-lab", "service": service});
        window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await?;
    }
    let made: Value = window.invoke("hand_on", json!({"id": draft, "way": "internal_lab"})).await?;
    Ok(made["requisitions"][0].as_str().unwrap_or_default().to_owned())
}

/// On which labels of an `a4-3x8` sheet something is printed, counted from 1: where poppler finds the family name.
fn cells(office: &Office, pages: &[u8]) -> anyhow::Result<Vec<u32>> {
    let path = office.dir().join("sheet.pdf");
    std::fs::write(&path, pages)?;
    let read = Command::new("pdftotext").arg("-bbox").arg(&path).arg("-").output()?;
    anyhow::ensure!(read.status.success(), "what was printed is no PDF");
    let points_per_mm = 72.0 / 25.4;
    let text = String::from_utf8(read.stdout)?;
    let names = text.lines().filter(|line| line.contains(">GUNDERSEN,<"));
    let cell = |line: &str| -> Option<u32> {
        let edge = |name: &str| -> Option<f64> {
            let (_, rest) = line.split_once(&format!("{name}=\""))?;
            rest.split('"').next()?.parse().ok()
        };
        let (x, y) = (edge("xMin")? / points_per_mm, edge("yMin")? / points_per_mm);
        let (column, row) = ((x / 70.0).floor(), ((y - 0.5) / 37.0).floor());
        Some((row * 3.0 + column) as u32 + 1)
    };
    names.map(|line| cell(line).ok_or_else(|| anyhow::anyhow!("{line}"))).collect()
}
