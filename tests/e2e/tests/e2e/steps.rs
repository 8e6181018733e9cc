//! What people in an office do again and again.

use e2e::{Key, Window};

/// A patient: one of the national test persons.
pub struct Patient {
    pub number: &'static str,
    pub given: &'static str,
    pub family: &'static str,
}

pub const ROLAND: Patient = Patient { number: "15076500565", given: "Roland", family: "Gundersen" };

/// Takes the first-run guide's offer.
pub async fn use_the_demo_office(window: &Window) -> anyhow::Result<()> {
    window.button("Bruk demokontoret").await?.click().await?;
    window.heading("Hvem gjelder det?").await?;
    Ok(())
}

/// Begins a requisition for a patient.
pub async fn begin(window: &Window, patient: &Patient) -> anyhow::Result<()> {
    ask_for(window, patient).await?;
    window.field("Søk etter tjenester").await?;
    Ok(())
}

/// Tries to begin one where that cannot be.
pub async fn begin_in_vain(window: &Window) -> anyhow::Result<()> {
    ask_for(window, &ROLAND).await
}

async fn ask_for(window: &Window, patient: &Patient) -> anyhow::Result<()> {
    window.field("11 siffer").await?.fill(patient.number).await?;
    window.field("Fornavn og mellomnavn").await?.fill(patient.given).await?;
    window.field("Etternavn").await?.fill(patient.family).await?;
    window.press(&[], Key::Enter).await
}

/// Searches as one types and adds the best hit with Enter; the focus stays in the field.
pub async fn add(window: &Window, text: &str, name: &str) -> anyhow::Result<()> {
    window.field("Søk etter tjenester").await?.fill(text).await?;
    window.find("best hit", name).await?;
    window.press(&[], Key::Enter).await?;
    window.button(&format!("Fjern {name}")).await?;
    Ok(())
}

/// Orders one analysis and sends it at once.
pub async fn send_crp(window: &Window) -> anyhow::Result<()> {
    begin(window, &ROLAND).await?;
    add(window, "crp", "CRP").await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await
}

/// Says in the dialog that comes before labels that the patient said name and number.
pub async fn sure_of_patient(window: &Window) -> anyhow::Result<()> {
    window.heading("Er det riktig pasient?").await?;
    window.field("Navnet: ").await?.click().await?;
    window.field("Fødselsnummeret: ").await?.click().await?;
    window.button("Riktig pasient").await?.click().await?;
    window.gone("heading", "Er det riktig pasient?").await
}

/// A screen as it is, dark, and at 200 % zoom: a picture of each, and axe-core finds nothing on any.
pub async fn every_look(window: &Window, name: &str) -> anyhow::Result<()> {
    window.screenshot(name).await?;
    window.axe(name).await?;
    wear(window, "dark").await?;
    window.screenshot(&format!("{name}-dark")).await?;
    window.axe(&format!("{name}, dark")).await?;
    wear(window, "light").await?;
    window.resize(640, 800).await?;
    window.screenshot(&format!("{name}-enlarged")).await?;
    window.axe(&format!("{name}, enlarged")).await?;
    window.resize(1280, 800).await
}

async fn wear(window: &Window, theme: &str) -> anyhow::Result<()> {
    let chosen = serde_json::json!({"form": {"language": "nb", "theme": theme}});
    window.invoke("save_preferences", chosen).await?;
    let worn = format!("return document.querySelector('.{theme}') !== null");
    e2e::process::until("the theme", async || {
        let worn: bool = window.session().execute(worn.as_str(), Vec::new()).await?.convert()?;
        Ok(worn.then_some(()))
    })
    .await
}

/// Opens the newest requisition's drawer in the overview.
pub async fn open_first_row(window: &Window) -> anyhow::Result<()> {
    window.press(&[Key::Control], '3').await?;
    window.heading("Oversikt").await?;
    e2e::process::until("a row in the overview", async || {
        let clicked = "const row = document.querySelector('[data-row]'); row?.click(); return row !== null";
        let clicked: bool = window.session().execute(clicked, Vec::new()).await?.convert()?;
        Ok(clicked.then_some(()))
    })
    .await?;
    window.heading("Hendelser").await?;
    Ok(())
}
