//! What follows a requisition that was sent: changed, added to, cancelled, received and answered, in the real window.

use anyhow::Context as _;
use e2e::process::until;
use e2e::{Key, Office, Window};
use hospital::{Behaviour, EventKind};
use serde_json::json;

use crate::steps;

#[tokio::test]
async fn a_requisition_is_changed_added_to_and_cancelled_each_with_its_own_receipt() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let _printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    collected_and_sent(&window, &["crp", "hemoglobin"]).await?;
    steps::open_first_row(&window).await?;
    window.see("Godtatt av mottaker").await?;

    window.button("Endre").await?.click().await?;
    window.heading("Endre rekvisisjonen").await?;
    window.field("Kliniske opplysninger").await?.fill("Feber i tre dager.").await?;
    steps::every_look(&window, "change").await?;
    submit(&window).await?;
    window.see("Endringen er lagt i køen.").await?;
    kinds(&office, &["N", "M"]).await?;
    // The next follow-up is offered when the receiver has answered this one.
    open_menu(&window, "add_on").await?;
    window.heading("Legg til i prøver som er tatt").await?;
    window.session().execute("document.querySelector('[data-add] input').click()", Vec::new()).await?;
    steps::every_look(&window, "add-on").await?;
    submit(&window).await?;
    window.see("Tillegget er lagt i køen.").await?;
    kinds(&office, &["N", "M", "A"]).await?;

    open_menu(&window, "cancel").await?;
    window.field("Begrunnelse").await?.fill("Feil pasient").await?;
    office.hospital()?.set_behaviour(Behaviour { no_receipts: true, ..Behaviour::default() });
    submit(&window).await?;
    // Until the receiver has answered, the requisition stands as they accepted it.
    lights(&window, &["sent yes", "accepted pending", "received none", "answered none"]).await?;
    window.screenshot("overview-cancelling").await?;
    office.hospital()?.set_behaviour(Behaviour::default());
    kinds(&office, &["N", "M", "A", "C"]).await?;
    lights(&window, &["sent yes", "accepted cancelled", "received not_applicable", "answered not_applicable"]).await?;
    strip(&window, "[data-barred='cancel ended']").await?;
    window.session().execute("document.querySelector('.drawer__barred').open = true", Vec::new()).await?;
    window.see("Rekvisisjonen er avbestilt eller avsluttet.").await?;
    window.screenshot("overview-cancelled").await?;
    window.axe("a cancelled requisition").await?;
    assert_eq!(office.hospital()?.effects().len(), 1, "all four are about one requisition");
    window.close().await
}

#[tokio::test]
async fn the_four_lights_follow_what_the_laboratory_tells() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let _printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    let id = collected_and_sent(&window, &["crp"]).await?;
    steps::open_first_row(&window).await?;
    lights(&window, &["sent yes", "accepted yes", "received none", "answered none"]).await?;
    office.hospital()?.make_event(&id, EventKind::SpecimenReceived, None, None)?;
    lights(&window, &["sent yes", "accepted yes", "received yes", "answered none"]).await?;
    office.hospital()?.make_event(&id, EventKind::PartlyAnswered, None, None)?;
    lights(&window, &["sent yes", "accepted yes", "received yes", "answered partly"]).await?;
    office.hospital()?.make_event(&id, EventKind::Answered, None, None)?;
    lights(&window, &["sent yes", "accepted yes", "received yes", "answered yes"]).await?;
    window.screenshot("overview-four-lights").await?;
    window.close().await
}

/// What was promised and has not come stands in the list and in its filter, until somebody has acted.
#[tokio::test]
async fn an_answer_that_is_late_is_on_the_list_until_somebody_has_phoned() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let _printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    let id = collected_and_sent(&window, &["crp"]).await?;
    steps::open_first_row(&window).await?;
    lights(&window, &["sent yes", "accepted yes", "received none", "answered none"]).await?;
    let month_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 30);
    office.hospital()?.make_event_at(&id, EventKind::SpecimenReceived, month_ago)?;
    lights(&window, &["sent yes", "accepted yes", "received yes", "answered none"]).await?;
    window.close().await?;
    // It is looked for once a minute, and at every start.
    let window = office.start().await?;
    window.heading("Hvem gjelder det?").await?;
    window.press(&[Key::Control], '3').await?;
    strip(&window, "[data-need][data-reason=late_answer]").await?;
    steps::every_look(&window, "overview-late-answer").await?;
    window.session().execute("document.querySelector('[data-state-filter=late_answer]').click()", Vec::new()).await?;
    strip(&window, &format!("[data-row='{id}']")).await?;
    window.screenshot("overview-late-answer-filter").await?;
    window.session().execute("document.querySelector('[data-need] .need__act').click()", Vec::new()).await?;
    strip(&window, "[data-act=phoned]").await?;
    window.screenshot("phone").await?;
    window.session().execute("document.querySelector('[data-act=phoned]').click()", Vec::new()).await?;
    strip(&window, "body:not(:has([data-need]))").await?;
    // Phoned is not answered: it is still missing, and the filter says so.
    strip(&window, &format!("[data-row='{id}']")).await?;
    window.close().await
}

/// Four days later nobody has told of the specimen: it is on the list, and in its filter after somebody has phoned.
#[tokio::test]
async fn a_specimen_that_never_arrived_is_on_the_list_until_somebody_has_phoned() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let _printer = office.spooler.queue("etiketter").await?;
    let window = office.start().await?;
    let id = collected_and_sent(&window, &["crp"]).await?;
    steps::open_first_row(&window).await?;
    lights(&window, &["sent yes", "accepted yes", "received none", "answered none"]).await?;
    window.close().await?;
    let window = office.start_later("+4d").await?;
    window.heading("Hvem gjelder det?").await?;
    window.press(&[Key::Control], '3').await?;
    strip(&window, "[data-need][data-reason=not_arrived]").await?;
    steps::every_look(&window, "overview-not-arrived").await?;
    steps::click(&window, "[data-state-filter=not_arrived]").await?;
    strip(&window, &format!("[data-row='{id}']")).await?;
    steps::click(&window, "[data-need] .need__act").await?;
    steps::click(&window, "[data-act=phoned]").await?;
    strip(&window, "body:not(:has([data-need]))").await?;
    // Phoned is not arrived.
    strip(&window, &format!("[data-row='{id}']")).await?;
    office.hospital()?.make_event(&id, EventKind::SpecimenReceived, None, None)?;
    strip(&window, &format!("body:not(:has([data-row='{id}']))")).await?;
    window.close().await
}

/// A thousand requisitions wait for a hospital that is gone. The strip says so, and while they drain the window still draws.
#[tokio::test]
async fn a_long_queue_drains_and_the_window_goes_on_drawing() -> anyhow::Result<()> {
    let mut office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::send_crp(&window).await?;
    office.close_hospital().await;
    let many = "const call = (command, given) => window.__TAURI_INTERNALS__.invoke(command, given);
        const form = { number: '14019800513', family: 'Danser', given: 'Folke', birth_date: '', sex: '', phone: '', street: '', postal_code: '', city: '' };
        window.made = window.begun = 0;
        const one = async () => {
          while (window.begun < 1000) {
            window.begun += 1;
            const draft = (await call('start_draft', { form })).draft.id;
            await call('edit_draft', { id: draft, edit: { edit: 'add_service', provider: 'balsam-lab', service: 'crp' } });
            await call('hand_on', { id: draft, way: 'send' });
            window.made += 1;
          }
        };
        one(); one()";
    window.session().execute(many, Vec::new()).await?;
    let begun = std::time::Instant::now();
    while window.session().execute("return window.made", Vec::new()).await?.convert::<u32>()? < 1_000 {
        anyhow::ensure!(begun.elapsed() < std::time::Duration::from_secs(600), "the requisitions are not made");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    window.press(&[Key::Control], '3').await?;
    window.heading("Oversikt").await?;
    strip(&window, "[data-line=offline]").await?;
    until("the whole queue on the strip", async || {
        let count = "return Number(document.querySelector('[data-queued]')?.dataset.queued ?? -1)";
        let count: u32 = window.session().execute(count, Vec::new()).await?.convert()?;
        Ok((count >= 1_000).then_some(()))
    })
    .await?;
    window.screenshot("overview-offline").await?;

    let watch = "window.slowest = 0; let last = performance.now();
        const draw = (now) => { window.slowest = Math.max(window.slowest, now - last); last = now; requestAnimationFrame(draw); };
        requestAnimationFrame(draw)";
    window.session().execute(watch, Vec::new()).await?;
    office.open_hospital().await?;
    window.invoke("test_connection", json!({"provider": "balsam-lab"})).await?;
    strip(&window, "[data-queued='0']").await?;
    strip(&window, "[data-line=online]").await?;
    let slowest: f64 = window.session().execute("return window.slowest", Vec::new()).await?.convert()?;
    println!("the longest time without a new picture while 1 000 drained: {slowest:.0} ms");
    assert!(slowest < 2_000.0, "{slowest}");
    assert_eq!(office.hospital()?.received().len(), 1_001);
    window.close().await
}

/// Orders, labels, collects and completes through the window's own commands. Returns the requisition's id.
async fn collected_and_sent(window: &Window, services: &[&str]) -> anyhow::Result<String> {
    steps::use_the_demo_office(window).await?;
    let form = json!({"form": {"kind": "queue", "target": "etiketter", "stock": "50x25mm", "dpi": 203}});
    window.invoke("save_printing", form).await?;
    let patient = steps::ROLAND;
    let form = json!({"form": {
        "number": patient.number, "family": patient.family, "given": patient.given, "birth_date": "", "sex": "", "phone": "",
        "street": "", "postal_code": "", "city": ""
    }});
    let draft = window.invoke("start_draft", form).await?["draft"]["id"].clone();
    for service in services {
        let edit = json!({"edit": "add_service", "provider": "balsam-lab", "service": service});
        window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await?;
    }
    let made = window.invoke("hand_on", json!({"id": draft, "way": "internal_lab"})).await?;
    let id = made["requisitions"][0].clone();
    let open = window.invoke("collection", json!({"id": id})).await?;
    let specimens = open["requisition"]["specimens"].as_array();
    let tubes: Vec<_> = specimens.into_iter().flatten().map(|one| one["id"].clone()).collect();
    let sure = json!({"name": true, "second": true, "typed": ""});
    window.invoke("confirm_patient", json!({"id": id, "form": sure})).await?;
    let sure = json!({"name": true, "second": true, "typed": ""});
    window.invoke("confirm_patient", json!({"id": id, "form": sure})).await?;
    window.invoke("print_labels", json!({"id": id, "specimens": tubes})).await?;
    let act = json!({"act": "collected", "specimens": tubes, "by": "Ida Januar", "at": null});
    window.invoke("record", json!({"id": id, "act": act})).await?;
    let labelled = window.invoke("collection", json!({"id": id})).await?;
    for specimen in labelled["requisition"]["specimens"].as_array().into_iter().flatten() {
        window.invoke("scan", json!({"text": specimen["number"], "open": id})).await?;
    }
    window.invoke("complete", json!({"id": id})).await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}

async fn submit(window: &Window) -> anyhow::Result<()> {
    let submit = "document.querySelector('[role=dialog] form, dialog form').requestSubmit()";
    window.session().execute(submit, Vec::new()).await?;
    Ok(())
}

/// Chooses an act of the open requisition, wherever it stands, once it is offered.
async fn open_menu(window: &Window, act: &str) -> anyhow::Result<()> {
    // What may be done changes with every receipt: an act that has left the menu for a button of its own is clicked there, and
    // a menu that was opened for it is not left standing.
    let choose = format!(
        "const offered = document.querySelector('[data-act=\"{act}\"]');
         const more = document.querySelector('.drawer__more');
         const menu = document.querySelector('[role=menu]');
         if (offered && (!menu || menu.contains(offered))) {{ offered.click(); return true; }}
         more?.click(); return false"
    );
    until("the act is offered", async || {
        let chosen: bool = window.session().execute(choose.as_str(), Vec::new()).await?.convert()?;
        Ok(chosen.then_some(()))
    })
    .await
}

/// Waits until the hospital has messages of these kinds, in this order, each receipted.
async fn kinds(office: &Office, wanted: &[&str]) -> anyhow::Result<()> {
    until("the hospital has them", async || {
        let received = office.hospital()?.received();
        let there: Vec<&str> = received.iter().map(|message| message.summary.serv_type.as_str()).collect();
        Ok((there == wanted && office.hospital()?.receipts().len() == wanted.len()).then_some(()))
    })
    .await
}

/// Waits until the first row of the overview shows these lights.
async fn lights(window: &Window, wanted: &[&str]) -> anyhow::Result<()> {
    let look =
        "return [...document.querySelectorAll('[data-row] [data-light]')].slice(0, 4).map((one) => one.dataset.light)";
    let mut shown = Vec::new();
    let found = until("the lights", async || {
        shown = window.session().execute(look, Vec::new()).await?.convert::<Vec<String>>()?;
        Ok((shown == wanted).then_some(()))
    })
    .await;
    found.with_context(|| format!("{wanted:?} wanted, {shown:?} shown"))
}

async fn strip(window: &Window, selector: &str) -> anyhow::Result<()> {
    let look = format!("return document.querySelector(\"{selector}\") !== null");
    until(selector, async || {
        let there: bool = window.session().execute(look.as_str(), Vec::new()).await?.convert()?;
        Ok(there.then_some(()))
    })
    .await
}
