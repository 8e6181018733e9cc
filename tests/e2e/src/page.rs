//! Looking at a page as a screen reader does: roles and accessible names.
//!
//! The script in `look.js` runs in the window and only reads.

use std::fmt;

use anyhow::Context as _;
use serde_json::{Value, json};
use thirtyfour::{Key, WebDriver, WebElement};

const LOOK: &str = include_str!("look.js");

/// Whether the first page stands.
pub(crate) const READY: &str = "return document.readyState === 'complete' && document.body.innerText.trim() !== ''";

/// Comes back when fonts are there, movement has ended and what is built has been drawn.
pub(crate) const DRAWN: &str = r"
const done = arguments[arguments.length - 1];
const ended = document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations !== Infinity).map((each) => each.finished.catch(() => {}));
Promise.all([document.fonts.ready, ...ended]).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
";

/// Keeps a corner of the page changing, by less than an eye sees: a page that is painted without layers hands nothing on while it
/// stands still, and the driver takes no picture before it has.
pub(crate) const STIR: &str = r"
const corner = document.createElement('div');
Object.assign(corner.style, { position: 'fixed', left: 0, top: 0, width: '1px', height: '1px', pointerEvents: 'none' });
document.body.append(corner);
let on = false;
const timer = setInterval(() => { corner.style.background = (on = !on) ? 'rgb(0 0 0 / 0.004)' : 'transparent'; }, 20);
window.__settle = () => { clearInterval(timer); corner.remove(); };
";

/// Lets the page stand still again.
pub(crate) const SETTLE: &str = "window.__settle?.()";

/// Runs axe-core, which must have been loaded, and answers one line per finding and place.
pub(crate) const AXE: &str = r"
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  (result) => done(result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} (${violation.impact}): ${violation.help}: ${node.target.join(' ')}: ${node.failureSummary}`))),
  (error) => done([`axe-core failed: ${error}`]),
);
";

/// What is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    role: String,
    name: String,
}

impl Query {
    pub(crate) fn new(role: &str, name: &str) -> Self {
        Self { role: role.to_owned(), name: name.to_owned() }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.role, self.name)
    }
}

/// Something on the page.
#[derive(Debug, Clone)]
pub struct Element {
    session: WebDriver,
    inner: WebElement,
}

impl Element {
    /// Clicks it.
    ///
    /// # Errors
    /// When it is covered or gone.
    pub async fn click(&self) -> anyhow::Result<()> {
        self.inner.scroll_into_view().await?;
        let clicked = self.inner.click().await;
        if let Err(error) = clicked {
            let over = self.session.execute(look("covering(arguments[0])"), vec![self.inner.to_json()?]).await?;
            return Err(anyhow::Error::new(error).context(over.convert::<String>()?));
        }
        Ok(())
    }

    /// Types into it, key by key, after what it holds.
    ///
    /// # Errors
    /// When it takes no text.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        Ok(self.inner.send_keys(text).await?)
    }

    /// Replaces what it holds, as one would by selecting everything and typing.
    ///
    /// # Errors
    /// When it takes no text.
    pub async fn fill(&self, text: &str) -> anyhow::Result<()> {
        self.inner.focus().await?;
        self.session
            .action_chain()
            .key_down(Key::Control)
            .send_keys("a")
            .key_up(Key::Control)
            .send_keys(Key::Backspace)
            .perform()
            .await?;
        self.type_text(text).await
    }

    /// Chooses an entry of a list box by its text.
    ///
    /// # Errors
    /// When there is no such entry.
    pub async fn choose(&self, text: &str) -> anyhow::Result<()> {
        let chosen = self
            .session
            .execute(look("choose(arguments[0], arguments[1])"), vec![self.inner.to_json()?, json!(text)])
            .await?;
        let chosen: Option<String> = chosen.convert()?;
        match chosen {
            None => Ok(()),
            Some(choices) => anyhow::bail!("there is no {text:?} among {choices}"),
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn text(&self) -> anyhow::Result<String> {
        Ok(self.inner.text().await?)
    }

    /// What it holds.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn value(&self) -> anyhow::Result<String> {
        Ok(self.inner.prop("value").await?.unwrap_or_default())
    }

    /// An attribute.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn attribute(&self, name: &str) -> anyhow::Result<Option<String>> {
        Ok(self.inner.attr(name).await?)
    }
}

/// The one match, or a sentence on what stands there instead.
pub(crate) async fn find(session: &WebDriver, query: &Query) -> anyhow::Result<Result<Element, String>> {
    let answer =
        session.execute(look("find(arguments[0], arguments[1])"), vec![json!(query.role), json!(query.name)]).await?;
    if let Value::String(why) = answer.json() {
        return Ok(Err(why.clone()));
    }
    let inner = answer.element().context("a match that is no element")?;
    Ok(Ok(Element { session: session.clone(), inner }))
}

pub(crate) async fn count(session: &WebDriver, query: &Query) -> anyhow::Result<u64> {
    let answer = session
        .execute(look("matches(arguments[0], arguments[1]).length"), vec![json!(query.role), json!(query.name)])
        .await?;
    Ok(answer.convert()?)
}

pub(crate) async fn focused(session: &WebDriver) -> anyhow::Result<String> {
    let answer = session.execute(look("describe(document.activeElement)"), Vec::new()).await?;
    Ok(answer.convert()?)
}

pub(crate) async fn visible_text(session: &WebDriver) -> anyhow::Result<String> {
    let answer = session.execute("return document.body.innerText", Vec::new()).await?;
    Ok(answer.convert()?)
}

/// Text with every run of white space as one space, for comparison.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn look(expression: &str) -> String {
    format!("{LOOK}\nreturn {expression};")
}
