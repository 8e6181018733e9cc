//! A provider with thousands of services is searched, browsed and read like any other. Nothing here asks how fast: that is
//! measured by the `keystrokes` program.

use e2e::{Key, Office};

use crate::steps;

#[tokio::test]
async fn a_provider_with_thousands_of_services_is_searched_letter_by_letter_and_browsed_to_the_last_row()
-> anyhow::Result<()> {
    let office = Office::open().await?;
    let provider = office.publish_volume(3_000)?;
    let window = office.start().await?;
    steps::use_the_demo_office(&window).await?;
    window.connect(&office, provider).await?;

    window.press(&[Key::Control], '4').await?;
    window.heading("Labhåndbok").await?;
    let search = window.field("Søk etter tjenester").await?;
    search.click().await?;
    for text in ["2", "29", "299", "2998"] {
        window.press(&[], text.chars().last().unwrap_or_default()).await?;
        // The list that stands is the list for exactly these letters.
        let answered = format!("return document.querySelector('[data-query]')?.dataset.query === '{text}'");
        e2e::process::until("the hits for these letters", async || {
            let there: bool = window.session().execute(&answered, Vec::new()).await?.convert()?;
            Ok(there.then_some(()))
        })
        .await?;
    }
    window.find("option", "2998").await?;
    window.press(&[], Key::Escape).await?;

    // Down to the longest group by keyboard alone, and to its last service.
    let into = "document.querySelector('[role=tree]').focus()";
    window.session().execute(into, Vec::new()).await?;
    window.type_text("Volum").await?;
    window.press(&[], Key::Right).await?;
    window.press(&[], Key::Right).await?;
    window.type_text("Alt").await?;
    window.see("Alt annet").await?;
    window.find("treeitem", "Alt annet").await?.click().await?;
    let drawn = "return document.querySelectorAll('[role=treeitem]').length";
    let drawn: usize = window.session().execute(drawn, Vec::new()).await?.convert()?;
    assert!(drawn < 100, "{drawn} rows are drawn of a group of a thousand");
    window.axe("a long group").await?;
    window.screenshot("handbook-volume").await?;
    window.close().await
}
