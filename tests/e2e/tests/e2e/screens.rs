//! Every screen once, light and dark, and the busy ones at 200 % zoom: a picture of each, and axe-core finds nothing on any.

use e2e::{Key, Office, Window};
use serde_json::json;

use crate::steps;

/// What is ordered for the tour: five disciplines' worth of tubes, and a question that must be answered.
const SERVICES: [&str; 7] = ["hba1c", "hemoglobin", "inr", "crp", "tsh", "litium", "urin-dyrkning"];

#[tokio::test]
async fn every_screen_is_fit_for_everybody_in_light_and_dark_and_enlarged() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    let waiting = order(&window, "14019800513", "Folke", "internal_lab").await?;
    order(&window, "12057900499", "Gry", "send").await?;
    steps::begin(&window, &steps::ROLAND).await?;
    for service in SERVICES {
        add(&window, service).await?;
    }
    for theme in ["light", "dark"] {
        let chosen = json!({"form": {"language": "nb", "theme": theme}});
        window.invoke("save_preferences", chosen).await?;
        tour(&window, theme, waiting.as_str()).await?;
    }
    window.resize(640, 800).await?;
    for (screen, name) in [('1', "compose"), ('2', "internal-lab"), ('3', "overview")] {
        window.press(&[Key::Control], screen).await?;
        window.screenshot(&format!("{name}-enlarged")).await?;
        window.axe(&format!("{name}, enlarged")).await?;
    }
    window.close().await
}

async fn tour(window: &Window, theme: &str, waiting: &str) -> anyhow::Result<()> {
    let screens = [
        ('1', "compose", "Rekvisisjon"),
        ('2', "internal-lab", "Internlab"),
        ('3', "overview", "Oversikt"),
        ('4', "handbook", "Labhåndbok"),
        ('5', "settings", "Innstillinger"),
    ];
    for (key, name, heading) in screens {
        window.press(&[Key::Control], key).await?;
        window.heading(heading).await?;
        if name == "internal-lab" {
            // The list comes after the heading.
            let open = format!(
                "const row = document.querySelector('[data-requisition=\"{waiting}\"]'); row?.click(); return row !== null"
            );
            e2e::process::until("the requisition that waits", async || {
                let clicked: bool = window.session().execute(&open, Vec::new()).await?.convert()?;
                Ok(clicked.then_some(()))
            })
            .await?;
            window.heading("Prøver i tapperekkefølge").await?;
        }
        if name == "overview" {
            steps::click(window, "[data-row]").await?;
            window.heading("Hendelser").await?;
        }
        window.screenshot(&format!("{name}-{theme}")).await?;
        window.axe(&format!("{name}, {theme}")).await?;
    }
    Ok(())
}

/// Orders three analyses for a patient through the window's own commands, and gives the requisition's id.
async fn order(window: &Window, number: &str, given: &str, way: &str) -> anyhow::Result<String> {
    let family = if given == "Gry" { "Telokk" } else { "Danser" };
    let form = json!({"form": {
        "number": number, "family": family, "given": given, "birth_date": "", "sex": "", "phone": "", "street": "",
        "postal_code": "", "city": ""
    }});
    let draft = window.invoke("start_draft", form).await?["draft"]["id"].clone();
    for service in ["hemoglobin", "crp", "ferritin"] {
        let edit = json!({"edit": "add_service", "provider": "balsam-lab", "service": service});
        window.invoke("edit_draft", json!({"id": draft, "edit": edit})).await?;
    }
    let made = window.invoke("hand_on", json!({"id": draft, "way": way})).await?;
    Ok(made["requisitions"][0].as_str().unwrap_or_default().to_owned())
}

/// Adds a service to the newest draft.
async fn add(window: &Window, service: &str) -> anyhow::Result<()> {
    let drafts = window.invoke("drafts", json!({})).await?;
    let edit = json!({"edit": "add_service", "provider": "balsam-lab", "service": service});
    window.invoke("edit_draft", json!({"id": drafts[0]["id"], "edit": edit})).await?;
    Ok(())
}
