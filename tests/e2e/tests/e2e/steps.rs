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

/// Waits until the demo office has its three catalogues: they come one after the other behind the first screen, and what is set
/// up is written until then.
pub async fn every_catalogue(window: &Window) -> anyhow::Result<()> {
    e2e::process::until("every catalogue", async || {
        let status = window.invoke("status", serde_json::json!({})).await?;
        let there = |one: &serde_json::Value| one["version"].is_string();
        let known = status["catalogues"].as_array().map_or(0, |all| all.iter().filter(|one| there(one)).count());
        Ok((known == 3).then_some(()))
    })
    .await
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

/// Gives the answer of this name to a question in the basket.
pub async fn answer(window: &Window, question: &str, words: &str) -> anyhow::Result<()> {
    choose_in(window, &format!(".basket [data-question=\"{question}\"]"), words).await
}

/// Clicks the choice of this name within what the selector names, once it is there.
pub async fn choose_in(window: &Window, selector: &str, words: &str) -> anyhow::Result<()> {
    let script = "const [selector, words] = arguments;
        const choices = [...document.querySelectorAll(`${selector} button, ${selector} label`)];
        const choice = choices.find((each) => each.textContent.trim() === words);
        choice?.click();
        return choice !== undefined;";
    e2e::process::until(&format!("the choice {words:?} in {selector}"), async || {
        let clicked: bool = window.session().execute(script, vec![selector.into(), words.into()]).await?.convert()?;
        Ok(clicked.then_some(()))
    })
    .await
}

/// Clicks what the selector names and gives it the focus, once it is there.
pub async fn click(window: &Window, selector: &str) -> anyhow::Result<()> {
    let script =
        "const found = document.querySelector(arguments[0]); found?.focus(); found?.click(); return found !== null;";
    e2e::process::until(selector, async || {
        let clicked: bool = window.session().execute(script, vec![selector.into()]).await?.convert()?;
        Ok(clicked.then_some(()))
    })
    .await
}

/// Shows the screens light or dark.
pub async fn theme(window: &Window, theme: &str) -> anyhow::Result<()> {
    let chosen = serde_json::json!({"form": {"language": "nb", "theme": theme}});
    window.invoke("save_preferences", chosen).await?;
    let shown = "return document.documentElement.style.colorScheme";
    e2e::process::until("the theme", async || {
        let now: String = window.session().execute(shown, Vec::new()).await?.convert()?;
        Ok((now == theme).then_some(()))
    })
    .await
}

/// What the hospital has received, once it is so much.
pub async fn received(office: &e2e::Office, count: usize) -> anyhow::Result<Vec<hospital::Received>> {
    e2e::process::until(&format!("the hospital to have {count}"), async || {
        let received = office.hospital()?.received();
        Ok((received.len() >= count).then_some(received))
    })
    .await
}

/// Answers whatever must still be answered in the basket with "Nei", else with the first choice.
pub async fn answer_the_rest(window: &Window) -> anyhow::Result<()> {
    let script = "const open = [...document.querySelectorAll('.basket .question')].find((each) => each.querySelector('.question__must'));
        if (!open) return true;
        const choices = [...open.querySelectorAll('button')];
        (choices.find((each) => each.textContent.trim() === 'Nei') ?? choices[0])?.click();
        return false;";
    e2e::process::until("everything to be answered", async || {
        let done: bool = window.session().execute(script, Vec::new()).await?.convert()?;
        Ok(done.then_some(()))
    })
    .await
}
