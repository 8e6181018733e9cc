//! The icon in the system tray: its number, its words, and the way from it to what needs somebody.

use e2e::office::top;
use e2e::{Office, Tray, Window};
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

/// Every other test here starts on a desktop without a tray; this one on a machine without the library for it.
#[tokio::test]
async fn without_the_library_for_tray_icons_the_window_opens_all_the_same_and_says_the_number_itself()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let tray = Tray::start(&office.desktop).await?;
    let window = office.start_without_tray_library().await?;
    the_window_says_the_number_itself(&office, &window).await?;
    assert!(tray.is_empty(), "there is no icon");
    window.close().await
}

#[tokio::test]
async fn a_desktop_that_takes_icons_and_shows_none_gets_a_window_that_says_the_number_itself() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let _tray = Tray::start_without_host(&office.desktop).await?;
    let window = office.start().await?;
    the_window_says_the_number_itself(&office, &window).await?;
    window.close().await
}

#[tokio::test]
async fn a_desktop_without_a_tray_gets_a_window_that_says_the_number_itself() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    the_window_says_the_number_itself(&office, &window).await?;
    window.close().await
}

/// The work is done without an icon, and nobody is told that something were wrong.
async fn the_window_says_the_number_itself(office: &Office, window: &Window) -> anyhow::Result<()> {
    steps::use_the_demo_office(window).await?;
    let alerts = "return [...document.querySelectorAll('[role=alert]')].map((one) => one.innerText).join('|')";
    let said: String = window.session().execute(alerts, Vec::new()).await?.convert()?;
    assert_eq!(said, "", "nothing is wrong");
    let reject = Some(Rejection { code: "X99".into(), text: "Svar mangler.".into(), times: Some(1) });
    office.hospital()?.set_behaviour(Behaviour { reject, ..Behaviour::default() });
    steps::send_crp(window).await?;
    window.button("Oversikt , 1 trenger deg").await?.click().await?;
    window.heading("Trenger deg").await?;
    Ok(())
}
