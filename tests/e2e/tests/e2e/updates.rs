//! A new catalogue version arrives while people work: they are told, calmly, and nothing goes away unasked.

use e2e::{Key, Office, Window};
use requisition::catalogue::package;
use serde_json::{Value, json};

use crate::steps;

/// What Balsam changes in December: the sedimentation rate goes and CRP takes its place, a question is worded anew, ferritin
/// is taken in another tube, and the CRP is answered later.
fn december(file: &str, line: &str) -> String {
    match file {
        "services.csv" if line.starts_with("sr,") => line.replace(",7,,,,", ",7,,crp,yes,"),
        "services.csv" if line.starts_with("crp,") => line.replace(",mg/L,,,,1,", ",mg/L,,,,3,"),
        "panels.toml" => line.replace("\"sr\", ", ""),
        "questions.toml" => line.replace("nb = \"Tidspunkt for siste dose\"", "nb = \"Når ble siste dose tatt?\""),
        "specimens.csv" => line.replace("ferritin,serum,GEL", "ferritin,serum,SERUM"),
        _ => line.to_owned(),
    }
}

/// And soon after: more of the specimen for lithium.
fn later(file: &str, line: &str) -> String {
    december(file, line).replace("litium,serum,SERUM,0.3", "litium,serum,SERUM,0.5")
}

#[tokio::test]
async fn a_catalogue_that_arrives_while_a_draft_is_open_tells_what_changed_and_takes_nothing_away() -> anyhow::Result<()>
{
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let finished = send_sr(&window).await?;
    let (before, message) = (requisition(&window, &finished).await?, message(&window, &finished).await?);

    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "senkning", "SR (senkning)").await?;
    steps::add(&window, "litium", "Litium").await?;
    steps::add(&window, "ferritin", "Ferritin").await?;
    window.field("Dosering").await?.fill("300 mg x 2").await?;
    window.button("I går 21:00").await?.click().await?;
    window.press(&[], Key::Tab).await?;
    window.see("Tidspunkt for siste dose").await?;
    let answered = window.field("Tidspunkt for siste dose").await?.value().await?;
    assert!(answered.contains("21:00"), "{answered}");

    office.publish("balsam-lab", "2026.12.1", december)?;
    look_for_news(&window).await?;

    window.see("Katalogen er oppdatert siden du sist så utkastet").await?;
    window.see("Tilbys ikke lenger: SR (senkning)").await?;
    window.see("Endret: Ferritin, Litium").await?;
    window.see("Tidspunkt for siste dose → Når ble siste dose tatt?").await?;
    window.see("Serum, gel, 0,05 mL → Serum").await?;
    // The answers stand, one under the question as it is worded now.
    assert_eq!(window.field("Når ble siste dose tatt?").await?.value().await?, answered);
    assert_eq!(window.field("Dosering").await?.value().await?, "300 mg x 2");
    window.screenshot("compose-updated").await?;
    window.axe("compose after an update").await?;

    window.press(&[Key::Control], '1').await?;
    window.button("Bytt pasient").await?.click().await?;
    window.see("Tilbys ikke lenger: SR (senkning)").await?;
    window.screenshot("drafts-updated").await?;
    window.axe("drafts after an update").await?;
    window.button("Fortsett: Roland Gundersen").await?.click().await?;

    window.button("Legg til CRP").await?.click().await?;
    window.button("Fjern CRP").await?;
    window.gone("button", "Utelat SR (senkning)").await?;
    window.button("Sett").await?.click().await?;
    window.gone("button", "Sett").await?;
    assert_eq!(window.field("Dosering").await?.value().await?, "300 mg x 2");

    assert_eq!(requisition(&window, &finished).await?, before, "what is finished is as it was");
    assert_eq!(self::message(&window, &finished).await?, message, "and so is its message");
    window.close().await
}

#[tokio::test]
async fn what_is_new_in_the_catalogue_is_read_version_by_version_and_marked_as_read_by_a_person() -> anyhow::Result<()>
{
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    office.publish("balsam-lab", "2026.12.1", december)?;
    look_for_news(&window).await?;
    office.publish("balsam-lab", "2026.12.2", later)?;
    look_for_news(&window).await?;

    window.button("Nytt i katalogen (2)").await?.click().await?;
    window.heading("Nytt i katalogen").await?;
    window.screenshot("news").await?;
    window.axe("news in the catalogue").await?;
    window.button("versjon 2026.12.2").await?;
    window.button("versjon 2026.12.1").await?.click().await?;
    window.see(&format!("Fra versjon {} til 2026.12.1", version_of_the_demo()?)).await?;
    window.see("Svar innen: 1 dag → 3 dager").await?;
    window.see("Erstattet av").await?;
    window.screenshot("news-update").await?;
    window.axe("an update").await?;
    window.button("Marker som lest").await?.click().await?;
    window.gone("button", "Marker som lest").await?;
    window.button("Nytt i katalogen (1)").await?;

    window.button("SR (senkning)").await?.click().await?;
    window.heading("SR (senkning)").await?;
    window.see("Utgått av katalogen.").await?;
    window.screenshot("page-withdrawn").await?;
    window.axe("a withdrawn service").await?;
    window.button("CRP").await?.click().await?;
    window.heading("CRP").await?;
    window.see("Endret i det siste").await?;
    window.see("Samme analyse hos andre").await?;
    window.screenshot("page-service").await?;
    window.axe("a service").await?;
    window.close().await
}

#[tokio::test]
async fn a_hospital_that_signs_with_another_key_is_told_of_in_the_strip_and_the_handbook_says_why() -> anyhow::Result<()>
{
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::every_catalogue(&window).await?;
    office.publish("balsam-lab", "2026.12.1", december)?;
    let file = office.dir().join("catalogues/balsam-lab.rkvcat");
    let bytes = std::fs::read(&file)?;
    let (stranger, _) = package::keygen()?;
    let signature = package::sign(&bytes, &stranger, None, &package::read_unverified(&bytes)?)?;
    std::fs::write(file.with_extension("rkvcat.minisig"), signature)?;
    assert!(look_for_news(&window).await.is_err(), "it is refused");

    window.see("Balsam sykehus: ny katalog avvist").await?;
    // However much stands there, the time at the end of the strip is whole.
    let beyond = "const strip = document.querySelector('.strip'); return strip.scrollWidth - strip.clientWidth";
    assert_eq!(window.session().execute(beyond, Vec::new()).await?.convert::<i64>()?, 0);
    window.press(&[Key::Control], '4').await?;
    window.heading("Labhåndbok").await?;
    window.see("Den siste katalogen er avvist. Katalogen er ikke signert av tjenesteyteren.").await?;
    window.see(&format!("Versjon {}, gjelder fra", version_of_the_demo()?)).await?;
    steps::every_look(&window, "handbook-refused").await?;
    window.close().await
}

#[tokio::test]
async fn an_office_that_gets_only_a_catalogue_of_a_later_day_is_told_so_and_takes_the_one_before_when_it_is_offered()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let served = office.dir().join("catalogues");
    for ending in ["rkvcat", "rkvcat.minisig"] {
        std::fs::copy(served.join(format!("balsam-lab.{ending}")), served.join(format!("aside.{ending}")))?;
    }
    let today = version_of_the_demo()?;
    office.publish("balsam-lab", "2099.1.1", |file, line| match (file, line.split(" = ").next()) {
        ("provider.toml", Some("valid_from")) => "valid_from = \"2099-01-01\"".to_owned(),
        ("provider.toml", Some("previous")) => format!("previous = \"{today}\""),
        _ => line.to_owned(),
    })?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.see("Balsam sykehus: ingen katalog før").await?;
    steps::begin(&window, &steps::ROLAND).await?;
    window.see("Fra Balsam sykehus kan ingenting bestilles før 01.01.2099.").await?;
    window.screenshot("compose-not-yet").await?;
    window.axe("compose without a catalogue that waits").await?;
    window.press(&[Key::Control], '4').await?;
    window.heading("Labhåndbok").await?;
    window.see("Fra Balsam sykehus kan ingenting bestilles før 01.01.2099.").await?;
    steps::every_look(&window, "handbook-not-yet").await?;

    for ending in ["rkvcat", "rkvcat.minisig"] {
        let name = format!("balsam-lab.{today}.{ending}");
        std::fs::rename(served.join(format!("aside.{ending}")), served.join(name))?;
    }
    look_for_news(&window).await?;
    window.see(&format!("Versjon {today}, gjelder fra")).await?;
    window.see("Katalog 2099.1.1 er hentet og tas i bruk").await?;
    window.press(&[Key::Control], '1').await?;
    steps::add(&window, "senkning", "SR (senkning)").await?;
    let text = window.text().await?;
    assert!(!text.contains("kan ingenting bestilles"), "{text}");
    window.close().await
}

/// The version of the laboratory's catalogue as it lies in the sources.
fn version_of_the_demo() -> anyhow::Result<String> {
    let sources = std::fs::read_to_string(e2e::office::top().join("catalog-data/balsam-lab/provider.toml"))?;
    let version = sources.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.unwrap_or_default().to_owned())
}

/// Asks the hospital for newer catalogues, as the settings do and as the application does by itself every half hour.
async fn look_for_news(window: &Window) -> anyhow::Result<()> {
    window.invoke("test_connection", json!({"provider": "balsam-lab"})).await?;
    Ok(())
}

/// Orders the sedimentation rate and sends it; gives the requisition's id.
async fn send_sr(window: &Window) -> anyhow::Result<String> {
    let form = json!({"form": {
        "number": "12057900499", "family": "Telokk", "given": "Gry", "birth_date": "", "sex": "", "phone": "", "street": "",
        "postal_code": "", "city": ""
    }});
    let draft = window.invoke("start_draft", form).await?["draft"]["id"].clone();
    let edit = json!({"edit": "add_service", "provider": "balsam-lab", "service": "sr"});
    window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await?;
    let made = window.invoke("hand_on", json!({"id": draft, "way": "send"})).await?;
    Ok(made["requisitions"][0].as_str().unwrap_or_default().to_owned())
}

async fn requisition(window: &Window, id: &str) -> anyhow::Result<Value> {
    Ok(window.invoke("detail", json!({"id": id})).await?["requisition"].clone())
}

async fn message(window: &Window, id: &str) -> anyhow::Result<Value> {
    window.invoke("message", json!({"id": id})).await
}
