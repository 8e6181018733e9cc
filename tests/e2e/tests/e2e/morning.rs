//! A morning in the internal lab, in the real window: twelve patients one at a time, a printer, a scanner, and what goes wrong.

use e2e::{Key, Office, Printer, Window};
use serde_json::{Value, json};

use crate::steps::{self, Patient};

/// Twelve made-up people; the numbers are synthetic (month + 80) or those of the national test persons.
const PATIENTS: [Patient; 12] = [
    Patient { number: "13116900216", given: "Line", family: "Danser" },
    Patient { number: "14019800513", given: "Folke", family: "Danser" },
    Patient { number: "12057900499", given: "Gry", family: "Telokk" },
    Patient { number: "21016400952", given: "Finn", family: "Dottno" },
    Patient { number: "15076500565", given: "Roland", family: "Gundersen" },
    Patient { number: "03845112079", given: "Ánne Márjá", family: "Østensjø-Ćalliliid" },
    Patient { number: "12898824126", given: "Áŋŧe", family: "Đoarvvu" },
    Patient { number: "30867431558", given: "Sæbjørg", family: "Åsgård" },
    Patient { number: "08916340231", given: "Ylva", family: "Bråthen" },
    Patient { number: "22829213323", given: "Øyvind", family: "Hæreid" },
    Patient { number: "17924522496", given: "Niillas", family: "Sárá" },
    Patient { number: "05855931135", given: "Maximiliane Antoinette", family: "Wolfeschlegelsteinhausen" },
];

#[tokio::test]
async fn twelve_patients_are_collected_labelled_scanned_and_sent_and_no_tube_goes_astray() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut queue = office.spooler.queue("etiketter").await?;
    let mut zebra = Printer::listen().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let mut ids = Vec::new();
    for (at, patient) in PATIENTS.iter().enumerate() {
        let services: &[&str] = if at == 8 { &["crp", "ifobt"] } else { &["hemoglobin", "crp"] };
        ids.push(order(&window, patient, services, at == 4).await?);
    }
    choose_printer(&window, "queue", "etiketter").await?;
    window.press(&[Key::Control], '2').await?;
    window.see("12 venter").await?;
    window.screenshot("morning-list").await?;

    // The first two, all as it should be. The second is asked about again: another patient was open a moment ago.
    let first = ordinary(&window, &mut queue, &ids[0]).await?;
    open(&window, &ids[1]).await?;
    window.see("Danser, Line var åpen her").await?;
    window.screenshot("morning-another-patient-a-moment-ago").await?;
    window.axe("another patient was open a moment ago").await?;
    ordinary(&window, &mut queue, &ids[1]).await?;

    // A tube of the first patient lies about and is scanned beside the third: it stops, whatever has the focus.
    print(&window, &mut queue, &ids[2]).await?;
    window.scan(&first[0]).await?;
    window.see("Stopp! Feil rør.").await?;
    window.see("allerede brukt og sendt").await?;
    window.screenshot("morning-wrong-tube").await?;
    window.axe("a wrong tube").await?;
    window.button("Forstått").await?.click().await?;
    finish(&window, &ids[2]).await?;

    // The fourth is labelled and put back: that alarms on every screen, and its tube stops beside the fifth.
    let lying = print(&window, &mut queue, &ids[3]).await?;
    window.button("Legg tilbake").await?.click().await?;
    window.see("1 merket, ikke sendt").await?;
    window.press(&[Key::Control], '3').await?;
    window.button("Internlab , 9 venter , 1 alarm").await?.click().await?;
    window.screenshot("morning-labelled-not-sent").await?;
    window.axe("labels that lie about").await?;
    looks(&window).await?;
    print(&window, &mut queue, &ids[4]).await?;
    window.scan(&lying[0]).await?;
    window.see("Nummeret hører til en annen pasient.").await?;
    window.button("Forstått").await?.click().await?;
    finish(&window, &ids[4]).await?;
    // Scanned with nothing open, from another screen, it opens its own requisition.
    window.press(&[Key::Control], '1').await?;
    window.scan(&lying[0]).await?;
    shown(&window, &ids[3]).await?;
    finish(&window, &ids[3]).await?;

    // From here on a label printer on the network.
    choose_printer(&window, "socket", &zebra.address().to_string()).await?;

    // A clotted tube is taken again: a new number, and the old tube stops.
    let before = print(&window, &mut zebra, &ids[5]).await?;
    let spoiled = json!({"act": "spoiled", "specimen": specimens(&window, &ids[5]).await?[0]["id"], "reason": "clotted", "retake": true});
    window.invoke("record", json!({"id": ids[5], "act": spoiled})).await?;
    window.see("Ødelagt").await?;
    window.button("Skriv ut etikett").await?.click().await?;
    let job = String::from_utf8(zebra.next_job().await?)?;
    assert!(!before.iter().any(|number| job.contains(number.as_str())), "a retaken specimen has a new number, always");
    window.scan(&before[0]).await?;
    window.see("Legg røret bort. Det skal ikke sendes.").await?;
    window.screenshot("morning-spoiled-tube-scanned").await?;
    window.button("Forstått").await?.click().await?;
    finish(&window, &ids[5]).await?;

    // Only a part is taken: it is sent, and the rest stays in the list with its number.
    let both = print(&window, &mut zebra, &ids[6]).await?;
    let rest = specimens(&window, &ids[6]).await?[1]["id"].clone();
    window.invoke("record", json!({"id": ids[6], "act": {"act": "undo", "specimen": rest}})).await?;
    window.see("blir stående som ny oppgave.").await?;
    window.scan(&both[0]).await?;
    window.see("Bekreftet.").await?;
    window.button("Fullfør og send").await?.click().await?;
    window.gone("button", "Fullfør og send").await?;
    window.see("6 venter").await?;

    // Nobody scanned the tubes of the eighth: it goes when somebody says why, and the laboratory reads it.
    print(&window, &mut zebra, &ids[7]).await?;
    window.button("Fullfør og send").await?.click().await?;
    window.heading("2 etiketter er ikke skannet på rørene").await?;
    window.screenshot("morning-unscanned").await?;
    window.axe("labels that were not scanned").await?;
    window.field("etiketten lar seg ikke lese").await?.click().await?;
    window.button("Send uten skanning").await?.click().await?;
    window.gone("button", "Fullfør og send").await?;

    // The ninth fills a container at home: it is labelled now, and its scan on return asks when it was taken.
    let home = from_home(&window, &mut zebra, &ids[8]).await?;
    window.scan(&home).await?;
    window.heading("er i retur").await?;
    window.screenshot("morning-back-from-home").await?;
    window.button("I dag 07:00").await?.click().await?;
    window.button("Registrer retur").await?.click().await?;
    finish(&window, &ids[8]).await?;

    for id in &ids[9..] {
        ordinary(&window, &mut zebra, id).await?;
    }
    let left = window.invoke("worklist", json!({})).await?;
    assert_eq!(left.as_array().map(Vec::len), Some(1), "only what was not taken waits");
    arrived(&office, &window).await?;
    packed(&office, &window, &first[0], &ids[0]).await?;
    window.close().await
}

/// The list with an alarm, and the question before a label, in dark and enlarged.
async fn looks(window: &Window) -> anyhow::Result<()> {
    for theme in ["dark", "light"] {
        let chosen = json!({"form": {"language": "nb", "theme": theme}});
        window.invoke("save_preferences", chosen).await?;
        window.screenshot(&format!("morning-alarm-{theme}")).await?;
        window.axe(&format!("the list with an alarm, {theme}")).await?;
    }
    window.resize(640, 800).await?;
    window.screenshot("morning-alarm-enlarged").await?;
    window.axe("the list with an alarm, enlarged").await?;
    window.resize(1280, 800).await
}

/// What was sent is packed envelope by envelope; the lists and a form come out of the office's printer.
async fn packed(office: &Office, window: &Window, number: &str, sent: &str) -> anyhow::Result<()> {
    let mut printer = office.spooler.page_queue("kontor", office.dir()).await?;
    window.invoke("save_paper_queue", json!({"queue": "kontor"})).await?;
    window.button("Pakkseddel og budliste").await?.click().await?;
    window.heading("Konvolutt 1").await?;
    window.screenshot("morning-packing").await?;
    window.axe("the packing list").await?;
    window.button("Skriv ut budliste").await?.click().await?;
    let courier = words(office, &printer.next_job().await?)?;
    assert!(
        courier.contains("Budliste") && !courier.contains("Danser"),
        "the courier's list names no patient: {courier}"
    );
    window.invoke("print_packing", json!({"courier": false})).await?;
    let packing = words(office, &printer.next_job().await?)?;
    let grouped = format!("{} {} {}", &number[..4], &number[4..8], &number[8..]);
    assert!(packing.contains(&grouped) && packing.contains("Danser, Line"), "{packing}");
    window.invoke("print_form", json!({"id": sent})).await?;
    let form = words(office, &printer.next_job().await?)?;
    assert!(form.contains(&grouped) && form.contains("SENDT"), "{form}");
    Ok(())
}

/// The words on printed pages.
pub(crate) fn words(office: &Office, pages: &[u8]) -> anyhow::Result<String> {
    let path = office.dir().join("printed.pdf");
    std::fs::write(&path, pages)?;
    let read = std::process::Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output()?;
    anyhow::ensure!(read.status.success(), "what was printed is no PDF");
    Ok(String::from_utf8(read.stdout)?)
}

/// Everything that was sent is at the hospital once, with numbers that no two of them share.
async fn arrived(office: &Office, window: &Window) -> anyhow::Result<()> {
    e2e::process::until("everything to be sent", async || {
        let status = window.invoke("status", json!({})).await?;
        Ok((status["queued"] == 0 && office.hospital()?.received().len() == 12).then_some(()))
    })
    .await?;
    let mut numbers = std::collections::HashSet::new();
    let mut told = 0;
    for message in office.hospital()?.received() {
        let text = String::from_utf8_lossy(&message.bytes).into_owned();
        told += usize::from(text.contains("Etiketten ble ikke skannet på beholderen"));
        let own: std::collections::HashSet<String> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| digits.len() == 12 && requisition::numbers::SpecimenNumber::parse(digits).is_ok())
            .map(str::to_owned)
            .collect();
        assert!(!own.is_empty(), "a message without a specimen number");
        for number in own {
            assert!(numbers.insert(number), "a number in two messages");
        }
    }
    assert_eq!(told, 1, "the laboratory reads what was not scanned, of that patient alone");
    Ok(())
}

/// Prints, scans and sends.
async fn ordinary(window: &Window, printer: &mut Printer, id: &str) -> anyhow::Result<Vec<String>> {
    let numbers = print(window, printer, id).await?;
    finish(window, id).await?;
    Ok(numbers)
}

/// Opens a requisition, makes sure of the patient, and prints its labels; the numbers on them.
async fn print(window: &Window, printer: &mut Printer, id: &str) -> anyhow::Result<Vec<String>> {
    open(window, id).await?;
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    steps::sure_of_patient(window).await?;
    let job = String::from_utf8(printer.next_job().await?)?;
    let numbers = numbers(window, id).await?;
    assert!(
        numbers.len() == 2 && numbers.iter().all(|number| job.contains(number.as_str())),
        "the labels that were asked for"
    );
    Ok(numbers)
}

/// Scans every tube that is here and was not scanned, and sends.
async fn finish(window: &Window, id: &str) -> anyhow::Result<()> {
    for specimen in specimens(window, id).await? {
        let here = matches!(specimen["status"]["status"].as_str(), Some("planned" | "collected"));
        if here && specimen["confirmed"].is_null() {
            window.scan(specimen["number"].as_str().unwrap_or_default()).await?;
            confirmed(window, id, &specimen["id"]).await?;
        }
    }
    window.see("Alle rør her er bekreftet.").await?;
    window.button("Fullfør og send").await?.click().await?;
    window.gone("button", "Fullfør og send").await
}

async fn confirmed(window: &Window, id: &str, specimen: &Value) -> anyhow::Result<()> {
    e2e::process::until("the scan to be taken down", async || {
        let now = specimens(window, id).await?;
        let scanned = now.iter().any(|one| one["id"] == *specimen && !one["confirmed"].is_null());
        Ok(scanned.then_some(()))
    })
    .await
}

/// Labels a tube and a container that goes home, and sends what is here; the number of the container.
async fn from_home(window: &Window, printer: &mut Printer, id: &str) -> anyhow::Result<String> {
    open(window, id).await?;
    let container = specimens(window, id).await?.into_iter().find(|one| one["take_home"] == true);
    let container = container.unwrap_or_default()["id"].clone();
    window.invoke("record", json!({"id": id, "act": {"act": "at_home", "specimen": container}})).await?;
    window.see("Venter på retur").await?;
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    steps::sure_of_patient(window).await?;
    printer.next_job().await?;
    let labelled = specimens(window, id).await?;
    let number = labelled.iter().find(|one| one["id"] == container).map(|one| one["number"].clone());
    Ok(number.unwrap_or_default().as_str().unwrap_or_default().to_owned())
}

async fn open(window: &Window, id: &str) -> anyhow::Result<()> {
    let click = format!(
        "const row = document.querySelector('.lab__item[data-requisition=\"{id}\"]'); row?.click(); return row !== null"
    );
    e2e::process::until("the patient in the list", async || {
        let clicked: bool = window.session().execute(&click, Vec::new()).await?.convert()?;
        Ok(clicked.then_some(()))
    })
    .await?;
    shown(window, id).await
}

/// Waits until a requisition is open.
async fn shown(window: &Window, id: &str) -> anyhow::Result<()> {
    let shown = format!("return document.querySelector('.collecting[data-requisition=\"{id}\"]') !== null");
    e2e::process::until("the requisition to be open", async || {
        let there: bool = window.session().execute(&shown, Vec::new()).await?.convert()?;
        Ok(there.then_some(()))
    })
    .await
}

async fn specimens(window: &Window, id: &str) -> anyhow::Result<Vec<Value>> {
    let view = window.invoke("collection", json!({"id": id})).await?;
    Ok(view["requisition"]["specimens"].as_array().cloned().unwrap_or_default())
}

async fn numbers(window: &Window, id: &str) -> anyhow::Result<Vec<String>> {
    let all = specimens(window, id).await?;
    Ok(all.iter().filter_map(|one| one["number"].as_str().map(str::to_owned)).collect())
}

async fn choose_printer(window: &Window, kind: &str, target: &str) -> anyhow::Result<()> {
    let form = json!({"form": {"kind": kind, "target": target, "stock": "50x25mm", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    Ok(())
}

/// Orders for a patient and hands it to the internal lab; the requisition's id.
async fn order(window: &Window, patient: &Patient, services: &[&str], urgent: bool) -> anyhow::Result<String> {
    let form = json!({"form": {
        "number": patient.number, "family": patient.family, "given": patient.given, "birth_date": "", "sex": "",
        "phone": "", "street": "", "postal_code": "", "city": ""
    }});
    let draft = window.invoke("start_draft", form).await?["draft"]["id"].clone();
    let mut edits: Vec<Value> = services
        .iter()
        .map(|service| json!({"edit": "add_service", "provider": "balsam-lab", "service": service}))
        .collect();
    if urgent {
        edits.push(json!({"edit": "urgency", "urgency": "urgent"}));
    }
    for edit in edits {
        window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await?;
    }
    let made = window.invoke("hand_on", json!({"id": draft, "way": "internal_lab"})).await?;
    Ok(made["requisitions"][0].as_str().unwrap_or_default().to_owned())
}
