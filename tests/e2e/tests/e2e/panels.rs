//! Panels of the office, by keyboard: kept from a basket, added by searching, and never silently less when the laboratory
//! withdraws a member.

use e2e::{Key, Office, Window};
use serde_json::{Value, json};

use crate::steps;

#[tokio::test]
async fn a_panel_whose_member_is_withdrawn_says_so_in_the_basket_and_goes_to_a_file_and_back() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    for (text, name) in [("hba1c", "HbA1c"), ("sr", "SR (senkning)"), ("kreatinin", "Kreatinin")] {
        steps::add(&window, text, name).await?;
    }
    keep_as_panel(&window, "Årskontroll").await?;

    begin_again(&window, "14019800513", "Folke", "Danser").await?;
    pick_panel(&window).await?;
    window.see("Årskontroll: lagt til HbA1c, SR (senkning), Kreatinin.").await?;
    window.button("Fjern SR (senkning)").await?;

    office.publish("balsam-lab", "2027.1.1", |file, line| {
        if file == "panels.toml" {
            // The laboratory's own panels may not name what it withdraws.
            return line.replace("\"sr\", ", "");
        }
        let withdrawn = line.strip_prefix("sr,").and_then(|rest| rest.strip_suffix(",,,NLK,2026-11-20"));
        withdrawn.map_or_else(|| line.to_owned(), |rest| format!("sr,{rest},crp,yes,NLK,2026-11-20"))
    })?;
    let test = window.invoke("test_connection", json!({"provider": "balsam-lab"})).await?;
    assert_eq!(test["catalogue"], "2027.1.1", "{test}");
    // The draft that is open says so by itself.
    window.see("SR (senkning) i pakken «Årskontroll» tilbys ikke lenger.").await?;

    begin_again(&window, "12057900499", "Gry", "Telokk").await?;
    window.field("Søk etter tjenester").await?.fill("årskontroll").await?;
    window.see("1 tilbys ikke lenger").await?;
    pick_panel(&window).await?;
    window.see("tilbys ikke lenger: SR (senkning)").await?;
    window.see("Erstatning: CRP.").await?;
    window.see("1 stopp").await?;
    for theme in ["light", "dark"] {
        set_theme(&window, theme).await?;
        window.screenshot(&format!("panel-member-missing-{theme}")).await?;
        window.axe(&format!("compose with a missing member, {theme}")).await?;
    }
    set_theme(&window, "light").await?;
    window.resize(640, 800).await?;
    window.screenshot("panel-member-missing-enlarged").await?;
    window.axe("compose with a missing member, enlarged").await?;
    window.resize(1280, 800).await?;
    // It cannot be handed on unseen: the button leads to the notice, where Enter puts the replacement in.
    window.button("Til internlab").await?.click().await?;
    assert_eq!(window.focused().await?, "button \"Legg til CRP\"");
    window.kill().await?;

    let window = office.start().await?;
    window.button("Fortsett: Gry Telokk").await?.click().await?;
    window.see("Erstatning: CRP.").await?;
    window.button("1 stopp").await?.click().await?;
    assert_eq!(window.focused().await?, "button \"Legg til CRP\"");
    window.press(&[], Key::Enter).await?;
    window.button("Fjern CRP").await?;
    window.gone("button", "Utelat SR (senkning)").await?;

    manage(&office, &window).await?;
    window.close().await
}

/// The page of panels: the state, a file out, the panel deleted, the file in.
async fn manage(office: &Office, window: &Window) -> anyhow::Result<()> {
    window.press(&[Key::Control], '4').await?;
    window.button("Pakker og favoritter").await?.click().await?;
    window.see("1 av 3 tilbys ikke lenger").await?;
    window.button("Årskontroll").await?.click().await?;
    window.button("Ta inn CRP").await?;
    for theme in ["light", "dark"] {
        set_theme(window, theme).await?;
        window.screenshot(&format!("panels-{theme}")).await?;
        window.axe(&format!("panels, {theme}")).await?;
    }
    set_theme(window, "light").await?;

    window.button("Endre").await?.click().await?;
    window.field("Legg til tjeneste").await?.fill("kalium").await?;
    window.see("Kalium").await?;
    window.screenshot("panel-new-member").await?;
    let height = "return document.querySelector('.panels__found').clientHeight";
    let height = window.session().execute(height, Vec::new()).await?.json().as_u64();
    assert!(height > Some(60), "the hits have no room: {height:?}");
    window.button("Avbryt").await?.click().await?;

    let file = office.dir().join("pakker.json");
    window.button("Skriv alle til fil").await?.click().await?;
    office.desktop.choose_file("Skriv pakker til fil", &file).await?;
    window.see("pakker.json: 1 pakke er skrevet.").await?;
    let written: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    assert_eq!(
        (&written["format"], &written["panels"][0]["name"]),
        (&json!("rekvirent-panels/1"), &json!("Årskontroll"))
    );
    assert!(!written.to_string().contains("Gundersen"));

    window.button("Slett").await?.click().await?;
    window.screenshot("panel-delete").await?;
    let confirm = "document.querySelector('dialog[open] .dialog__actions button:last-of-type').click()";
    window.session().execute(confirm, Vec::new()).await?;
    window.see("«Årskontroll» er slettet.").await?;
    window.gone("button", "Årskontroll").await?;

    window.button("Hent fra fil").await?.click().await?;
    office.desktop.choose_file("Hent pakker fra fil", &file).await?;
    window.see("1 av 3 tilbys ikke her: SR (senkning)").await?;
    window.screenshot("panels-import").await?;
    window.axe("what a file of panels brings").await?;
    window.button("Hent").await?.click().await?;
    window.see("1 ny pakke, 0 erstattet, 0 hoppet over.").await?;
    window.button("Årskontroll").await?.click().await?;
    window.button("Endre Årskontroll").await?.click().await?;
    window.field("Andre søkeord").await?.fill("diabetes, trett").await?;
    window.screenshot("panel-edit").await?;
    window.axe("a panel being edited").await?;
    window.press(&[], Key::Enter).await?;
    window.see("Pakken «Årskontroll» er lagret.").await?;
    window.resize(640, 800).await?;
    window.screenshot("panels-enlarged").await?;
    window.axe("panels, enlarged").await
}

/// Keeps the open basket, by keyboard.
async fn keep_as_panel(window: &Window, name: &str) -> anyhow::Result<()> {
    let focus = "document.querySelector('[data-act=keep-basket]').focus()";
    window.session().execute(focus, Vec::new()).await?;
    window.press(&[], Key::Enter).await?;
    window.field("Navn på pakken").await?;
    window.screenshot("panel-keep").await?;
    window.axe("keeping a basket").await?;
    window.type_text(name).await?;
    window.press(&[], Key::Enter).await?;
    window.see(&format!("Pakken «{name}» er lagret.")).await
}

/// Finds the panel by its name and adds it with Enter.
async fn pick_panel(window: &Window) -> anyhow::Result<()> {
    window.field("Søk etter tjenester").await?.fill("årskontroll").await?;
    window.find("best hit", "Årskontroll").await?;
    window.press(&[], Key::Enter).await
}

/// A new requisition for somebody else.
async fn begin_again(
    window: &Window,
    number: &'static str,
    given: &'static str,
    family: &'static str,
) -> anyhow::Result<()> {
    window.button("Bytt pasient").await?.click().await?;
    window.heading("Hvem gjelder det?").await?;
    steps::begin(window, &steps::Patient { number, given, family }).await
}

async fn set_theme(window: &Window, theme: &str) -> anyhow::Result<()> {
    let chosen = json!({"form": {"language": "nb", "theme": theme}});
    window.invoke("save_preferences", chosen).await?;
    Ok(())
}
