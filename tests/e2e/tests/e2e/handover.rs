//! A record system hands over an order, and gets the finished requisition back.

use std::fs;
use std::path::PathBuf;

use e2e::{Key, Office, OfficeOptions};
use serde_json::{Value, json};

use crate::steps;

#[tokio::test]
async fn an_order_given_at_start_opens_filled_in_and_goes_back_as_three_files() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let order = write(&folder.path().join("ordre.json"), &order())?;
    let options = OfficeOptions { arguments: vec![order.display().to_string()], ..OfficeOptions::default() };
    let office = Office::open_with(options).await?;
    let window = office.start().await?;
    window.button("Bruk demokontoret").await?.click().await?;
    // It waited until the office could take it.
    window.see("Rekvisisjonen for Line Danser er åpnet som utkast.").await?;
    window.button("Fjern CRP").await?;
    window.see("August September, Kattskinnet legesenter").await?;
    assert_eq!(window.field("Kliniske opplysninger").await?.value().await?, "Feber og hoste i fire dager.");
    window.screenshot("handover").await?;
    window.axe("an order that was handed over").await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;
    let received = steps::received(&office, 1).await?;
    assert_eq!(received[0].summary.requisition_id, ID);
    assert!(received[0].summary.reasons.join("").contains("Feber og hoste i fire dager."));

    steps::open_first_row(&window).await?;
    window.button("Flere valg").await?.click().await?;
    steps::click(&window, "[data-act=hand_back]").await?;
    let back = office.dir().join("journal");
    fs::create_dir(&back)?;
    office.desktop.choose_file("Lever rekvisisjonen tilbake", &back.join("line.json")).await?;
    window.see("Skrevet: line.json, line.xml, line.pdf.").await?;
    let document: Value = serde_json::from_slice(&fs::read(back.join("line.json"))?)?;
    assert_eq!(
        (document["format"].as_str(), document["requisition"]["id"].as_str()),
        (Some("rekvirent-order/1"), Some(ID))
    );
    assert!(fs::read(back.join("line.pdf"))?.starts_with(b"%PDF-"));
    assert_eq!(element(&fs::read(back.join("line.xml"))?, "MsgId")?, received[0].message_id);
    window.close().await
}

#[tokio::test]
async fn an_order_with_a_field_that_nobody_knows_is_refused_by_the_name_of_the_field() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut order = order();
    order["patient"]["adresseHemmelig"] = json!(true);
    let order = write(&folder.path().join("ordre.json"), &order)?;
    let options = OfficeOptions { arguments: vec![order.display().to_string()], ..OfficeOptions::default() };
    let office = Office::open_with(options).await?;
    let window = office.start().await?;
    window.button("Bruk demokontoret").await?.click().await?;
    window.see("Feltet patient.adresseHemmelig: ukjent felt.").await?;
    window.screenshot("handover-refused").await?;
    window.press(&[Key::Control], '1').await?;
    window.see("Ingen utkast.").await?;
    window.close().await
}

#[tokio::test]
async fn a_second_start_with_an_order_opens_it_in_the_window_that_is_there() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let office = Office::open_with(OfficeOptions { as_installed: true, ..OfficeOptions::default() }).await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    office.start_again(&write(&folder.path().join("ordre.json"), &order())?).await?;
    window.see("Rekvisisjonen for Line Danser er åpnet som utkast.").await?;
    window.button("Fjern CRP").await?;
    assert_eq!(window.field("Kliniske opplysninger").await?.value().await?, "Feber og hoste i fire dager.");

    // Once it is sent, the same document leads to it and makes nothing anew.
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;
    office.start_again(&folder.path().join("ordre.json")).await?;
    window.see("Rekvisisjonen for Line Danser er sendt før. Den vises i Oversikt.").await?;
    window.heading("Hendelser").await?;
    let mut unknown = order();
    unknown["requisition"]["id"] = json!("5a1a9788-f9e1-11db-8314-0800200c9a67");
    unknown["services"][0]["kontonummer"] = json!("12345678903");
    office.start_again(&write(&folder.path().join("ukjent.json"), &unknown)?).await?;
    window.see("Feltet services[0].kontonummer: ukjent felt.").await?;
    assert_eq!(steps::received(&office, 1).await?.len(), 1);
    window.close().await
}

#[tokio::test]
async fn a_file_that_is_dropped_on_the_window_goes_the_way_of_its_kind() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    office.desktop.drop_file(&write(&folder.path().join("ordre.json"), &order())?).await?;
    window.see("Rekvisisjonen for Line Danser er åpnet som utkast.").await?;
    window.button("Fjern CRP").await?;
    let sketch = folder.path().join("skisse.pdf");
    fs::write(&sketch, b"%PDF-1.4\n")?;
    office.desktop.drop_file(&sketch).await?;
    window.see("1 vedlegg").await?;
    window.close().await
}

#[tokio::test]
async fn what_is_taken_already_keeps_its_label_and_what_is_unclear_is_settled_by_somebody() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut document = order();
    document["services"] = json!([
        {"code": {"system": "NLK", "code": "NPU19748", "display": "P-CRP"}, "specimens": ["a"]},
        {"code": {"system": "LOCAL", "display": "Jernlager"}, "specimens": ["a"], "comment": "Mistenkt jernmangel"}
    ]);
    document["specimens"] = json!([{
        "key": "a", "ids": {"requester": "Case1-1-11223344"}, "material": {"text": "Serum"}, "collected": "2026-01-20T08:25:00"
    }]);
    let order = write(&folder.path().join("ordre.json"), &document)?;
    let options = OfficeOptions { arguments: vec![order.display().to_string()], ..OfficeOptions::default() };
    let office = Office::open_with(options).await?;
    let window = office.start().await?;
    window.button("Bruk demokontoret").await?.click().await?;
    window.see("Journalen har bestilt «Jernlager».").await?;
    window.see("merket Case1-1-11223344").await?;
    window.see("Ta ny prøve i stedet").await?;
    steps::every_look(&window, "handover-unsettled").await?;
    // It cannot be sent before somebody has said what it is.
    window.button("Send").await?.click().await?;
    window.see("Si hvilken tjeneste det er").await?;
    // It is searched for in its own row; what is found is not taken before somebody chooses it.
    window.field("Tjeneste for «Jernlager»").await?.fill("ferrit").await?;
    window.find("option", "Serum, gel · Balsam sykehus").await?;
    steps::every_look(&window, "handover-searched").await?;
    window.press(&[], Key::Enter).await?;
    window.see("Journalen har bestilt «Jernlager».").await?;
    window.press(&[], Key::Down).await?;
    window.press(&[], Key::Enter).await?;
    window.button("Fjern Ferritin").await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;

    let received = steps::received(&office, 1).await?;
    let group = &received[0].summary.groups[0];
    let codes: Vec<&str> = group.services.iter().map(|service| service.code.as_str()).collect();
    assert_eq!(codes, ["NPU19748", "NPU19763"]);
    let specimens: Vec<_> = received[0].summary.groups.iter().flat_map(|group| &group.specimens).collect();
    assert_eq!(specimens.len(), 1, "one tube for both");
    assert_eq!(specimens[0].id_by_requester, "Case1-1-11223344");
    let message = std::str::from_utf8(&received[0].bytes)?;
    assert!(message.contains("2026-01-20T08:25:00"), "the time of collection is the one that was told");
    assert!(message.contains("Mistenkt jernmangel"));
    window.close().await
}

const ID: &str = "5a1a9788-f9e1-11db-8314-0800200c9a66";

fn write(path: &std::path::Path, order: &Value) -> anyhow::Result<PathBuf> {
    fs::write(path, serde_json::to_vec_pretty(order)?)?;
    Ok(path.to_owned())
}

/// What stands in the first element of this name.
fn element(bytes: &[u8], name: &str) -> anyhow::Result<String> {
    let text = std::str::from_utf8(bytes)?;
    let inner = text.split(&format!("<{name}>")).nth(1).and_then(|rest| rest.split('<').next());
    Ok(inner.unwrap_or_default().to_owned())
}

fn order() -> Value {
    json!({
        "format": "rekvirent-order/1", "kind": "new", "status": "test", "discipline": "CLIN",
        "requisition": {"id": ID, "issued": "2026-11-20T09:30:00"},
        "patient": {"ids": {"FNR": "13116900216"}, "name": {"family": "Danser", "given": "Line"}},
        "requester": {
            "organisation": {"name": "Kattskinnet legesenter", "ids": {"HER": "91096"}},
            "person": {"name": "August September", "ids": {"HER": "91100", "HPR": "9144897"}}
        },
        "orderingClinician": {"name": "August September", "ids": {"HPR": "9144897", "HER": "91100"}, "phone": "53759889"},
        "serviceProvider": {
            "organisation": {"name": "Balsam sykehus HF", "ids": {"HER": "999900"}},
            "departments": [{"name": "Medisinsk biokjemi", "ids": {"HER": "999901"}}]
        },
        "reasons": [{"heading": "PROB", "text": "Feber og hoste i fire dager."}],
        "services": [{"code": {"system": "NLK", "code": "NPU19748", "display": "P-CRP"}, "specimens": ["a"]}],
        "specimens": [{"key": "a", "material": {"text": "Serum"}, "notCollected": true}]
    })
}
