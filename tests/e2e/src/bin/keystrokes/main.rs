//! Measures what a person at the desk waits for, in the real window with 10 000 and with 100 000 services: from the key to the
//! painted list of hits, from the click to the opened branch and page, and what an update of a hundred services costs.
//!
//! A keystroke counts from the time that the key event carries to the first task after the frame in which the list for exactly
//! that text was drawn: the letter's way through the shell, the search, React, layout and the wait for the frame are all in it.
//! It is told stage by stage, and what comes after the compositor is not seen from within a page. The driver presses the next
//! key when the last one is painted; with `--pace MS` not before so many milliseconds have gone, as one who types steadily.
//!
//! A display, its driver and this machine have a share in those times. So the same letters are typed first, in the same
//! window, into a page with nothing but a field: echoed alone, and with as many plain rows under it as hits are in sight.
//!
//! Run by `make bench`, in a release build. With `--sample N`, every Nth query of the published set.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use e2e::{Key, Office, Window};
use serde_json::{Value, json};

/// Follows each letter until its list is painted.
const WATCH: &str = include_str!("watch.js");

/// A page of one field, to know what a key costs here before anything of ours.
const BARE: &str = include_str!("bare.js");

/// Finds a branch of the tree, clicks it, and waits until it is painted open.
const OPEN_BRANCH: &str = include_str!("branch.js");

/// As many plain rows as hits stand in sight.
const ROWS: usize = 14;

/// Comes back when as many keys were painted as asked for.
const PAINTED: &str = r"
const [wanted, done] = arguments;
window.__onPainted = () => window.__painted.length >= wanted && done(window.__painted[wanted - 1]);
window.__onPainted();
";

/// What is typed, and how fast.
#[derive(Debug, Clone, Copy)]
struct Typing {
    /// Every so many-th query of the published set.
    sample: usize,
    /// From one letter to the next, at least.
    pace: Duration,
}

fn argument<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(name: &str, otherwise: T) -> anyhow::Result<T> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    match std::env::args().any(|argument| argument == name) {
        true => Ok(arguments.next().with_context(|| format!("{name} wants a number"))?.parse()?),
        false => Ok(otherwise),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let typing = Typing { sample: argument("--sample", 6)?, pace: Duration::from_millis(argument("--pace", 0)?) };
    for count in [10_000, 100_000] {
        let office = Office::open().await?;
        let window = office.start().await?;
        window.button("Bruk demokontoret").await?.click().await?;
        window.heading("Hvem gjelder det?").await?;
        let national = if count == 10_000 { office.publish_national_list()? } else { None };
        let provider = match national {
            Some(provider) => provider,
            None => office.publish_volume(count)?,
        };
        let began = Instant::now();
        window.connect(&office, provider).await?;
        println!(
            "\n{provider}, {count} services: fetched, verified, kept and indexed in {} ms",
            began.elapsed().as_millis()
        );
        window.close().await?;

        let began = Instant::now();
        let window = office.start().await?;
        window.heading("Hvem gjelder det?").await?;
        memory(&window, "after the start")?;
        println!(
            "start until the first screen stands: {} ms (with the driver's own start)",
            began.elapsed().as_millis()
        );
        keystrokes(&window, typing).await?;
        browsing(&window, provider).await?;
        if national.is_none() {
            updating(&office, &window, provider, count).await?;
        }
        memory(&window, "then")?;
        bare(&window, typing).await?;
        window.close().await?;
    }
    Ok(())
}

async fn keystrokes(window: &Window, typing: Typing) -> anyhow::Result<()> {
    window.field("11 siffer").await?.fill("15076500565").await?;
    window.field("Fornavn og mellomnavn").await?.fill("Roland").await?;
    window.field("Etternavn").await?.fill("Gundersen").await?;
    window.press(&[], Key::Enter).await?;
    window.field("Søk etter tjenester").await?.click().await?;
    let letters = type_queries(window, typing, Some(Key::Escape.into())).await?;
    tell_letters("search", &letters)
}

/// The same letters where nothing of ours is: in this window, but on an empty page. The window is of no use afterwards.
async fn bare(window: &Window, typing: Typing) -> anyhow::Result<()> {
    for (what, rows) in [("bare field", 0), ("bare field and plain rows", ROWS)] {
        window.session().execute(BARE, vec![json!(rows)]).await?;
        let letters = type_queries(window, typing, None).await?;
        tell_letters(what, &letters)?;
    }
    Ok(())
}

/// Types published queries; gives what the page saw of each letter. Afterwards the field is emptied as by a
/// person, with `empty`, or letter by letter.
async fn type_queries(window: &Window, typing: Typing, empty: Option<char>) -> anyhow::Result<Vec<Value>> {
    window.session().execute(WATCH, Vec::new()).await?;
    let queries = std::fs::read_to_string(e2e::office::top().join("tests/bench/queries.tsv"))?;
    let queries = queries.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut letters = Vec::new();
    for query in queries.filter_map(|line| line.split('\t').next()).step_by(typing.sample) {
        for (typed, letter) in query.chars().enumerate() {
            let pressed = Instant::now();
            window.press(&[], letter).await?;
            letters.push(window.session().execute_async(PAINTED, vec![json!(typed + 1)]).await?.json().clone());
            tokio::time::sleep(typing.pace.saturating_sub(pressed.elapsed())).await;
        }
        match empty {
            Some(key) => window.press(&[], key).await?,
            None => {
                window.press(&[Key::Control], 'a').await?;
                window.press(&[], Key::Delete).await?;
            }
        }
        window.session().execute("window.__painted = []", Vec::new()).await?;
    }
    Ok(letters)
}

/// Prints each stage of the way, as milliseconds since the key.
fn tell_letters(what: &str, letters: &[Value]) -> anyhow::Result<()> {
    for (stage, words) in [
        ("taken", "the page has the letter"),
        ("asked", "the question leaves"),
        ("told", "the answer comes"),
        ("stands", "the list stands in the page"),
        ("frame", "its frame begins"),
        ("painted", "it is painted"),
    ] {
        let mut times: Vec<f64> = letters.iter().filter_map(|letter| letter[stage].as_f64()).collect();
        if !times.is_empty() {
            tell(&format!("{what}: key until {words}"), &mut times);
        }
    }
    anyhow::ensure!(!letters.is_empty(), "no letter was typed");
    Ok(())
}

/// Opens the tree down to the longest group, then a page, by keyboard.
async fn browsing(window: &Window, provider: &str) -> anyhow::Result<()> {
    let tree = window.invoke("tree", json!({})).await?;
    let groups = tree.as_array().into_iter().flatten().filter(|one| one["provider"] == provider);
    let longest = groups
        .flat_map(|one| one["departments"].as_array().cloned().unwrap_or_default())
        .flat_map(|one| one["groups"].as_array().cloned().unwrap_or_default())
        .filter_map(|group| group["services"].as_u64())
        .max();
    println!("longest group: {} services", longest.unwrap_or(0));
    let first = json!({"at": place(&tree, provider, longest), "offset": 0, "count": 1});
    let service = window.invoke("tree_services", first).await?["services"][0]["id"].clone();
    for (what, command, form) in [
        ("the page of a service", "service_page", json!({"provider": provider, "service": service, "draft": null})),
        ("the page of the provider", "provider_page", json!({"provider": provider})),
        ("the tree without services", "tree", json!({})),
        (
            "a page of 100 services of the longest group",
            "tree_services",
            json!({"at": place(&tree, provider, longest), "offset": 0, "count": 100}),
        ),
    ] {
        bridge(window, what, command, &form).await?;
    }
    window.press(&[Key::Control], '4').await?;
    window.heading("Labhåndbok").await?;
    let mut steps = Vec::new();
    let named = tree.as_array().into_iter().flatten().find(|one| one["provider"] == provider);
    let named = named.and_then(|one| one["name"].as_str()).context("the tree has no such provider")?;
    for branch in longest_path(&tree, provider, longest) {
        steps.push(open_branch(window, named, &branch).await?);
    }
    println!(
        "click to the opened branch painted: {}",
        steps.iter().map(|ms| format!("{ms:.0}")).collect::<Vec<_>>().join(", ") + " ms"
    );
    let drawn =
        window.session().execute("return document.querySelectorAll('[role=treeitem]').length", Vec::new()).await?;
    println!("rows drawn then: {}", drawn.json());
    Ok(())
}

/// A hundred services change: how long it takes until the window has them, and what is asked of them then.
async fn updating(office: &Office, window: &Window, provider: &str, count: usize) -> anyhow::Result<()> {
    office.publish_volume_update(count / 100)?;
    let began = Instant::now();
    window.invoke("test_connection", json!({"provider": provider})).await?;
    println!("a delta of a hundred services, until it is searched: {} ms", began.elapsed().as_millis());
    let first = window.invoke("updates", json!({})).await?[0]["id"].clone();
    bridge(window, "what it changed", "update", &json!({"id": first})).await?;
    bridge(window, "a search right after", "search", &json!({"query": "hb", "draft": null})).await
}

/// How long a command takes from the page and back: the first time, when something may have to be worked out, and again.
async fn bridge(window: &Window, what: &str, command: &str, form: &Value) -> anyhow::Result<()> {
    let script = "const [command, form, done] = arguments; const began = performance.now();
        window.__TAURI_INTERNALS__.invoke(command, form).then(() => done(performance.now() - began), (fault) => done(-1))";
    let mut times = [0.0; 2];
    for time in &mut times {
        *time = window.session().execute_async(script, vec![json!(command), form.clone()]).await?.convert()?;
    }
    println!("{what}: {:.1} ms over the bridge, {:.1} ms again", times[0], times[1]);
    Ok(())
}

/// What the application holds and held at most, in MB, without the web view's own process.
fn memory(window: &Window, when: &str) -> anyhow::Result<()> {
    let pid = window.application().context("no application runs")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let held = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
    };
    println!("memory {when}: {} MB, at most {} MB", held("VmRSS:"), held("VmHWM:"));
    Ok(())
}

fn place(tree: &Value, provider: &str, longest: Option<u64>) -> Value {
    let [department, group] = longest_ids(tree, provider, longest);
    json!({"provider": provider, "department": department, "group": group})
}

/// Department id and group name of the longest group.
fn longest_ids(tree: &Value, provider: &str, longest: Option<u64>) -> [String; 2] {
    for one in tree.as_array().into_iter().flatten().filter(|one| one["provider"] == provider) {
        for department in one["departments"].as_array().into_iter().flatten() {
            for group in department["groups"].as_array().into_iter().flatten() {
                if group["services"].as_u64() == longest {
                    return [&department["id"], &group["name"]]
                        .map(|text| text.as_str().unwrap_or_default().to_owned());
                }
            }
        }
    }
    [String::new(), String::new()]
}

/// What the rows on the way to the longest group are called.
fn longest_path(tree: &Value, provider: &str, longest: Option<u64>) -> Vec<String> {
    let [department, group] = longest_ids(tree, provider, longest);
    let departments = tree.as_array().into_iter().flatten().filter(|one| one["provider"] == provider);
    let mut departments = departments.flat_map(|one| one["departments"].as_array().into_iter().flatten());
    let name = departments.find(|one| one["id"] == department.as_str()).map(|one| one["name"]["nb"].clone());
    vec![name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default(), group]
}

/// Clicks a branch of the provider and waits until it is open and its first child drawn; milliseconds within the page.
async fn open_branch(window: &Window, provider: &str, name: &str) -> anyhow::Result<f64> {
    let opened = window.session().execute_async(OPEN_BRANCH, vec![json!(provider), json!(name)]).await?;
    opened.json().as_f64().with_context(|| format!("no branch {name:?} of {provider}, only {}", opened.json()["rows"]))
}

/// Prints median, 99th percentile and worst.
fn tell(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = (times.len().saturating_sub(1)) as f64 * share;
        times.get(index.round() as usize).copied().unwrap_or(f64::NAN)
    };
    println!(
        "{what:<64} {} keys, median {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
