//! A radiology examination from the search field to the hospital: the safety interview is held, what it tells is passed on,
//! and last time's answers have to be given again.

use e2e::{Office, Window};

use crate::morning::words;
use crate::steps;

/// What the patient answers: a pacemaker is in the way, nothing else is.
const ANSWERS: [(&str, &str); 13] = [
    ("mr_pacemaker", "Ja"),
    ("mr_clip", "Nei"),
    ("mr_cochlea", "Nei"),
    ("mr_stimulator", "Nei"),
    ("mr_eye", "Vet ikke"),
    ("mr_pump", "Nei"),
    ("mr_prosthesis", "Nei"),
    ("mr_stent", "Nei"),
    ("mr_other", "Nei"),
    ("mr_narrow", "Nei"),
    ("mr_lying", "Ja"),
    ("mr_kidney", "Nei"),
    ("mr_which", "Medtronic Azure, satt inn 2021"),
];

#[tokio::test]
async fn a_magnetic_resonance_with_a_pacemaker_is_asked_about_told_of_and_asked_about_again() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let mut printer = office.spooler.page_queue("kontor", office.dir()).await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    window.field("Søk etter tjenester").await?.fill("mr kne").await?;
    window.find("best hit", "MR kne").await?;
    window.screenshot("search-radiology").await?;
    steps::add(&window, "mr kne", "MR kne").await?;
    window.field("Kliniske opplysninger").await?.fill("Vridning for tre uker siden. Låsning. Meniskskade?").await?;
    steps::answer(&window, "side", "Høyre").await?;
    steps::answer(&window, "may_change", "Ja").await?;
    window.see("0 av 12 besvart").await?;
    window.button("Start samtalen").await?.click().await?;
    window.heading("Spørsmål til pasienten").await?;
    window.see("Har du pacemaker").await?;
    for theme in ["light", "dark"] {
        steps::theme(&window, theme).await?;
        window.screenshot(&format!("interview-{theme}")).await?;
        window.axe(&format!("the interview, {theme}")).await?;
    }
    window.resize(640, 800).await?;
    window.screenshot("interview-enlarged").await?;
    window.axe("the interview, enlarged").await?;
    window.resize(1280, 800).await?;
    hold(&window).await?;
    window.see("13 av 13 besvart").await?;
    window.button("Ferdig").await?.click().await?;

    // Two warnings, each of which wants a reason: one for the pacemaker, one for what is not known.
    window.see("Et svar kan være til hinder for MR.").await?;
    // The first one folds when it is answered, so that what stands below it moves.
    for reason in ["Ber radiologen vurdere om MR kan gjøres", "Ber avdelingen ta røntgen for å avklare"] {
        steps::choose_in(&window, ".basket", reason).await?;
    }
    window.gone("button", "gjenstår").await?;
    window.invoke("save_paper_queue", serde_json::json!({"queue": "kontor"})).await?;
    window.button("Blir 1 rekvisisjon").await?.click().await?;
    window.see("Pacemaker elektrode").await?;
    window.see("Medtronic Azure, satt inn 2021").await?;
    for theme in ["light", "dark"] {
        steps::theme(&window, theme).await?;
        window.screenshot(&format!("preview-{theme}")).await?;
        window.axe(&format!("the preview, {theme}")).await?;
    }
    window.resize(640, 800).await?;
    window.screenshot("preview-enlarged").await?;
    window.axe("the preview, enlarged").await?;
    // What is read on the screen comes out of the office's own printer, whole.
    window.button("Skriv ut").await?.click().await?;
    let printed = words(&office, &printer.next_job().await?)?;
    window.see("Skrevet ut på kontor.").await?;
    window.screenshot("preview-printed").await?;
    for fact in ["Pacemaker elektrode", "Medtronic Azure, satt inn 2021", "Kattskinnet legesenter", "Pasient"] {
        assert!(printed.contains(fact), "{fact} is not on the sheet:\n{printed}");
    }
    window.button("Lukk").await?.click().await?;
    window.resize(1280, 800).await?;
    window.screenshot("compose-radiology").await?;
    window.axe("compose, radiology").await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;

    let received = steps::received(&office, 1).await?;
    let told = received[0].summary.information.join("\n");
    for words in [
        "Pacemaker elektrode",
        "Ikke Intrakranielle vaskulære klips",
        "Medtronic Azure",
        "metallsplint i øyet? Vet ikke",
    ] {
        assert!(told.contains(words), "{words} is not among {told}");
    }
    assert_eq!(received[0].summary.discipline.code, "MR");
    assert!(received[0].summary.groups[0].services[0].code.starts_with("SN"), "a procedure of the knee");

    as_sent(&window).await?;
    last_time_is_confirmed(&window).await?;
    window.close().await
}

/// The message that was sent, as the hospital sees it.
async fn as_sent(window: &Window) -> anyhow::Result<()> {
    steps::open_first_row(window).await?;
    window.button("Vis melding").await?.click().await?;
    window.heading("Slik mottakeren ser den").await?;
    window.see("Pacemaker elektrode").await?;
    window.screenshot("message-as-received").await?;
    window.axe("the message as received").await?;
    window.button("Vis som XML").await?.click().await?;
    window.see("<MsgId>").await?;
    window.press(&[], e2e::Key::Escape).await?;
    window.gone("dialog", "Slik mottakeren ser den").await
}

/// A second examination of the same patient: nothing is answered until it is said again.
async fn last_time_is_confirmed(window: &Window) -> anyhow::Result<()> {
    window.press(&[e2e::Key::Control], '1').await?;
    steps::begin(window, &steps::ROLAND).await?;
    steps::add(window, "mr kne", "MR kne").await?;
    window.see("0 av 12 besvart").await?;
    window.button("Start samtalen").await?.click().await?;
    window.see("12 svar fra sist er klare til å bekreftes.").await?;
    window.screenshot("interview-from-last-time").await?;
    window.axe("the interview with last time's answers").await?;
    steps::click(window, "[data-question=mr_pacemaker] [data-act=still]").await?;
    window.see("1 av 13 besvart").await?;
    window.button("Ferdig").await?.click().await
}

/// Answers everything, the last question when it has come to stand there.
async fn hold(window: &Window) -> anyhow::Result<()> {
    for (question, words) in ANSWERS {
        if question == "mr_which" {
            let field = ".interview__item[data-question=mr_which] input";
            steps::click(window, field).await?;
            window.type_text(words).await?;
            window.press(&[], e2e::Key::Tab).await?;
        } else {
            steps::choose_in(window, &format!(".interview__item[data-question={question}]"), words).await?;
        }
    }
    Ok(())
}
