//! Pathology in the real window: a cervical cytology with what the laboratory asks, and a histology with three containers and
//! an attachment.

use std::fs;

use e2e::{Office, Window};
use hospital::Received;

use crate::steps;

const GRY: steps::Patient = steps::Patient { number: "12057900499", given: "Gry", family: "Telokk" };

#[tokio::test]
async fn a_cervical_cytology_tells_its_reason_and_the_gynaecological_facts() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &GRY).await?;
    steps::add(&window, "HPV-primærscreening", "Livmorhalsprøve, HPV-screening").await?;
    steps::answer(&window, "cervix_reason", "Innkalt fra Livmorhalsprogrammet").await?;
    steps::answer(&window, "gyn_pregnant", "Nei").await?;
    steps::answer(&window, "gyn_status", "Spiral").await?;
    steps::answer(&window, "gyn_treatment", "Konisering").await?;
    steps::click(&window, ".basket [data-question=last_menstruation] input").await?;
    window.type_text("10.11.").await?;
    window.press(&[], e2e::Key::Tab).await?;
    window.screenshot("compose-cytology").await?;
    window.axe("compose, cytology").await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;

    let received = steps::received(&office, 1).await?;
    let summary = &received[0].summary;
    assert_eq!(summary.discipline.code, "CYTO");
    assert_eq!(summary.groups[0].services[0].code, "HPV");
    let told = summary.information.join("\n");
    for words in ["Ikke gravid", "IUD/Spiral", "Konisering", "Siste menstruasjon"] {
        assert!(told.contains(words), "{words} is not among {told}");
    }
    assert!(summary.reasons.iter().any(|reason| reason.contains("Livmorhalsprogrammet")));
    window.close().await
}

#[tokio::test]
async fn three_jars_with_their_sites_and_a_sketch_arrive_as_three_specimens_and_an_attachment() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    steps::begin(&window, &steps::ROLAND).await?;
    steps::add(&window, "hud eksisjonsbiopsi", "Hud, eksisjonsbiopsi").await?;
    window.field("Kliniske opplysninger").await?.fill("Tre pigmenterte lesjoner i vekst. Melanom?").await?;
    window.button("Flere beholdere: Hud, eksisjonsbiopsi").await?.click().await?;
    window.button("Legg til beholder").await?.click().await?;
    window.see("Hver beholder får sin egen etikett").await?;
    for (at, jar) in JARS.iter().enumerate() {
        jar.describe(&window, at + 1).await?;
    }
    window.field("Pakkeforløp for kreft").await?.click().await?;
    window.button("Legg til funn").await?.click().await?;
    window.field("Funn eller svar").await?.fill("Biopsi 2024-1234 fra ryggen: dysplastisk nevus").await?;
    window.field("Dato eller år").await?.fill("03.2024").await?;
    window.press(&[], e2e::Key::Enter).await?;
    window.see("Biopsi 2024-1234").await?;

    let sketch = office.dir().join("skisse.pdf");
    fs::write(&sketch, [b"%PDF-1.4\n".as_slice(), &vec![b' '; 120_000]].concat())?;
    window.button("Velg fil").await?.click().await?;
    office.desktop.choose_file("Legg ved en fil", &sketch).await?;
    window.see("1 vedlegg").await?;
    window.see("121 kB av høyst 10 MB").await?;
    for theme in ["light", "dark"] {
        steps::theme(&window, theme).await?;
        window.screenshot(&format!("compose-histology-{theme}")).await?;
        window.axe(&format!("compose, histology, {theme}")).await?;
    }
    window.resize(640, 800).await?;
    window.session().execute("document.querySelector('.containers').scrollIntoView()", Vec::new()).await?;
    window.screenshot("compose-histology-enlarged").await?;
    window.axe("compose, histology, enlarged").await?;
    window.resize(1280, 800).await?;
    window.button("Send").await?.click().await?;
    window.see("Rekvisisjonen er lagt i køen.").await?;

    let received = steps::received(&office, 1).await?;
    let Received { summary, .. } = &received[0];
    assert_eq!((summary.discipline.code.as_str(), summary.attachments), ("HIST", 1));
    let message = std::str::from_utf8(&received[0].bytes)?;
    let arrived: Vec<_> = message.split("<AnalysedSubject>").skip(1).map(told_of).collect();
    let written: Vec<_> = JARS.iter().map(Jar::as_it_arrives).collect();
    assert_eq!(arrived, written, "every word of every jar, in its own jar");
    let told = summary.information.join("\n");
    assert!(told.contains("dysplastisk nevus") && told.contains("akkeforløp"), "{told}");
    window.close().await
}

/// A jar as it is described.
struct Jar {
    letter: &'static str,
    site: &'static str,
    side: (&'static str, &'static str),
    size: &'static str,
    procedure: &'static str,
    fixative: &'static str,
    comment: &'static str,
}

const JARS: [Jar; 3] = [
    Jar {
        letter: "A",
        site: "Rygg",
        side: ("Høyre", "høyre side"),
        size: "12",
        procedure: "Eksisjonsbiopsi",
        fixative: "Formalin 4 %",
        comment: "Sutur kl. 12",
    },
    Jar {
        letter: "B",
        site: "Legg, 10 cm over ankelen",
        side: ("Venstre", "venstre side"),
        size: "4",
        procedure: "Stansebiopsi",
        fixative: "NaCl 9 mg/mL",
        comment: "Fra randen",
    },
    Jar {
        letter: "C",
        site: "Nakke",
        side: ("Midtlinje", "midtlinjen"),
        size: "7",
        procedure: "Shavebiopsi",
        fixative: "Michels medium",
        comment: "Til immunfluorescens",
    },
];

impl Jar {
    /// Fills it in by keyboard, from field to field without waiting.
    async fn describe(&self, window: &Window, number: usize) -> anyhow::Result<()> {
        let field = |name: &str| format!(".containers__one:nth-child({number}) [data-field={name}]");
        steps::click(window, &format!(".containers__one:nth-child({number}) [data-act=more]")).await?;
        steps::click(window, &field("site")).await?;
        window.type_text(self.site).await?;
        let choose = "const list = document.querySelector(arguments[0]);
            const option = [...list.options].find((each) => each.label.trim() === arguments[1]);
            Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(list, option.value);
            list.dispatchEvent(new Event('change', { bubbles: true }));";
        window.session().execute(choose, vec![field("side").into(), self.side.0.into()]).await?;
        steps::click(window, &field("size")).await?;
        window.type_text(self.size).await?;
        for (name, text) in [("procedure", self.procedure), ("fixative", self.fixative), ("comment", self.comment)] {
            steps::click(window, &field(name)).await?;
            window.type_text(text).await?;
        }
        steps::click(window, &format!(".containers__one:nth-child({number}) [data-act=more]")).await
    }

    fn as_it_arrives(&self) -> [String; 4] {
        let said = [format!("Beholder {}", self.letter), self.procedure.to_owned(), self.comment.to_owned()];
        [format!("{}, {}", self.site, self.side.1), self.fixative.to_owned(), self.size.to_owned(), said.join("\n")]
    }
}

/// Site and side, fixative, measure and comment of one specimen of a message.
fn told_of(specimen: &str) -> [String; 4] {
    let specimen = specimen.split("</AnalysedSubject>").next().unwrap_or_default();
    let element = |name: &str| {
        let inner = specimen.split(&format!("<{name}>")).nth(1).and_then(|rest| rest.split('<').next());
        inner.unwrap_or_default().to_owned()
    };
    let measure = specimen.split("<Quantity ").nth(1).and_then(|rest| rest.split('"').find(|part| is_figure(part)));
    [
        element("AnatomicalOrigin"),
        element("PreservMaterial"),
        measure.unwrap_or_default().to_owned(),
        element("Comment"),
    ]
}

fn is_figure(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
