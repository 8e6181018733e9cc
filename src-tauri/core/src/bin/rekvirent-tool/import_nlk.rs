//! `catalogue import-nlk`: a provider's directory from the national laboratory code list, for volume.
//!
//! The list says what can be measured, not how a specimen is taken: every service gets one container by its material, and
//! says that it is not for use with patients. The list is read where the user has it and is never shipped.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use crate::Failure;

/// The columns we use of the published file.
#[derive(Debug, Deserialize)]
struct Row {
    kode: String,
    #[serde(default)]
    gyldig_til: String,
    #[serde(default)]
    erstattes_av: String,
    norsk_bruksnavn: String,
    #[serde(default)]
    komponent: String,
    #[serde(rename = "egenskapsart_spesifikasjon", default)]
    method: String,
    #[serde(default)]
    enhet: String,
    #[serde(rename = "primært_fagområde", default)]
    field: String,
    #[serde(default)]
    gruppering: String,
}

const PROVIDER: &str = r#"# Made from the national laboratory code list, for volume. Not for use with patients.

[edition]
version = "1.0"
valid_from = "2025-09-23"

[provider]
id = "nlk"
name = "Norsk laboratoriekodeverk"
organisation = "Norsk laboratoriekodeverk (volumtest)"
her = "999990"
demo = true
message_version = "1.6"
stale_after_days = 365
receipt_within_hours = 96
limits = { clinical_text = 4000, services = 99, national_id_required = false, attachments_bytes = 1000000 }
abilities = { change = false, addition = false, cancel = false, change_until = "specimen_received" }

[[label_rule]]
id = "default"
per = "container"
copies = 1
symbology = "code128"
source = "NLK"
"#;

/// Containers by the system that a usage name begins with; the last one takes the rest.
const CONTAINERS: [(&str, &str, &str, &str, &str, &str); 5] = [
    ("serum", "Serum", "GEL", "tube", "#e6b83a", "gul"),
    ("blod", "Blod", "EDTA", "tube", "#9870c9", "lilla"),
    ("urin", "Urin", "URIN", "urine", "#e3cf5a", "gul"),
    ("feces", "Feces", "FECES", "faeces", "#9b7653", "brun"),
    ("annet", "Annet materiale", "ANNET", "other", "#b9bec6", "hvit"),
];

/// Runs the command.
pub fn run(csv: &Path, dir: &Path) -> Result<(), Failure> {
    if dir.exists() {
        return Err(Failure::Refused(vec![format!("{}: exists, and is not overwritten", dir.display())]));
    }
    let rows = read(csv)?;
    let made = write(&rows, dir);
    if made.is_err() {
        let _ = std::fs::remove_dir_all(dir);
    }
    let (services, withdrawn) = made?;
    println!("{}", json!({"services": services, "withdrawn": withdrawn, "directory": dir}));
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Row>, Failure> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    reader
        .deserialize()
        .enumerate()
        .map(|(at, row)| {
            row.map_err(|error| Failure::Refused(vec![format!("{}: record {}: {error}", path.display(), at + 1)]))
        })
        .collect()
}

fn write(rows: &[Row], dir: &Path) -> Result<(usize, usize), Failure> {
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    let current: BTreeSet<&str> =
        rows.iter().filter(|row| row.gyldig_til.is_empty()).map(|row| row.kode.as_str()).collect();
    // A withdrawn code is kept where it leads somewhere.
    let kept: Vec<&Row> =
        rows.iter().filter(|row| row.gyldig_til.is_empty() || current.contains(row.erstattes_av.as_str())).collect();
    let names = names(&kept);
    let fields: BTreeSet<&str> = kept.iter().map(|row| field(row)).collect();
    put(dir, "provider.toml", &provider(&fields))?;
    put(dir, "containers.toml", &containers())?;
    put(dir, "sources.csv", "id,title,address\nNLK,Norsk laboratoriekodeverk (7280),\n")?;
    let mut services = csv::Writer::from_writer(Vec::new());
    let mut specimens = csv::Writer::from_writer(Vec::new());
    let header = [
        "id",
        "system",
        "code",
        "display",
        "name",
        "synonyms",
        "department",
        "group",
        "unit",
        "replaced_by",
        "withdrawn",
        "source",
        "checked",
    ];
    services.write_record(header).context("services.csv")?;
    specimens.write_record(["service", "material", "container", "volume_ml"]).context("specimens.csv")?;
    let mut withdrawn = 0;
    for (row, name) in kept.iter().zip(&names) {
        let id = row.kode.to_lowercase();
        let gone = !row.gyldig_til.is_empty();
        withdrawn += usize::from(gone);
        let group = row.gruppering.split(';').next().map(str::trim).filter(|g| !g.is_empty()).unwrap_or("Annet");
        let (material, _, container, ..) = container(&row.norsk_bruksnavn);
        let replaced_by = if gone { row.erstattes_av.to_lowercase() } else { String::new() };
        let record = [
            id.as_str(),
            "NLK",
            &row.kode,
            &row.norsk_bruksnavn,
            name,
            &synonyms(row),
            &slug(field(row)),
            group,
            &row.enhet,
            &replaced_by,
            if gone { "yes" } else { "" },
            "NLK",
            "2025-09-23",
        ];
        services.write_record(record).context("services.csv")?;
        specimens.write_record([id.as_str(), material, container, "0.1"]).context("specimens.csv")?;
    }
    put(dir, "services.csv", &finished(services)?)?;
    put(dir, "specimens.csv", &finished(specimens)?)?;
    Ok((kept.len() - withdrawn, withdrawn))
}

/// A name of its own for every row: usage names repeat, and the unit, the method or at last the code tells them apart.
fn names(rows: &[&Row]) -> Vec<String> {
    let mut names: Vec<String> = rows.iter().map(|row| row.norsk_bruksnavn.clone()).collect();
    let more: [fn(&Row) -> &str; 3] = [|row| &row.enhet, |row| &row.method, |row| &row.kode];
    for tell in more {
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        for name in &names {
            *times.entry(name.to_lowercase()).or_default() += 1;
        }
        for (name, row) in names.iter_mut().zip(rows) {
            if times.get(&name.to_lowercase()).is_some_and(|times| *times > 1) && !tell(row).is_empty() {
                *name = format!("{name} ({})", tell(row));
            }
        }
    }
    names
}

/// What people type: the usage name without its system ("ALAT" of `P-ALAT`), and the component's full name.
fn synonyms(row: &Row) -> String {
    let short = row.norsk_bruksnavn.split_once('-').map_or("", |(_, short)| short.trim());
    let full = row.komponent.trim();
    let mut words = vec![short];
    if !full.eq_ignore_ascii_case(short) && !full.eq_ignore_ascii_case(&row.norsk_bruksnavn) {
        words.push(full);
    }
    // A semicolon separates synonyms in the sheet.
    words.into_iter().filter(|word| !word.is_empty()).map(|word| word.replace(';', ",")).collect::<Vec<_>>().join("; ")
}

fn field(row: &Row) -> &str {
    if row.field.is_empty() { "Laboratoriemedisin" } else { &row.field }
}

fn container(usage_name: &str) -> (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str) {
    let system = usage_name.split('-').next().unwrap_or_default();
    CONTAINERS[match system {
        "P" | "S" | "fP" | "fS" => 0,
        "B" | "Ery" | "DNA" | "Lkc" | "Pt" => 1,
        "U" | "dU" => 2,
        "F" => 3,
        _ => 4,
    }]
}

fn provider(fields: &BTreeSet<&str>) -> String {
    use std::fmt::Write as _;
    let mut text = PROVIDER.to_owned();
    for (at, field) in fields.iter().enumerate() {
        let discipline = match *field {
            "Medisinsk mikrobiologi" => "MBIO",
            // Disciplines of their own in the list, and not in what receivers take.
            "Medisinsk genetikk" | "Patologi" => "LAB",
            _ => "CLIN",
        };
        let _ = write!(
            text,
            "\n[[department]]\nid = {:?}\nname = {field:?}\nshort = \"NLK{at}\"\nher = \"9999{:02}\"\ndiscipline = \
             \"{discipline}\"\ndiscipline_name = {{ nb = {field:?}, nn = {field:?}, en = {field:?} }}\n",
            slug(field),
            at % 90
        );
    }
    for (id, name, ..) in CONTAINERS {
        let _ = write!(text, "\n[[material]]\nid = \"{id}\"\ntext = \"{name}\"\n");
    }
    text
}

fn containers() -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (at, (_, name, id, kind, colour, colour_name)) in CONTAINERS.iter().enumerate() {
        let label = name.to_uppercase();
        let _ = writeln!(
            text,
            "[[container]]\nid = \"{id}\"\nname = {{ nb = \"{name}\", nn = \"{name}\", en = \"{name}\" }}\n\
             label_name = \"{label}\"\nkind = \"{kind}\"\ncolour = \"{colour}\"\ncolour_name = {{ nb = \
             \"{colour_name}\", nn = \"{colour_name}\", en = \"{colour_name}\" }}\nfill_ml = 5\nsort = {at}\n\
             handling = {{ nb = \"Ikke oppgitt\", nn = \"Ikkje oppgitt\", en = \"Not stated\" }}\nsource = \"NLK\"\n"
        );
    }
    text
}

fn slug(text: &str) -> String {
    let folded = text.to_lowercase().replace(['æ', 'å'], "a").replace('ø', "o");
    let words: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String, Failure> {
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(String::from_utf8(bytes).context("the list")?)
}

fn put(dir: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = dir.join(name);
    Ok(std::fs::write(&path, text).with_context(|| path.display().to_string())?)
}
