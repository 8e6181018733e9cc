//! Opening the window.

use e2e::Office;

#[tokio::test]
async fn the_window_opens_and_says_what_it_is() -> anyhow::Result<()> {
    let office = Office::open().await?;
    let window = office.start().await?;
    assert_eq!(window.title().await?, "Rekvirent");
    window.find("main", "").await?;
    window.screenshot("opening").await?;
    window.close().await
}

#[tokio::test]
async fn after_a_crash_the_window_opens_again() -> anyhow::Result<()> {
    let office = Office::open().await?;
    office.start().await?.kill().await?;
    let window = office.start().await?;
    window.find("main", "").await?;
    window.close().await
}
