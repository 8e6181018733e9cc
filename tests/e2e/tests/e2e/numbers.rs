//! Specimen numbers that run low and out, in the real window: it alarms, labels are refused and nothing is lost, and a station
//! number from paper lets the work go on.

use e2e::{Key, Office, OfficeOptions, Window};
use serde_json::json;

use crate::steps;

#[tokio::test]
async fn numbers_that_run_out_alarm_and_tubes_wait_until_a_station_number_from_paper_is_typed() -> anyhow::Result<()> {
    let options = OfficeOptions { scarce_numbers: Some(32), ..OfficeOptions::default() };
    let mut office = Office::open_with(options).await?;
    let mut printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let form = json!({"form": {"kind": "queue", "target": "etiketter", "stock": "50x25mm", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    // There is one block, and no more where that came from.
    window.invoke("test_connection", json!({"provider": "balsam-lab"})).await?;

    // Two tubes, and the block is low: the internal lab says so before it bites.
    to_internal_lab(&window).await?;
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    steps::sure_of_patient(&window).await?;
    let job = String::from_utf8(printer.next_job().await?)?;
    assert!(job.contains("700000000001"), "a number of the laboratory's own series");
    window.see("Bare 30 prøvenumre igjen").await?;
    window.see("Be om et stasjonsnummer på papir").await?;
    steps::every_look(&window, "numbers-low").await?;

    // The program is started again with the line down: what was covered is burned, and there is none left.
    window.close().await?;
    office.close_hospital().await;
    let window = office.start().await?;
    to_internal_lab(&window).await?;
    window.see("Ingen prøvenumre til").await?;
    window.see("Ingenting er tapt").await?;
    window.button("Internlab , 2 venter , 2 alarmer").await?;
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    steps::sure_of_patient(&window).await?;
    window.see("Alle prøvenumre til laboratoriet er brukt.").await?;
    window.see("Etikettene er ikke laget, og ingenting er tapt.").await?;
    steps::every_look(&window, "numbers-out").await?;
    // At 200 % as well, what is told covers nothing that is read or pressed at the foot of the screen.
    window.resize(640, 400).await?;
    let clear = "const told = document.querySelector('.toast').getBoundingClientRect();
        return [...document.querySelectorAll('.strip, .collecting__actions')].map((foot) => foot.getBoundingClientRect())
            .every((foot) => told.bottom <= foot.top || told.top >= foot.bottom);";
    let clear: bool = window.session().execute(clear, Vec::new()).await?.convert()?;
    window.screenshot("numbers-out-200").await?;
    assert!(clear, "the words at the foot are covered");
    window.resize(1280, 800).await?;
    let waiting = window.invoke("worklist", json!({})).await?;
    assert_eq!(waiting.as_array().map(Vec::len), Some(2), "both requisitions stand in the list");
    assert_eq!(printer.jobs_waiting(), 0, "no label came out without a number");

    // The hospital gave a number on paper. A slip of the finger is not another office's number.
    window.button("Skriv inn stasjonsnummer").await?.click().await?;
    window.heading("Prøvenumre").await?;
    station(&window, "31415", "31451").await?;
    window.see("De to er ikke like.").await?;
    steps::every_look(&window, "numbers-from-paper").await?;
    station(&window, "31415", "31415").await?;
    window.see("stasjonsnummer 31415. Prøvenumre lages her").await?;
    steps::every_look(&window, "numbers-station").await?;

    window.press(&[Key::Control], '2').await?;
    // The second in the list is the one without numbers.
    steps::click(&window, "li:nth-child(2) > .lab__item").await?;
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    let job = String::from_utf8(printer.next_job().await?)?;
    assert!(job.contains("31415"), "the tubes wait no longer");
    window.gone("button", "Skriv ut 2 etiketter").await?;
    // The other hospitals have given nothing to this workstation: theirs is not vouched for by this one's.
    assert!(!window.text().await?.contains(&format!("Ingen prøvenumre til {GIVER}")), "the alarm has ended");
    window.close().await
}

/// Orders two tubes' worth for the patient and opens it in the internal lab.
async fn to_internal_lab(window: &Window) -> anyhow::Result<()> {
    window.press(&[Key::Control], '1').await?;
    steps::begin(window, &steps::ROLAND).await?;
    steps::add(window, "hemoglobin", "Hemoglobin").await?;
    steps::add(window, "crp", "CRP").await?;
    window.button("Ta prøve nå").await?.click().await?;
    window.heading("Prøver i tapperekkefølge").await?;
    Ok(())
}

/// The hospital whose numbers ran out, as its catalogue names it.
const GIVER: &str = "Balsam sykehus";

async fn station(window: &Window, station: &str, again: &str) -> anyhow::Result<()> {
    window.field("Hvem ga nummeret?").await?.choose(GIVER).await?;
    window.field("Stasjonsnummer, fem siffer").await?.fill(station).await?;
    window.field("Én gang til").await?.fill(again).await?;
    window.button("Ta i bruk").await?.click().await
}
