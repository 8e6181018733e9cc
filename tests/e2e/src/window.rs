//! The application's window, driven through WebKit's own WebDriver.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, Key, WebDriver};

use crate::{
    office::{Office, top},
    page::{self, Element, Query},
    process::{Process, children, free_port, kill, need, until},
};

/// The open window. Closing is explicit ([`Window::close`], [`Window::kill`]); dropping kills.
pub struct Window {
    session: WebDriver,
    driver: Process,
}

impl Window {
    /// Starts the application under a driver of its own and waits until its first page is there.
    ///
    /// # Errors
    /// When no window opens, with what the driver and the application wrote.
    pub(crate) async fn open(office: &Office, application: &Path, arguments: &[String]) -> anyhow::Result<Self> {
        need("WebKitWebDriver")?;
        let port = free_port()?;
        let mut command = office.desktop.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("CUPS_SERVER", office.spooler.server());
        let mut driver = Process::start(&format!("driver-{port}"), &command, office.dir())?;
        until("the driver", async || {
            driver.still_runs()?;
            let there = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
            Ok(there.ok().map(drop))
        })
        .await?;

        let mut capabilities = Capabilities::new();
        capabilities.set("webkitgtk:browserOptions", json!({ "binary": application, "args": arguments }))?;
        let session = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
            .request_timeout(Duration::from_secs(60))
            .connect()
            .await
            .with_context(|| format!("no window opened; the program wrote:\n{}", driver.output()))?;
        let window = Self { session, driver };
        window.ready().await?;
        Ok(window)
    }

    /// The title of the page.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn title(&self) -> anyhow::Result<String> {
        Ok(self.session.title().await?)
    }

    /// Waits for the one element of this role and name, as a screen reader would announce it. The name may be given in
    /// part when it is unique all the same; an exact match wins.
    ///
    /// # Errors
    /// When none or several come to stand there; the message lists what does.
    pub async fn find(&self, role: &str, name: &str) -> anyhow::Result<Element> {
        let query = Query::new(role, name);
        let mut last = String::new();
        let found = until(&query.to_string(), async || match page::find(&self.session, &query).await? {
            Ok(element) => Ok(Some(element)),
            Err(why) => {
                last = why;
                Ok(None)
            }
        })
        .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let picture = self.picture_of_failure(&query).await;
                Err(error.context(format!("{last}\n{picture}")))
            }
        }
    }

    /// Waits until nothing of this role and name stands on the page.
    ///
    /// # Errors
    /// When it stays.
    pub async fn gone(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let query = Query::new(role, name);
        until(&format!("{query} to go"), async || Ok((page::count(&self.session, &query).await? == 0).then_some(())))
            .await
    }

    /// A button.
    ///
    /// # Errors
    /// As for [`Window::find`].
    pub async fn button(&self, name: &str) -> anyhow::Result<Element> {
        self.find("button", name).await
    }

    /// A link.
    ///
    /// # Errors
    /// As for [`Window::find`].
    pub async fn link(&self, name: &str) -> anyhow::Result<Element> {
        self.find("link", name).await
    }

    /// A heading.
    ///
    /// # Errors
    /// As for [`Window::find`].
    pub async fn heading(&self, name: &str) -> anyhow::Result<Element> {
        self.find("heading", name).await
    }

    /// Anything that is filled in: text field, search field, combobox, list box, check box.
    ///
    /// # Errors
    /// As for [`Window::find`].
    pub async fn field(&self, label: &str) -> anyhow::Result<Element> {
        self.find("field", label).await
    }

    /// Waits until this text is to be seen somewhere.
    ///
    /// # Errors
    /// When it does not come; the message holds what is there instead.
    pub async fn see(&self, text: &str) -> anyhow::Result<()> {
        let mut last = String::new();
        until(&format!("the text {text:?}"), async || {
            last = page::visible_text(&self.session).await?;
            Ok(page::folded(&last).contains(&page::folded(text)).then_some(()))
        })
        .await
        .with_context(|| format!("the window shows:\n{last}"))
    }

    /// Everything that is to be seen.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn text(&self) -> anyhow::Result<String> {
        page::visible_text(&self.session).await
    }

    /// Presses keys together: `press(&[Key::Control], 'k')`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn press(&self, held: &[Key], key: impl Into<char>) -> anyhow::Result<()> {
        let mut chain = self.session.action_chain();
        for held in held {
            chain = chain.key_down(held.value());
        }
        let key = key.into();
        chain = chain.key_down(key).key_up(key);
        for held in held.iter().rev() {
            chain = chain.key_up(held.value());
        }
        Ok(chain.perform().await?)
    }

    /// Types text into whatever has the focus, key by key.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        Ok(self.session.action_chain().send_keys(text).perform().await?)
    }

    /// Scans a code, as a scanner that types it at once and presses Enter, wherever the focus is. The keys come from the page
    /// itself: pressed one by one over the line to the driver they would be as slow as a person's.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn scan(&self, code: &str) -> anyhow::Result<()> {
        let keys = "const target = document.activeElement ?? document.body;
            for (const key of [...arguments[0], 'Enter']) target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));";
        self.session.execute(keys, vec![code.into()]).await?;
        Ok(())
    }

    /// The role and name of what has the focus, as `role "name"`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn focused(&self) -> anyhow::Result<String> {
        page::focused(&self.session).await
    }

    /// Writes a picture of the window into the folder of pictures, which git ignores.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = top().join("tests/e2e/screenshots");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        // The page may be built and not yet drawn.
        self.session.execute_async(page::DRAWN, Vec::new()).await?;
        self.session.execute(page::STIR, Vec::new()).await?;
        let picture = self.session.screenshot_as_png().await;
        self.session.execute(page::SETTLE, Vec::new()).await?;
        fs::write(&path, picture?)?;
        Ok(path)
    }

    /// Checks the page that stands there with axe-core: any finding fails.
    ///
    /// # Errors
    /// With the findings and where they are.
    pub async fn axe(&self, name: &str) -> anyhow::Result<()> {
        let source = top().join("ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&source)
            .with_context(|| format!("{} is not there: `make ui` installs it", source.display()))?;
        let loaded = self.session.execute("return typeof window.axe === 'object'", Vec::new()).await?;
        if loaded.json() != &Value::Bool(true) {
            self.session.execute(axe, Vec::new()).await?;
        }
        let findings = self.session.execute_async(page::AXE, Vec::new()).await.context("axe-core did not run")?;
        let findings: Vec<String> = findings.convert()?;
        ensure!(findings.is_empty(), "axe-core on {name}:\n{}", findings.join("\n"));
        Ok(())
    }

    /// Makes the window this large.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.session.set_window_rect(0, 0, width, height).await?;
        Ok(())
    }

    /// Calls a command as the window does.
    ///
    /// # Errors
    /// When the command refuses, with what it says.
    pub async fn invoke(&self, command: &str, arguments: Value) -> anyhow::Result<Value> {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then((ok) => done({ ok }), (fault) => done({ fault }))";
        let answer = self.session.execute_async(script, vec![command.into(), arguments]).await?;
        let answer = answer.json();
        ensure!(answer.get("fault").is_none(), "{command}: {}", answer["fault"]);
        Ok(answer["ok"].clone())
    }

    /// The process number of the application, while it runs.
    #[must_use]
    pub fn application(&self) -> Option<u32> {
        children(self.driver.id()).first().copied()
    }

    /// The WebDriver session, for what has no word here yet.
    #[must_use]
    pub fn session(&self) -> &WebDriver {
        &self.session
    }

    /// Closes the window as a person would.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn close(self) -> anyhow::Result<()> {
        let pids = children(self.driver.id());
        self.session.clone().quit().await?;
        until("the application to end", async || Ok(pids.iter().all(|pid| !alive(*pid)).then_some(()))).await
    }

    /// Kills the application at once, as a crash or a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// When it was not running.
    pub async fn kill(self) -> anyhow::Result<()> {
        let pids = children(self.driver.id());
        if pids.is_empty() {
            bail!("the application was not running");
        }
        for pid in &pids {
            kill(*pid)?;
        }
        until("the application to be gone", async || Ok(pids.iter().all(|pid| !alive(*pid)).then_some(()))).await
    }

    /// Waits until the page has been loaded and something stands on it.
    async fn ready(&self) -> anyhow::Result<()> {
        until("the first page", async || {
            let ready = self.session.execute(page::READY, Vec::new()).await?;
            Ok((ready.json() == &Value::Bool(true)).then_some(()))
        })
        .await
        .with_context(|| format!("the program wrote:\n{}", self.driver.output()))
    }

    async fn picture_of_failure(&self, query: &Query) -> String {
        let name: String =
            format!("failed {query}").chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        match self.screenshot(&name).await {
            Ok(path) => format!("picture: {}", path.display()),
            Err(error) => format!("no picture: {error}"),
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        for pid in children(self.driver.id()) {
            // It may have ended meanwhile.
            let _ = kill(pid);
        }
        // The driver ends right after; there is no session left to say goodbye to.
        let _ = self.session.clone().leak();
    }
}

/// Whether a process still holds anything. The first of its threads may have ended before the others let go of their files.
fn alive(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    let ended = stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'));
    let threads = fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    !ended || threads > 1
}
