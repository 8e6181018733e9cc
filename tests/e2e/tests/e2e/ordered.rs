//! What the doctor said about the collection, from compose through to the lab assistant: day, place, series, and the containers
//! that are told apart by letter and site.

use e2e::{Key, Office, Window};
use serde_json::{Value, json};

use crate::steps;

#[tokio::test]
async fn a_planned_day_a_series_and_what_is_taken_at_home_reach_the_one_who_collects() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "crp", "CRP").await?;
    steps::click(&window, ".basket [data-act=series]").await?;
    window.field("Fast serie").await?.click().await?;
    for (place, text) in [(".series__row input", "4"), (".series__row label:nth-child(2) input", "2")] {
        steps::click(&window, place).await?;
        window.type_text(text).await?;
        window.press(&[], Key::Tab).await?;
    }
    for (field, text) in [("Første gang", "31.12."), ("Siste dag", "31.12.2099"), ("Ellers", "før neste dose")] {
        window.field(field).await?.fill(text).await?;
        window.press(&[], Key::Tab).await?;
    }
    window.see("4 ganger · hver 2. uke · til 31.12.2099").await?;
    for theme in ["dark", "light"] {
        steps::theme(&window, theme).await?;
        window.screenshot(&format!("compose-series-{theme}")).await?;
        window.axe(&format!("compose, a series, {theme}")).await?;
    }
    window.button("Ferdig").await?.click().await?;
    steps::add(&window, "ifobt", "Hemoglobin i feces (iFOBT)").await?;
    window.button("Endre: ").await?.click().await?;
    window.field("Planlagt prøvetaking").await?.fill("31.12.2099").await?;
    window.press(&[], Key::Tab).await?;
    steps::choose_in(&window, "[data-field=place]", "Hjemme").await?;
    window.see("Det pasienten kan ta selv, får etikett nå.").await?;
    window.button("Til internlab").await?.click().await?;
    window.see("Rekvisisjonen venter i internlab.").await?;

    window.press(&[Key::Control], '2').await?;
    window.see("Planlagt 31.12.2099 · Fast serie").await?;
    open_the_one(&window).await?;
    for said in [
        "Planlagt 31.12.2099 Det er ikke i dag.",
        "Tas hjemme: det pasienten kan ta selv. Resten tas her.",
        "Fast serie, CRP: fra 31.12.",
        "4 ganger · hver 2. uke · til 31.12.2099 · før neste dose",
        "Venter på retur",
    ] {
        window.see(said).await?;
    }
    steps::every_look(&window, "internal-lab-ordered").await?;
    window.close().await
}

#[tokio::test]
async fn each_jar_stands_with_its_letter_and_site_wherever_the_lab_assistant_meets_it() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let form = json!({"form": {"kind": "queue", "target": "etiketter", "stock": "50x25mm", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    let id = histology(&window).await?;
    window.press(&[Key::Control], '2').await?;
    open_the_one(&window).await?;
    for (letter, said) in
        [("A", "Rygg, høyre · Stansebiopsi · 4 mm · Sutur kl. 12"), ("B", "Legg, 10 cm over ankelen, venstre")]
    {
        window.see(said).await?;
        let row = format!(
            "return [...document.querySelectorAll('.container')].some((row) => row.innerText.includes({said:?}) && row.querySelector('.container__number')?.innerText.trim().startsWith('{letter}'))"
        );
        let beside: bool = window.session().execute(row.as_str(), Vec::new()).await?.convert()?;
        assert!(beside, "{letter} stands beside {said}");
    }
    window.button("Skriv ut 2 etiketter").await?.click().await?;
    steps::sure_of_patient(&window).await?;
    printer.next_job().await?;
    // What is awaited is called by its letter: two jars look alike.
    window.see("beholder A").await?;
    steps::every_look(&window, "internal-lab-histology").await?;
    let view = window.invoke("collection", json!({"id": id})).await?;
    let number = |at: usize| view["requisition"]["specimens"][at]["number"].as_str().unwrap_or_default().to_owned();
    window.scan(&number(0)).await?;
    window.see("beholder B").await?;
    window.button("Fullfør og send").await?.click().await?;
    window.heading("Én etikett er ikke skannet på røret").await?;
    window.see("Legg, 10 cm over ankelen, venstre").await?;
    window.screenshot("internal-lab-histology-unscanned").await?;
    window.axe("a jar that was not scanned").await?;
    window.button("Skann først").await?.click().await?;
    window.scan(&number(1)).await?;
    window.see("Alle rør her er bekreftet.").await?;
    window.button("Fullfør og send").await?.click().await?;
    window.gone("button", "Fullfør og send").await?;
    let received = steps::received(&office, 1).await?;
    let groups = received[0].summary.groups.iter();
    let mut sites: Vec<&str> =
        groups.flat_map(|group| &group.specimens).map(|specimen| specimen.site.as_str()).collect();
    sites.sort_unstable();
    assert_eq!(sites, ["Legg, 10 cm over ankelen, venstre side", "Rygg, høyre side"]);
    let packing = window.invoke("packing", json!({})).await?;
    let packed: Vec<&str> = packing["envelopes"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|envelope| envelope["specimens"].as_array().into_iter().flatten())
        .filter_map(|one| one["container"].as_str())
        .collect();
    assert!(packed.iter().any(|name| name.starts_with("A: ")), "{packed:?}");
    assert!(packed.iter().any(|name| name.starts_with("B: ")), "{packed:?}");
    window.close().await
}

/// Two jars of skin, each described, handed to the internal lab; the requisition's id.
async fn histology(window: &Window) -> anyhow::Result<Value> {
    steps::every_catalogue(window).await?;
    let form = json!({"form": {
        "number": steps::ROLAND.number, "family": steps::ROLAND.family, "given": steps::ROLAND.given, "birth_date": "",
        "sex": "", "phone": "", "street": "", "postal_code": "", "city": ""
    }});
    let draft = window.invoke("start_draft", form).await?["draft"]["id"].clone();
    let edit = async |edit: Value| window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await;
    let service = json!({"edit": "add_service", "provider": "balsam-bilde-patologi", "service": "hist-hud-eksisjon"});
    edit(service).await?;
    edit(json!({"edit": "clinical_text", "text": "To pigmenterte lesjoner i vekst. Melanom?"})).await?;
    edit(json!({"edit": "add_container", "line": 1})).await?;
    let view = edit(json!({"edit": "add_container", "line": 1})).await?;
    let described = [
        json!({"site": "Rygg", "side": "right", "procedure": "Stansebiopsi", "size_mm": 4.0, "comment": "Sutur kl. 12"}),
        json!({"site": "Legg, 10 cm over ankelen", "side": "left"}),
    ];
    for (known, said) in view["draft"]["lines"][0]["containers"].as_array().into_iter().flatten().zip(described) {
        let mut container = said;
        container["id"] = known["id"].clone();
        edit(json!({"edit": "describe_container", "line": 1, "container": container})).await?;
    }
    let made = window.invoke("hand_on", json!({"id": draft, "way": "internal_lab"})).await?;
    Ok(made["requisitions"][0].clone())
}

/// Opens the only requisition that waits.
async fn open_the_one(window: &Window) -> anyhow::Result<()> {
    let click = "const row = document.querySelector('.lab__item'); row?.click(); return row !== null";
    e2e::process::until("the requisition that waits", async || {
        let clicked: bool = window.session().execute(click, Vec::new()).await?.convert()?;
        Ok(clicked.then_some(()))
    })
    .await?;
    window.heading("Prøver i tapperekkefølge").await?;
    Ok(())
}
