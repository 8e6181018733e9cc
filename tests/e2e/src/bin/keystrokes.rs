//! Measures what a person at the desk waits for, in the real window with 10 000 and with 100 000 services: from the key to the
//! painted list of hits, from the click to the opened branch and page, and what an update of a hundred services costs.
//!
//! A keystroke counts from the time that the key event carries to the first task after the frame in which the list for exactly
//! that text was drawn: the letter's way through the shell, the search, React, layout and the wait for the frame are all in it.
//! Two times are told: when the answer stood in the page, and when it was painted. What comes after the compositor is not seen
//! from within a page. The driver presses the next key when the last one is painted, as one who types slowly and steadily.
//!
//! Run by `make bench`, in a release build. With `--sample N`, every Nth query of the published set.

use std::time::Instant;

use anyhow::Context as _;
use e2e::{Key, Office, Window};
use serde_json::{Value, json};

/// Watches the search field and the list; `window.__painted` holds one entry for each key that was painted.
const WATCH: &str = r"
window.__painted = [];
let pending = null;
const shown = () => document.querySelector('[data-query]')?.dataset.query;
const look = () => {
  if (!pending || shown() !== pending.text) return;
  const done = { ...pending, answered: performance.now() };
  pending = null;
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.__painted.push([done.text, done.answered - done.at, performance.now() - done.at]);
    after.port2.postMessage(0);
  });
};
let pressed = 0;
document.addEventListener('keydown', (event) => { pressed = event.timeStamp; }, true);
document.addEventListener('input', (event) => {
  if (event.target.matches('[data-search-field]')) { pending = { text: event.target.value, at: pressed }; look(); }
}, true);
new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-query'] });
";

/// Comes back when as many keys were painted as asked for.
const PAINTED: &str = r"
const [wanted, done] = arguments;
const wait = () => (window.__painted.length >= wanted ? done(window.__painted[wanted - 1]) : setTimeout(wait, 1));
wait();
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let sample = match arguments.iter().position(|argument| argument == "--sample") {
        Some(at) => arguments.get(at + 1).context("--sample wants a number")?.parse()?,
        None => 6_usize,
    };
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
        keystrokes(&window, sample).await?;
        browsing(&window, provider).await?;
        if national.is_none() {
            updating(&office, &window, provider, count).await?;
        }
        memory(&window, "then")?;
        window.close().await?;
    }
    Ok(())
}

async fn keystrokes(window: &Window, sample: usize) -> anyhow::Result<()> {
    window.field("11 siffer").await?.fill("15076500565").await?;
    window.field("Fornavn og mellomnavn").await?.fill("Roland").await?;
    window.field("Etternavn").await?.fill("Gundersen").await?;
    window.press(&[], Key::Enter).await?;
    let field = window.field("Søk etter tjenester").await?;
    field.click().await?;
    window.session().execute(WATCH, Vec::new()).await?;
    let queries = std::fs::read_to_string(e2e::office::top().join("tests/bench/queries.tsv"))?;
    let queries = queries.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut answered, mut painted, mut keys) = (Vec::new(), Vec::new(), 0_usize);
    for query in queries.filter_map(|line| line.split('\t').next()).step_by(sample) {
        for letter in query.chars() {
            window.press(&[], letter).await?;
            keys += 1;
            let answer = window.session().execute_async(PAINTED, vec![json!(keys)]).await?;
            let (_, stood, drawn): (String, f64, f64) = answer.convert()?;
            answered.push(stood);
            painted.push(drawn);
        }
        // The field is emptied as by a person; the empty list counts for nothing, but is waited for.
        window.press(&[], Key::Escape).await?;
        window.session().execute("window.__painted = []", Vec::new()).await?;
        keys = 0;
    }
    tell("key to the list standing in the page", &mut answered);
    tell("key to the list painted", &mut painted);
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
    for branch in longest_path(&tree, provider, longest) {
        steps.push(open_branch(window, &branch).await?);
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

/// Clicks a branch and waits until it is open and its first child drawn; milliseconds within the page.
async fn open_branch(window: &Window, name: &str) -> anyhow::Result<f64> {
    let script = "const [name, done] = arguments;
        const tree = document.querySelector('[role=tree]');
        const find = () => [...document.querySelectorAll('[role=treeitem][aria-expanded=false]')].find((each) => each.querySelector('.ellipsis').textContent === name);
        // Only rows in sight are there to be clicked.
        const seek = () => {
          const row = find();
          if (row) return open(row);
          const before = tree.scrollTop;
          tree.scrollTop += tree.clientHeight / 2;
          return tree.scrollTop === before ? done(-1) : requestAnimationFrame(() => requestAnimationFrame(seek));
        };
        const open = (row) => {
        const began = performance.now();
        row.click();
        const wait = () => {
          const next = row.nextElementSibling;
          if (row.getAttribute('aria-expanded') !== 'true' || !next || next.getAttribute('aria-busy')) return setTimeout(wait, 1);
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        };
        wait();
        };
        seek();";
    Ok(window.session().execute_async(script, vec![json!(name)]).await?.convert()?)
}

/// Prints median, 99th percentile and worst.
fn tell(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = (times.len().saturating_sub(1)) as f64 * share;
        times.get(index.round() as usize).copied().unwrap_or(f64::NAN)
    };
    println!(
        "{what:<40} {} keys, median {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
