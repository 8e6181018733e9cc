//! The lab assistant's half: collect, print, scan, complete; and a printer that is gone.

use e2e::{Key, Office, Window};
use serde_json::json;

use crate::steps;

#[tokio::test]
async fn a_tube_is_labelled_through_the_spooler_confirmed_by_its_number_and_sent() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    collect_crp(&window).await?;
    window.button("Skriv ut etikett").await?.click().await?;
    window.axe("the question before a label is printed").await?;
    steps::sure_of_patient(&window).await?;
    let job = String::from_utf8(printer.next_job().await?)?;
    let number = number(&window).await?;
    assert_eq!(number.len(), 12);
    assert!(job.contains("^XA") && job.contains(&number), "the bars carry the number that the window shows");
    window.see("0 av 1 bekreftet").await?;
    window.screenshot("internal-lab-labelled").await?;
    window.axe("internal lab with a printed label").await?;

    window.button("Skriv inn nummer").await?.click().await?;
    window.field("Prøvenummer").await?.fill(&number).await?;
    window.press(&[], Key::Enter).await?;
    window.see("1 av 1 bekreftet").await?;
    window.button("Fullfør og send").await?.click().await?;
    // The lab is left only when it has let go of the requisition.
    window.gone("button", "Fullfør og send").await?;
    steps::open_first_row(&window).await?;
    window.see("Godtatt av mottaker").await?;
    let sent = office.hospital()?.received();
    assert!(String::from_utf8_lossy(&sent[0].bytes).contains(&number), "the tube and the message have one number");
    window.close().await
}

#[tokio::test]
async fn a_print_queue_that_is_gone_is_said_and_the_number_stays_with_its_tube() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let _printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    collect_crp(&window).await?;
    office.spooler.remove("etiketter")?;
    window.button("Skriv ut etikett").await?.click().await?;
    steps::sure_of_patient(&window).await?;
    window.see("Skriverkøen finnes ikke lenger.").await?;
    let before = number(&window).await?;
    assert_eq!(before.len(), 12, "it was numbered before the printer was asked");
    window.screenshot("printer-gone").await?;
    let _printer = office.spooler.queue("etiketter").await?;
    window.button("Skriv ut etikett").await?.click().await?;
    window.button("Skriv ut på nytt").await?;
    assert_eq!(number(&window).await?, before);
    window.close().await
}

#[tokio::test]
async fn every_fault_of_a_printer_is_said_and_the_label_comes_out_when_it_is_mended() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut queue = office.spooler.queue("etiketter").await?;
    office.spooler.queue_to_nobody("avslaatt")?;
    let mut zebra = e2e::Printer::listen().await?;
    let window = office.start().await?;
    collect_crp(&window).await?;

    // The spooler holds the queue: nothing is put into it, to come out beside another patient.
    office.spooler.stop("etiketter", true)?;
    window.button("Skriv ut etikett").await?.click().await?;
    steps::sure_of_patient(&window).await?;
    window.see("Skriveren er stoppet: tom for papir").await?;
    let before = number(&window).await?;
    assert_eq!(before.len(), 12);

    // Nobody listens at the address of the label printer.
    let nobody = e2e::Printer::listen().await?.address().to_string();
    choose(&window, "socket", &nobody).await?;
    window.button("Skriv ut etikett").await?.click().await?;
    window.see("Skriveren svarer ikke.").await?;

    // The label printer is out of paper, and says so when it is asked.
    zebra.out_of_paper(true);
    choose(&window, "socket", &zebra.address().to_string()).await?;
    window.button("Skriv ut etikett").await?.click().await?;
    window.see("Skriveren er stoppet: tom for papir").await?;
    window.screenshot("printer-out-of-paper").await?;

    // The spooler takes the job, and the printer behind it is switched off: the job is taken back.
    choose(&window, "queue", "avslaatt").await?;
    window.button("Skriv ut etikett").await?.click().await?;
    e2e::process::until("the job to be given up", async || {
        let shown = window.text().await?;
        let words = ["utskriften er tatt tilbake", "Skriverkøen ga opp utskriften", "Utskriften ble avbrutt"];
        Ok(words.iter().any(|said| shown.contains(said)).then_some(()))
    })
    .await?;
    assert_eq!((queue.jobs_waiting(), zebra.jobs_waiting()), (0, 0), "nothing came out anywhere");

    // Paper is put in: one label comes out, under the same number, and it is no copy unless one may be lying somewhere.
    zebra.out_of_paper(false);
    choose(&window, "socket", &zebra.address().to_string()).await?;
    window.button("Skriv ut etikett").await?.click().await?;
    let job = String::from_utf8(zebra.next_job().await?)?;
    assert!(job.contains(&before), "the number is the one from before");
    assert_eq!(number(&window).await?, before);
    office.spooler.stop("etiketter", false)?;
    choose(&window, "queue", "etiketter").await?;
    window.button("Skriv ut på nytt").await?.click().await?;
    let again = String::from_utf8(queue.next_job().await?)?;
    assert!(again.contains(&before) && again != job, "a reprint is the same label, marked");
    window.close().await
}

async fn choose(window: &Window, kind: &str, target: &str) -> anyhow::Result<()> {
    let form = json!({"form": {"kind": kind, "target": target, "stock": "50x25mm", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    window.see(target).await
}

/// Chooses the printer, orders one analysis and opens it in the internal lab.
async fn collect_crp(window: &Window) -> anyhow::Result<()> {
    steps::use_the_demo_office(window).await?;
    let form = json!({"form": {"kind": "queue", "target": "etiketter", "stock": "50x25mm", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    steps::begin(window, &steps::ROLAND).await?;
    steps::add(window, "crp", "CRP").await?;
    window.button("Ta prøve nå").await?.click().await?;
    window.heading("Prøver i tapperekkefølge").await?;
    Ok(())
}

/// The number of the one tube that waits.
async fn number(window: &Window) -> anyhow::Result<String> {
    let waiting = window.invoke("worklist", json!({})).await?;
    let open = window.invoke("collection", json!({"id": waiting[0]["id"]})).await?;
    Ok(open["requisition"]["specimens"][0]["number"].as_str().unwrap_or_default().to_owned())
}
