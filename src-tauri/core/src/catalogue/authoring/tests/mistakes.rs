//! Every kind of mistake, named by file, line and cell: one row for each, on a small provider that has none.

use tempfile::TempDir;

use crate::catalogue::authoring::{Mistake, inspect};

const PROVIDER: &str = r#"[edition]
version = "2026.2"
valid_from = "2026-11-01"
previous = "2026.1"

[provider]
id = "prove"
name = "Prøve sykehus"
organisation = "Prøve sykehus HF"
her = "999900"
organisation_number = "883974832"
demo = true
message_version = "1.6"
stale_after_days = 45
receipt_within_hours = 24

[provider.limits]
clinical_text = 4000
services = 99
national_id_required = false
attachments_bytes = 0

[provider.abilities]
change = true
addition = true
cancel = true
change_until = "specimen_received"

[[department]]
id = "biokjemi"
name = "Medisinsk biokjemi"
short = "MEDBIOK"
her = "999901"
discipline = "CLIN"
discipline_name = { nb = "Biokjemi", nn = "Biokjemi", en = "Biochemistry" }
label_rule = "default"

[[department]]
id = "rontgen"
name = "Radiologi"
short = "RTG"
her = "999902"
discipline = "RTG"
discipline_name = { nb = "Røntgen", nn = "Røntgen", en = "X-ray" }

[[label_rule]]
id = "default"
per = "container"
copies = 1
symbology = "code128"
leftover_label = "Kast resten"
source = "DEMO"

[[material]]
id = "serum"
text = "Serum"
code = { system = "volven:8351", code = "S", display = "Serum" }
"#;
const CONTAINERS: &str = r##"[[container]]
id = "GEL"
name = { nb = "Serum, gel", nn = "Serum, gel", en = "Serum, gel" }
label_name = "SERUM GEL"
kind = "tube"
colour = "#e6b83a"
colour_name = { nb = "gul", nn = "gul", en = "yellow" }
fill_ml = 5
yield_fraction = 0.4
dead_ml = 0.2
order_of_draw = 3
handling = { nb = "Vend.", nn = "Vend.", en = "Invert." }
spin = { after_minutes = 30, before_minutes = 120 }
source = "DEMO"
"##;
const TEXTS: &str = "[morning]\nnb = \"Om morgenen.\"\nnn = \"Om morgonen.\"\nen = \"In the morning.\"\n";
const HANDBOOK: &str = "[tsh]\nnb = \"Om TSH.\"\nnn = \"Om TSH\"\nen = \"On TSH.\"\n";
const SERVICES: &str = "\
id,system,code,display,local_code,local_display,specs,name,synonyms,department,group,priority,preparation,questions,sex,min_age,max_age,replaced_by,withdrawn,source,checked
tsh,NLK,NPU03577,P-TSH,L1,TSH hos oss,,TSH,stoffskifte,biokjemi,Hormoner,90,morning,dose; dose_day,,0,120,,,DEMO,2026-11-01
mcv,NLK,NPU01944,Ery-MCV,,,,MCV,,biokjemi,Blod,50,,,,,,,,DEMO,2026-11-01
lpk,NLK,NPU02593,B-Leukocytter,,,,Leukocytter,hvite,biokjemi,Blod,50,,,,,,mcv,yes,DEMO,2026-11-01
kne,NCRP,SNG0AA,RG Kne,,,,Røntgen kne,knebilde,rontgen,Bein,50,,may_change; side,,,,,,DEMO,2026-11-01
";
const SPECIMENS: &str = "\
service,material,container,volume_ml,handling_class,handling,own_container
tsh,serum,GEL,0.3,room,,
mcv,serum,GEL,0.2,room,morning,yes
";
const PANELS: &str =
    "[[panel]]\nid = \"standard\"\nname = \"Standard\"\nservices = [\n  \"tsh\",\n  \"mcv\",\n]\nsource = \"DEMO\"\n";
const QUESTIONS: &str = r#"[[question]]
id = "dose"
phase = "order"
answer = "number"
text = { nb = "Dose", nn = "Dose", en = "Dose" }
unit = "mg"
min = 1
max = 500
place = { kind = "finding" }

[[question]]
id = "dose_day"
phase = "order"
answer = "date"
text = { nb = "Dag", nn = "Dag", en = "Day" }
visible = "has(answers.dose) && answers.dose > 2.0"
required = "age > 18"
place = { kind = "finding_date", of = "dose" }

[[question]]
id = "may_change"
phase = "order"
answer = "boolean"
text = { nb = "Kan endres?", nn = "Kan endrast?", en = "May be changed?" }
required = "true"
place = { kind = "may_change_modality" }

[[question]]
id = "side"
phase = "order"
answer = "choice"
text = { nb = "Side", nn = "Side", en = "Side" }
place = { kind = "service_spec" }
options = [
  { value = "right", text = { nb = "Høyre", nn = "Høgre", en = "Right" }, code = { system = "NCRP", code = "ZTX0XA", display = "Høyresidig" } },
  { value = "left", text = { nb = "Venstre", nn = "Venstre", en = "Left" }, code = { system = "NCRP", code = "ZTX0XB", display = "Venstresidig" } },
]
"#;
const RULES: &str = r#"[[rule]]
id = "retest"
services = ["tsh"]
condition = "days_since('tsh') < 28"
severity = "warn"
text = { nb = "For {days} dager siden.", nn = "For {days} dagar sidan.", en = "{days} days ago." }
override_reasons = [
  { value = "other", text = { nb = "Annet", nn = "Anna", en = "Other" } },
]
source = "DEMO"
checked = "2026-11-01"
"#;
const SOURCES: &str = "id,title,address\nDEMO,Demonstrasjon,https://balsam.example/\n";

/// What is changed in which file, and the mistake that it makes: the text whose line is named, the cell, and what is said.
struct Row(&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const fn row(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    line: &'static str,
    field: &'static str,
    says: &'static str,
) -> Row {
    Row(file, from, to, line, field, says)
}

const ROWS: &[Row] = &[
    // provider.toml
    row("provider.toml", "version = \"2026.2\"", "version = \"new\"", "\"new\"", "version", "is not a version"),
    row(
        "provider.toml",
        "previous = \"2026.1\"",
        "previous = \"2026.3\"",
        "2026.3",
        "previous",
        "is not a version before this one",
    ),
    row("provider.toml", "\"2026-11-01\"", "\"2026-11-31\"", "valid_from", "valid_from", "is not a day"),
    row("provider.toml", "id = \"prove\"", "id = \"Prøve\"", "Prøve\"", "id", "is not an id of small letters"),
    row("provider.toml", "\"999900\"", "\"HER900\"", "HER900", "her", "is not a HER-id"),
    row(
        "provider.toml",
        "\"883974832\"",
        "\"883974831\"",
        "883974831",
        "organisation_number",
        "is not an organisation number",
    ),
    row(
        "provider.toml",
        "receipt_within_hours = 24",
        "receipt_within_hours = 97",
        "receipt_within",
        "receipt_within_hours",
        "between 1 and 96 hours",
    ),
    row(
        "provider.toml",
        "stale_after_days = 45",
        "stale_after_days = 0",
        "stale_after",
        "stale_after_days",
        "1 day or more",
    ),
    row("provider.toml", "stale_after_days = 45", "stale_after_days = \"45\"", "\"45\"", "provider", "invalid type"),
    row("provider.toml", "services = 99", "services = 0", "services = 0", "limits.services", "1 or more"),
    row(
        "provider.toml",
        "message_version = \"1.6\"",
        "message_version = \"1.7\"",
        "1.7",
        "provider",
        "unknown variant",
    ),
    row("provider.toml", "demo = true", "demmo = true", "demmo", "provider", "unknown field `demmo`"),
    row("provider.toml", "her = \"999901\"", "her = \"\"", "her = \"\"", "her", "is not a HER-id"),
    row("provider.toml", "\"MEDBIOK\"", "\"Biokjemi\"", "short = \"Bio", "short", "capitals for the label"),
    row("provider.toml", "discipline = \"CLIN\"", "discipline = \"NUK\"", "\"NUK\"", "discipline", "may be sent"),
    row("provider.toml", "en = \"X-ray\"", "en = \"\"", "en = \"\"", "discipline_name", "missing in `en`"),
    row(
        "provider.toml",
        "label_rule = \"default\"",
        "label_rule = \"none\"",
        "\"none\"",
        "label_rule",
        "there is no label rule `none`",
    ),
    row("provider.toml", "copies = 1", "copies = 0", "copies", "copies", "is not 1 to 9"),
    row("provider.toml", "\"Kast resten\"", "\"\"", "leftover_label", "leftover_label", "is empty"),
    row(
        "provider.toml",
        "\"Kast resten\"",
        "\"Etiketter som blir til overs skal alltid sendes med\"",
        "leftover_label",
        "leftover_label",
        "short enough for a label",
    ),
    row("provider.toml", "source = \"DEMO\"", "source = \"\"", "source", "source", "is empty"),
    row(
        "provider.toml",
        "system = \"volven:8351\"",
        "system = \"SNOMED\"",
        "SNOMED",
        "code",
        "is not a code system of this place",
    ),
    // containers.toml
    row("containers.toml", "#e6b83a", "yellow", "colour = ", "colour", "is not a colour as #rrggbb"),
    row("containers.toml", "#e6b83a", "#E6B83A", "colour = ", "colour", "in small letters"),
    row(
        "containers.toml",
        "\"SERUM GEL\"",
        "\"SERUMRØR MED GEL GUL\"",
        "label_name",
        "label_name",
        "at most 18 characters",
    ),
    row("containers.toml", "nn = \"gul\", ", "", "colour_name", "colour_name", "missing in `nn`"),
    row("containers.toml", "dead_ml = 0.2", "dead_ml = 2.2", "dead_ml", "dead_ml", "less than the usable fill"),
    row("containers.toml", "after_minutes = 30", "after_minutes = 130", "spin", "spin", "before the latest time"),
    row("containers.toml", "source = \"DEMO\"", "source = \"BOOK\"", "BOOK", "source", "there is no source `BOOK`"),
    row("containers.toml", "kind = \"tube\"", "kind = \"vial\"", "vial", "container", "unknown variant"),
    row("containers.toml", "kind = \"tube\"", "kind = tube", "kind = tube", "", ""),
    // services.csv
    row("services.csv", "tsh,NLK,NPU03577", "tsh,NLK,NPU3577", "NPU3577", "code", "is not an NLK code"),
    row(
        "services.csv",
        "tsh,NLK,NPU03577",
        "tsh,NLK,NPU99999",
        "NPU99999",
        "code",
        "is not an NLK code of version 7280.77",
    ),
    row(
        "services.csv",
        "mcv,NLK,NPU01944",
        "mcv,NLK,NPU03577",
        "mcv,",
        "code",
        "code `NPU03577` stands already in line 2",
    ),
    row(
        "services.csv",
        "Ery-MCV,,",
        "Ery-MCV,L1,MCV hos oss",
        "mcv,",
        "local_code",
        "code `L1` stands already in line 2",
    ),
    row("services.csv", "tsh,NLK", "tsh,SNOMED", "SNOMED", "system", "is not NLK, NCRP"),
    row("services.csv", "NPU01944,Ery-MCV", "NPU01944,", "mcv,", "display", "is empty"),
    row("services.csv", ",,MCV,,", ",,,,", "mcv,", "name", "is empty"),
    row(
        "services.csv",
        ",Blod,50,,,,,,,,DEMO",
        ",Blod,mye,,,,,,,,DEMO",
        "mye",
        "priority",
        "`mye` is not a whole number",
    ),
    row("services.csv", ",Blod,50,,,,,,,,DEMO", ",Blod,101,,,,,,,,DEMO", "101", "priority", "0 to 100"),
    row(
        "services.csv",
        "stoffskifte,biokjemi",
        "stoffskifte,kjemi",
        "stoffskifte",
        "department",
        "there is no department `kjemi`",
    ),
    row("services.csv", "90,morning", "90,evening", "evening", "preparation", "there is no text `evening`"),
    row("services.csv", "dose; dose_day", "dose; dose_day; doze", "doze", "questions", "there is no question `doze`"),
    row("services.csv", "may_change; side", "may_change; side; side", "kne,", "questions", "stands already"),
    row(
        "specimens.csv",
        "room,morning,yes",
        "room,morning,ja",
        "morning,ja",
        "own_container",
        "is not `yes`, `no` or empty",
    ),
    row("services.csv", ",mcv,yes", ",mcw,yes", "lpk,", "replaced_by", "there is no service `mcw`"),
    row("services.csv", ",mcv,yes", ",lpk,yes", "lpk,", "replaced_by", "lpk → lpk"),
    row("services.csv", ",DEMO,2026-11-01\nkne", ",,2026-11-01\nkne", "lpk,", "source", "is empty"),
    row("services.csv", "DEMO,2026-11-01\nkne", "DEMO,1.11.2026\nkne", "1.11.2026", "checked", "is not a day"),
    row("services.csv", "dose_day,,0,120", "dose_day,K,0,120", "dose_day,K", "sex", "1 (male) or 2 (female)"),
    row("services.csv", "dose_day,,0,120", "dose_day,,121,120", "121", "min_age", "at most max_age"),
    row(
        "services.csv",
        "TSH hos oss,,",
        "TSH hos oss,NORPAT T01000 hud,",
        "T01000",
        "local_code",
        "left out where there are specs",
    ),
    row("services.csv", "RG Kne,,,,", "RG Kne,,,T01000,", "T01000", "specs", "is not a code with its text"),
    row(
        "services.csv",
        "Ery-MCV,,,,MCV",
        "Ery-MCV,,,MCV",
        "mcv,",
        "checked",
        "the row has 20 cells, the heading has 21",
    ),
    row("services.csv", "Ery-MCV,,,,MCV", "Ery-MCV,,,,,MCV", "mcv,", "", "the row has 22 cells, the heading has 21"),
    row(
        "services.csv",
        "\nkne,NCRP",
        "\nlpk,NLK,NPU01960,B-Ery,,,,Erytrocytter,,biokjemi,Blod,5,,,,,,,yes,DEMO,2026-11-01\nkne,NCRP",
        "Erytrocytter",
        "id",
        "stands already in line 4",
    ),
    row(
        "services.csv",
        "\nkne,NCRP",
        "\nrød,NLK,NPU01960,B-Ery,,,,Erytrocytter,,biokjemi,Blod,5,,,,,,,yes,DEMO,2026-11-01\nkne,NCRP",
        "Erytrocytter",
        "id",
        "is not an id of letters",
    ),
    row("services.csv", "synonyms,", "synonym,", "synonym,", "synonym", "unknown column"),
    row(
        "services.csv",
        "sex,min_age,",
        "max_age,min_age,",
        "max_age,min",
        "max_age",
        "column `max_age` stands already",
    ),
    row("services.csv", "knebilde,rontgen", "\"knebilde,rontgen", "kne,", "synonyms", "is a quote not closed?"),
    // specimens.csv
    row("specimens.csv", "tsh,serum,GEL", "tsh,serum,GUL", "GUL", "container", "there is no container `GUL`"),
    row("specimens.csv", "tsh,serum,GEL", "tsh,blod,GEL", "blod", "material", "there is no material `blod`"),
    row(
        "specimens.csv",
        "mcv,serum",
        "mvc,serum,GEL,0.2,room,,\nmcv,serum",
        "mvc",
        "service",
        "there is no service `mvc`",
    ),
    row("specimens.csv", "GEL,0.3", "GEL,\"0,3\"", "0,3", "volume_ml", "with a point, not a comma"),
    row("specimens.csv", "GEL,0.3", "GEL,1.9", "1.9", "volume_ml", "within what one container gives"),
    row("specimens.csv", "0.3,room", "0.3,fridge", "fridge", "handling_class", "room, cold, ice, dark or frozen"),
    row("specimens.csv", "room,morning,yes", "room,noon,yes", "noon", "handling", "there is no text `noon`"),
    row(
        "specimens.csv",
        "mcv,serum",
        "kne,serum,GEL,0.2,room,,\nmcv,serum",
        "kne,",
        "service",
        "an examination has no specimen",
    ),
    row(
        "specimens.csv",
        "tsh,serum,GEL,0.3,room,,\n",
        "tsh,serum,GEL,0.3,room,,\ntsh,serum,GEL,0.1,room,,\n",
        "0.1",
        "service",
        "stands already in line 2",
    ),
    row("specimens.csv", ",own_container", ",alone", "alone", "alone", "unknown column"),
    // panels.toml
    row("panels.toml", "\"mcv\"", "\"mvc\"", "\"mvc\"", "services", "there is no service `mvc`"),
    row("panels.toml", "\"mcv\"", "\"lpk\"", "\"lpk\"", "services", "is not a service that can be ordered"),
    row("panels.toml", "\"mcv\"", "\"tsh\"  ", "\"tsh\"  ", "services", "stands already in line 5"),
    row("panels.toml", "id = \"standard\"", "id = \"tsh\"", "id = ", "id", "is the id of a service already"),
    row("panels.toml", "source = \"DEMO\"", "source = \"DEMO\"\nsauce = 1", "sauce", "panel", "unknown field `sauce`"),
    row("panels.toml", "[[panel]]", "[[panels]]", "panels", "panels", "unknown field"),
    // questions.toml
    row("questions.toml", "answers.dose > 2.0", "answers.dose >", "visible", "visible", "does not parse"),
    row("questions.toml", "age > 18", "alder > 18", "required", "required", "uses `alder`"),
    row("questions.toml", "age > 18", "days_before('tsh') > 18", "required", "required", "calls `days_before`"),
    row(
        "questions.toml",
        "has(answers.dose)",
        "has(answers.doze)",
        "visible",
        "visible",
        "`doze`, which is no question",
    ),
    row("questions.toml", "age > 18", "days_since('tsx') > 18", "required", "required", "there is no service `tsx`"),
    row("questions.toml", "nn = \"Kan endrast?\", ", "", "Kan endres", "text", "missing in `nn`"),
    row("questions.toml", "of = \"dose\"", "of = \"side\"", "of = \"side\"", "place", "placed as a finding"),
    row(
        "questions.toml",
        "{ kind = \"finding_date\", of = \"dose\" }",
        "{ kind = \"reason\", heading = \"XX\" }",
        "XX",
        "place",
        "a code of list 8231",
    ),
    row("questions.toml", "min = 1", "min = 501", "501", "min", "at most max"),
    row("questions.toml", "code = \"ZTX0XB\"", "code = \"ZTX\"", "\"left\"", "options", "is not an NCRP code"),
    row(
        "questions.toml",
        ", code = { system = \"NCRP\", code = \"ZTX0XB\", display = \"Venstresidig\" }",
        "",
        "\"left\"",
        "options",
        "`left` has no code",
    ),
    row("questions.toml", "value = \"left\"", "value = \"right\"", "Venstre", "options", "stands already"),
    row(
        "questions.toml",
        "answer = \"boolean\"",
        "answer = \"text\"",
        "may_change_modality",
        "place",
        "a place for a boolean answer",
    ),
    row(
        "questions.toml",
        "system = \"NCRP\", code = \"ZTX0XB\"",
        "system = \"volven:8217\", code = \"IUD\"",
        "\"left\"",
        "options",
        "is not a code system of this place",
    ),
    row(
        "questions.toml",
        "{ kind = \"service_spec\" }",
        "{ kind = \"on_the_label\" }",
        "on_the_label",
        "question",
        "unknown variant",
    ),
    // rules.toml
    row(
        "rules.toml",
        "days_since('tsh') < 28",
        "days_since('tsh') < 'a' +",
        "condition",
        "condition",
        "does not parse",
    ),
    row("rules.toml", "days_since('tsh') < 28", "", "condition", "condition", "is empty"),
    row("rules.toml", "services = [\"tsh\"]", "services = [\"t4\"]", "t4", "services", "there is no service `t4`"),
    row("rules.toml", "\"{days} days ago.\"", "\"{dayz} days ago.\"", "dayz", "text", "`dayz` is not one of"),
    row("rules.toml", "en = \"Other\"", "en = \" \"", "value = \"other\"", "override_reasons", "missing in `en`"),
    row("rules.toml", "severity = \"warn\"", "severity = \"block\"", "block", "rule", "unknown variant"),
    row("rules.toml", "checked = \"2026-11-01\"", "checked = \"today\"", "today", "checked", "is not a day"),
    // texts.toml, handbook.toml, sources.csv
    row("texts.toml", "en = \"In the morning.\"", "en = \"\"", "en = ", "morning", "missing in `en`"),
    row(
        "texts.toml",
        "[morning]",
        "[noon]\nnb = \"a\"\nnn = \"a\"\nen = \"a\"\n[morning]",
        "[noon]",
        "noon",
        "is used nowhere",
    ),
    row("handbook.toml", "nn = \"Om TSH\"\n", "", "[tsh]", "tsh", "missing in `nn`"),
    row("handbook.toml", "[tsh]", "[t4]", "[t4]", "t4", "there is no service `t4`"),
    row("sources.csv", "https://balsam.example/", "balsam.example", "DEMO", "address", "web address"),
    row("sources.csv", "Demonstrasjon", "", "DEMO", "title", "is empty"),
];

#[test]
fn each_mistake_is_the_only_one_and_is_named_by_file_line_and_cell() {
    let mut wrong = Vec::new();
    for Row(file, from, to, line, field, says) in ROWS {
        let provider = Provider::new();
        provider.spoil(file, from, to);
        let found = provider.mistakes();
        let expected = (*file, provider.line_of(file, line), *field);
        let named = |mistake: &Mistake| (mistake.file.as_str(), mistake.line, mistake.field.as_str()) == expected;
        let only = matches!(found.as_slice(), [one] if named(one) && one.what.to_string().contains(says));
        if !only {
            let said: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{file}: {from} → {to}: {expected:?} {says}, but: {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
}

#[test]
fn a_radiology_service_that_never_asks_whether_it_may_be_changed_is_a_mistake() {
    let provider = Provider::new();
    provider.spoil("services.csv", "may_change; side", "side");
    let said: Vec<String> = provider.mistakes().iter().map(ToString::to_string).collect();
    let unasked = "services.csv:5: questions: a radiology service has to ask a question placed as may_change_modality";
    assert!(said.iter().any(|mistake| mistake == unasked), "{said:#?}");
}

#[test]
fn the_provider_without_a_mistake_builds_without_a_warning() {
    let report = inspect(Provider::new().0.path());
    assert_eq!((report.mistakes, report.warnings), (vec![], vec![]));
    assert!(report.catalogue.is_some());
}

#[test]
fn a_missing_column_is_named_once_and_a_missing_file_hides_nothing_else() {
    let provider = Provider::new();
    let services: String =
        SERVICES.lines().map(|line| format!("{}\n", line.split_once(',').map_or(line, |(_, rest)| rest))).collect();
    provider.write("services.csv", services.as_bytes());
    let missing: Vec<_> = provider.mistakes().into_iter().filter(|mistake| mistake.file == "services.csv").collect();
    assert_eq!((missing[0].line, missing[0].field.as_str()), (1, "id"));
    let provider = Provider::new();
    std::fs::remove_file(provider.0.path().join("containers.toml")).unwrap();
    provider.spoil("rules.toml", "tsh') < 28", "tsh') < last_day");
    let said: Vec<String> = provider.mistakes().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("containers.toml: cannot be read"), "{said:#?}");
    assert!(said[1].starts_with("rules.toml:4: condition: the condition uses `last_day`"), "{said:#?}");
}

#[test]
fn a_broken_container_is_named_once_and_not_for_every_service_that_uses_it() {
    let provider = Provider::new();
    provider.spoil("containers.toml", "fill_ml = 5", "fill = 5\nbred = 2\nkind2 = 1");
    let said: Vec<String> = provider.mistakes().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "each unknown field is named: {said:#?}");
    assert!(said.iter().all(|mistake| mistake.starts_with("containers.toml:")), "{said:#?}");
}

#[test]
fn twenty_mistakes_in_all_files_are_named_in_one_run() {
    let picked = [
        "version = \"2026.2\"",
        "\"999900\"",
        "discipline = \"CLIN\"",
        "copies = 1",
        "#e6b83a",
        "\"SERUM GEL\"",
        "nn = \"gul\", ",
        "tsh,NLK,NPU03577",
        ",Blod,50,,,,,,,,DEMO",
        "stoffskifte,biokjemi",
        "DEMO,2026-11-01\nkne",
        "GEL,0.3",
        "room,morning,yes",
        "answers.dose > 2.0",
        "age > 18",
        "of = \"dose\"",
        "\"{days} days ago.\"",
        "checked = \"2026-11-01\"",
        "en = \"In the morning.\"",
        "https://balsam.example/",
    ];
    let provider = Provider::new();
    let mut expected = Vec::new();
    for from in picked {
        let row = ROWS.iter().find(|row| row.1 == from).unwrap_or_else(|| panic!("no row spoils {from}"));
        provider.spoil(row.0, row.1, row.2);
        expected.push(row);
    }
    let found = provider.mistakes();
    assert!(expected.len() >= 20);
    for Row(file, from, _, line, field, says) in &expected {
        let at = provider.line_of(file, line);
        let named = found.iter().any(|mistake| {
            (mistake.file.as_str(), mistake.line, mistake.field.as_str()) == (*file, at, *field)
                && mistake.what.to_string().contains(says)
        });
        assert!(named, "{from} is not among {:#?}", found.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    assert_eq!(found.len(), expected.len(), "{:#?}", found.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert!(found.is_sorted_by_key(|mistake| (&mistake.file, mistake.line)));
}

#[test]
fn a_replacement_that_goes_in_a_circle_is_shown_as_it_goes() {
    let provider = Provider::new();
    provider.spoil("services.csv", "0,120,,,DEMO", "0,120,lpk,,DEMO");
    provider.spoil("services.csv", "50,,,,,,,,DEMO", "50,,,,,,tsh,,DEMO");
    let said: Vec<String> = provider.mistakes().iter().map(|mistake| mistake.what.to_string()).collect();
    assert!(said.iter().any(|what| what.contains("tsh → lpk → mcv → tsh")), "{said:#?}");
}

#[test]
fn sheets_from_a_norwegian_excel_are_read() {
    let provider = Provider::new();
    let semicolons = |text: &str| {
        let quoted =
            text.replace("dose; dose_day", "\"dose; dose_day\"").replace("may_change; side", "\"may_change; side\"");
        let cells = quoted.replace(',', ";").replace("0.3", "0,3").replace('\n', "\r\n");
        format!("\u{feff}{cells}").into_bytes()
    };
    provider.write("services.csv", &semicolons(SERVICES));
    provider.write("specimens.csv", &semicolons(&format!("{SPECIMENS},,,,,,\n")));
    provider.write("texts.toml", format!("\u{feff}{TEXTS}").as_bytes());
    let report = inspect(provider.0.path());
    assert_eq!(report.mistakes, []);
    let catalogue = report.catalogue.unwrap();
    assert_eq!(catalogue.services[0].specimens[0].volume_ml, 0.3);
    assert_eq!(catalogue.services[0].questions, ["dose", "dose_day"]);
    // The other CSV of Excel is not UTF-8.
    let latin: Vec<u8> = SERVICES.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    provider.write("services.csv", &latin);
    let found = provider.mistakes();
    assert_eq!((found[0].file.as_str(), found[0].line), ("services.csv", 5), "{found:?}");
    assert!(found[0].what.to_string().contains("not UTF-8"));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_word_that_leads_to_several_services_is_a_warning_and_builds() {
    let provider = Provider::new();
    provider.spoil("services.csv", "MCV,,biokjemi", "MCV,Stoff-skifte,biokjemi");
    provider.spoil("sources.csv", "DEMO,Demonstrasjon,https://balsam.example/\n", "DEMO,Demonstrasjon,\n");
    let report = inspect(provider.0.path());
    assert!(report.catalogue.is_some());
    let said: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["services.csv:3: synonyms: `Stoff-skifte` leads to tsh, mcv: whoever types it has to choose"]);
}

/// A provider's directory without a mistake.
struct Provider(TempDir);

impl Provider {
    fn new() -> Self {
        let provider = Self(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("provider.toml", PROVIDER),
            ("containers.toml", CONTAINERS),
            ("texts.toml", TEXTS),
            ("handbook.toml", HANDBOOK),
            ("services.csv", SERVICES),
            ("specimens.csv", SPECIMENS),
            ("panels.toml", PANELS),
            ("questions.toml", QUESTIONS),
            ("rules.toml", RULES),
            ("sources.csv", SOURCES),
        ] {
            provider.write(name, text.as_bytes());
        }
        provider
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// Changes the first place where a text stands.
    fn spoil(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{from} is not in {name}");
        self.write(name, text.replacen(from, to, 1).as_bytes());
    }

    fn line_of(&self, name: &str, text: &str) -> u32 {
        let at = self.text(name).lines().position(|line| line.contains(text));
        u32::try_from(at.unwrap_or_else(|| panic!("{text} is not in {name}")) + 1).unwrap()
    }

    fn mistakes(&self) -> Vec<Mistake> {
        inspect(self.0.path()).mistakes
    }
}
