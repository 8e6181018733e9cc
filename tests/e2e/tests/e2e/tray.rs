//! The icon in the system tray: its number, its words, and the way from it to what needs somebody.

use e2e::office::top;
use e2e::{Office, Tray};
use hospital::{Behaviour, Rejection};

use crate::steps;

#[tokio::test]
async fn the_tray_shows_how_many_need_somebody_and_leads_to_them() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let tray = Tray::start(&office.desktop).await?;
    let picture = |name: &str| top().join("src-tauri/icons/tray").join(name).with_extension("png");
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    tray.shows(&picture("none")).await?;

    let reject = Some(Rejection { code: "X99".into(), text: "Svar mangler.".into(), times: Some(1) });
    office.hospital()?.set_behaviour(Behaviour { reject, ..Behaviour::default() });
    steps::send_crp(&window).await?;
    tray.shows(&picture("1")).await?;
    tray.choose("1 trenger deg").await?;
    window.heading("Trenger deg").await?;

    steps::click(&window, "[data-need] .need__act").await?;
    window.heading("Rett og send på nytt").await?;
    let submit = "document.querySelector('[role=dialog] form, dialog form').requestSubmit()";
    window.session().execute(submit, Vec::new()).await?;
    window.see("Rettet og lagt i køen.").await?;
    tray.shows(&picture("none")).await?;
    tray.choose("Ingenting trenger deg").await?;
    window.close().await
}
