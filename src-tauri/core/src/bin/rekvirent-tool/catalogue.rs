//! `catalogue`: for the people at the hospital who write, check, sign and compare their catalogue.
//!
//! `build` and `verify` use what the application uses, so a package that passes here is taken there. `diff` and `search`
//! read packages without a key, since they compare an author's own files.

use std::{
    io::{BufRead, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, anyhow};
use clap::Subcommand;
use requisition::catalogue::{
    authoring,
    content::Content,
    delta::Delta,
    diff::{Change, ChangeKind, Diff, diff},
    facts::Told,
    model::{Catalogue, Indexed},
    package::{self, PackError, Refusal},
    search::{Engine, HitKind, Usage},
};
use serde_json::{Value, json};

use crate::{Failure, import_nlk};

/// Arguments of `catalogue`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a minisign key pair: catalogue.key (secret) and catalogue.pub
    Keygen {
        /// Folder for the two files; existing ones are never overwritten
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Check a provider's directory and make its signed package; all mistakes are said at once
    Build {
        /// The provider's directory
        dir: PathBuf,
        /// Secret key in minisign's form; with a password, it is read from standard input
        #[arg(long, value_name = "KEY")]
        secret_key: PathBuf,
        /// The secret key is protected by a password (first line of standard input)
        #[arg(long)]
        password_stdin: bool,
        /// The package, in a folder that is made where it is not there; its signature is written beside it as PKG.minisig, its
        /// description as a .json file
        #[arg(short, long, value_name = "PKG")]
        output: PathBuf,
    },
    /// Make the signed delta that leads from one version to the next, so that offices fetch only what differs
    Delta {
        /// Package or directory of the version that offices have
        old: PathBuf,
        /// Package or directory of the version they are to have
        new: PathBuf,
        /// Secret key in minisign's form; with a password, it is read from standard input
        #[arg(long, value_name = "KEY")]
        secret_key: PathBuf,
        /// The secret key is protected by a password (first line of standard input)
        #[arg(long)]
        password_stdin: bool,
        /// The delta; its signature is written beside it as DELTA.minisig. A gateway that serves files finds it by the name
        /// PROVIDER.OLD-NEW.rkvdelta, which is given to it where a folder is named here
        #[arg(short, long, value_name = "DELTA")]
        output: PathBuf,
    },
    /// Check a package or a delta as the application would, and say what is in it
    Verify {
        /// The package or delta, with its signature beside it
        package: PathBuf,
        /// Public key, in minisign's form
        #[arg(long, value_name = "KEY")]
        public_key: PathBuf,
        /// Signature; PKG.minisig where it is not given
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
    },
    /// What differs between two packages or directories, as offices will be told: JSON, or with --text lines to read
    Diff {
        /// Lines to read instead of JSON
        #[arg(long)]
        text: bool,
        /// Package or directory before
        old: PathBuf,
        /// Package or directory after
        new: PathBuf,
    },
    /// Make a provider's directory from the national code list file (CSV), for volume
    ImportNlk {
        /// The code list, as published
        csv: PathBuf,
        /// The directory to make; it must not exist
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Search as the application does
    Search {
        /// Packages or directories
        #[arg(long, value_name = "PKG", required = true, num_args = 1..)]
        catalogue: Vec<PathBuf>,
        /// Most hits for a query
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// Read one query per line from standard input and answer one line of JSON for each
        #[arg(long, conflicts_with = "query")]
        stdin: bool,
        /// What to search for
        #[arg(required_unless_present = "stdin", last = false)]
        query: Option<String>,
    },
}

/// Most warnings printed: more of them say nothing more.
const MOST_WARNINGS: usize = 100;

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::Keygen { output } => keygen(output),
        Command::Build { dir, secret_key, password_stdin, output } => build(dir, secret_key, *password_stdin, output),
        Command::Delta { old, new, secret_key, password_stdin, output } => {
            delta(old, new, secret_key, *password_stdin, output)
        }
        Command::Verify { package, public_key, signature } => verify(package, public_key, signature.as_deref()),
        Command::Diff { old, new, text } => {
            let (old, new) = (read(old)?, read(new)?);
            if old.provider.id != new.provider.id {
                eprintln!("the catalogues belong to `{}` and `{}`", old.provider.id, new.provider.id);
            }
            let diff = diff(Some(&old), &new);
            if *text { told(&diff) } else { print(&serde_json::to_value(diff).map_err(anyhow::Error::from)?) }
        }
        Command::ImportNlk { csv, output } => import_nlk::run(csv, output),
        Command::Search { catalogue, limit, stdin, query } => search(catalogue, *limit, *stdin, query.as_deref()),
    }
}

fn keygen(dir: &Path) -> Result<(), Failure> {
    let (secret, public) = package::keygen().map_err(key_fault)?;
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    let (secret_path, public_path) = (dir.join("catalogue.key"), dir.join("catalogue.pub"));
    for path in [&secret_path, &public_path] {
        if path.exists() {
            return Err(Failure::Refused(vec![format!("{}: exists, and is not overwritten", path.display())]));
        }
    }
    write_secret(&secret_path, &secret)?;
    write(&public_path, public.as_bytes())?;
    print(&json!({"secretKey": secret_path, "publicKey": public_path}))
}

/// Only the owner reads a secret key.
fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
    Ok(())
}

fn build(dir: &Path, key: &Path, password: bool, output: &Path) -> Result<(), Failure> {
    if !dir.is_dir() {
        return Err(anyhow!("{}: no such directory", dir.display()).into());
    }
    let report = authoring::inspect(dir);
    for warning in report.warnings.iter().take(MOST_WARNINGS) {
        eprintln!("warning: {}", dir.join(warning.to_string()).display());
    }
    if report.warnings.len() > MOST_WARNINGS {
        eprintln!("warning: {} more", report.warnings.len() - MOST_WARNINGS);
    }
    let catalogue = report.catalogue.ok_or_else(|| refused(dir, &report.mistakes))?;
    let secret = text(key)?;
    let password = password.then(first_line).transpose()?;
    let bytes = package::pack(&catalogue).map_err(key_fault)?;
    let signature = package::sign(&bytes, &secret, password, &catalogue).map_err(key_fault)?;
    let description = json!({
        "provider": catalogue.provider.id,
        "version": catalogue.version,
        "validFrom": catalogue.valid_from,
        "previous": catalogue.previous,
        "services": catalogue.services.len(),
        "panels": catalogue.panels.len(),
        "bytes": bytes.len(),
        "sha256": package::hex(&package::hash(&bytes)),
    });
    let written = folder_of(output)
        .and_then(|()| write(output, &bytes))
        .and_then(|()| write(&signature_of(output), signature.as_bytes()))
        .and_then(|()| write(&output.with_extension("json"), format!("{description:#}\n").as_bytes()));
    if written.is_err() {
        for path in [output, &signature_of(output), &output.with_extension("json")] {
            let _ = std::fs::remove_file(path);
        }
    }
    written?;
    print(&description)
}

fn verify(path: &Path, key: &Path, signature: Option<&Path>) -> Result<(), Failure> {
    let bytes = bytes(path)?;
    let signature = text(signature.unwrap_or(&signature_of(path)))?;
    let key = text(key)?;
    let refuse = |refusal: Refusal| Failure::Refused(vec![format!("{}: {refusal}", path.display())]);
    package::verify(&bytes, &signature, &key).map_err(refuse)?;
    let signed_by = package::key_name(&key).map_err(refuse)?;
    let sha256 = package::hex(&package::hash(&bytes));
    // Whose it is is what we want to know: the signature vouches for it.
    let catalogue = match package::read_unverified(&bytes) {
        Ok(catalogue) => catalogue,
        Err(refusal) => {
            let Ok(delta) = Delta::open(&bytes, &signature, &key) else { return Err(refuse(refusal)) };
            return print(&json!({
                "kind": "delta",
                "provider": delta.provider(),
                "from": delta.from(),
                "to": delta.to(),
                "services": delta.carried(),
                "bytes": bytes.len(),
                "sha256": sha256,
                "signedBy": signed_by,
            }));
        }
    };
    let catalogue = package::open(&bytes, &signature, &key, &catalogue.provider.id, None).map_err(refuse)?;
    let withdrawn = catalogue.services.iter().filter(|service| service.withdrawn).count();
    print(&json!({
        "kind": "package",
        "provider": catalogue.provider.id,
        "name": catalogue.provider.name,
        "version": catalogue.version,
        "previous": catalogue.previous,
        "validFrom": catalogue.valid_from,
        "staleAfterDays": catalogue.provider.stale_after_days,
        "demo": catalogue.provider.demo,
        "services": catalogue.services.len(),
        "withdrawn": withdrawn,
        "panels": catalogue.panels.len(),
        "departments": catalogue.departments.len(),
        "containers": catalogue.containers.len(),
        "questions": catalogue.questions.len(),
        "rules": catalogue.rules.len(),
        "labelRules": catalogue.label_rules.len(),
        "sources": catalogue.sources.len(),
        "content": package::hex(Content::of(&catalogue).hash()),
        "bytes": bytes.len(),
        "sha256": sha256,
        "signedBy": signed_by,
    }))
}

/// Makes a delta and proves it before it is written: applied to the old version it has to give the new one.
fn delta(old: &Path, new: &Path, key: &Path, password_stdin: bool, output: &Path) -> Result<(), Failure> {
    let (before, after) = (read(old)?, read(new)?);
    let refuse = |error: PackError| Failure::Refused(vec![error.to_string()]);
    let delta = Delta::between(&before, &after).map_err(refuse)?;
    let file = delta.pack().map_err(refuse)?;
    let password = if password_stdin { Some(first_line()?) } else { None };
    let signature = delta.sign(&file, &text(key)?, password).map_err(key_fault)?;
    Delta::read_unverified(&file)
        .and_then(|delta| delta.apply(&Indexed::new(before)))
        .map_err(|refusal| Failure::Refused(vec![format!("{}: {refusal}", new.display())]))?;
    let name = format!("{}.{}-{}.rkvdelta", delta.provider(), delta.from().version, delta.to().version);
    // A name without an ending is a folder, also one that is not there yet.
    let folder = output.is_dir() || output.extension().is_none();
    let output = if folder { output.join(&name) } else { output.to_owned() };
    folder_of(&output)?;
    write(&output, &file)?;
    write(&signature_of(&output), signature.as_bytes()).inspect_err(|_| drop(std::fs::remove_file(&output)))?;
    print(&json!({
        "provider": delta.provider(),
        "from": delta.from(),
        "to": delta.to(),
        "services": delta.carried(),
        "bytes": file.len(),
        "sha256": package::hex(&package::hash(&file)),
        "delta": output,
        "signature": signature_of(&output),
        "serveAs": name,
    }))
}

fn search(paths: &[PathBuf], limit: usize, stdin: bool, query: Option<&str>) -> Result<(), Failure> {
    let catalogues =
        paths.iter().map(|path| Ok(Arc::new(Indexed::new(read(path)?)))).collect::<Result<Vec<_>, Failure>>()?;
    let engine = Engine::build(&catalogues);
    if !stdin {
        return print(&answer(&engine, &catalogues, query.unwrap_or_default(), limit));
    }
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.context("standard input")?;
        writeln!(out, "{}", answer(&engine, &catalogues, &line, limit)).context("standard output")?;
    }
    Ok(())
}

fn answer(engine: &Engine, catalogues: &[Arc<Indexed>], query: &str, limit: usize) -> Value {
    let start = Instant::now();
    let found = engine.search(query, &Usage::default(), limit);
    let micros = start.elapsed().as_nanos() as f64 / 1000.0;
    let hits: Vec<Value> = found
        .hits
        .iter()
        .map(|hit| {
            let service = catalogues
                .iter()
                .find(|c| c.catalogue().provider.id == hit.provider)
                .filter(|_| hit.kind == HitKind::Service)
                .and_then(|c| c.service(hit.id));
            json!({
                "kind": hit.kind,
                "id": hit.id,
                "code": service.and_then(|s| s.code.code.as_deref()),
                "system": service.map(|s| s.code.system.as_str()),
                "name": hit.name,
                "provider": hit.provider,
                "why": hit.why,
                "replacedBy": hit.replaced_by,
            })
        })
        .collect();
    json!({"query": query, "micros": micros, "total": found.total, "hits": hits})
}

/// A catalogue from a package or a directory.
pub fn read(path: &Path) -> Result<Catalogue, Failure> {
    if path.is_dir() {
        return authored(path);
    }
    package::read_unverified(&bytes(path)?)
        .map_err(|refusal| Failure::Refused(vec![format!("{}: {refusal}", path.display())]))
}

fn authored(dir: &Path) -> Result<Catalogue, Failure> {
    authoring::build(dir).map_err(|mistakes| refused(dir, &mistakes))
}

fn refused(dir: &Path, mistakes: &[authoring::Mistake]) -> Failure {
    Failure::Refused(mistakes.iter().map(|mistake| dir.join(mistake.to_string()).display().to_string()).collect())
}

fn signature_of(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

/// The differences as lines: what is new, changed, withdrawn and replaced, each with what it is, its id and its name, and
/// what was said before and is said now.
fn told(diff: &Diff) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| writeln!(out, "{text}").context("standard output");
    line(format!("{} {} -> {}", diff.provider, diff.from.as_deref().unwrap_or("-"), diff.to))?;
    for (kind, title) in [
        (ChangeKind::New, "New"),
        (ChangeKind::Changed, "Changed"),
        (ChangeKind::Replaced, "Replaced"),
        (ChangeKind::Withdrawn, "Withdrawn"),
    ] {
        let these: Vec<&Change> = diff.changes.iter().filter(|change| change.kind == kind).collect();
        line(format!("\n{title}: {}", these.len()))?;
        for change in these {
            let item = serde_json::to_value(change.item).map_err(anyhow::Error::from)?;
            let about = match &change.replaced_by {
                Some(other) if kind == ChangeKind::Replaced => format!(" -> {other}"),
                _ if change.fields.is_empty() => String::new(),
                _ => format!(": {}", change.fields.join(", ")),
            };
            line(format!("  {} {} \"{}\"{about}", item.as_str().unwrap_or_default(), change.id, change.name))?;
            for fact in &change.facts {
                line(format!("      {}: {} -> {}", fact.field, words(&fact.before), words(&fact.after)))?;
            }
        }
    }
    Ok(())
}

/// What a fact said or says, in the language of this program where the laboratory wrote it.
fn words(told: &[Told]) -> String {
    let one = |told: &Told| match told {
        Told::Words(text) => format!("\"{}\"", if text.en.is_empty() { &text.nb } else { &text.en }),
        Told::Number(number) => number.clone(),
        Told::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
    };
    if told.is_empty() { "nothing".to_owned() } else { told.iter().map(one).collect::<Vec<_>>().join(", ") }
}

fn key_fault(error: PackError) -> Failure {
    Failure::Environment(error.into())
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(std::fs::read(path).with_context(|| path.display().to_string())?)
}

fn text(path: &Path) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(path).with_context(|| path.display().to_string())?)
}

fn first_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(std::fs::write(path, bytes).with_context(|| path.display().to_string())?)
}

/// Makes the folder that a file is to lie in.
fn folder_of(path: &Path) -> Result<(), Failure> {
    let Some(folder) = path.parent() else { return Ok(()) };
    Ok(std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?)
}

fn print(value: &Value) -> Result<(), Failure> {
    println!("{value}");
    Ok(())
}
