//! A small provider without a mistake, for the tests to spoil.

use tempfile::TempDir;

use crate::catalogue::authoring::{Mistake, inspect};

/// A provider's directory without a mistake.
pub(super) struct Provider(pub TempDir);

impl Provider {
    pub(super) fn new() -> Self {
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

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).unwrap();
    }

    pub(super) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// Changes the first place where a text stands.
    pub(super) fn spoil(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{from} is not in {name}");
        self.write(name, text.replacen(from, to, 1).as_bytes());
    }

    pub(super) fn line_of(&self, name: &str, text: &str) -> u32 {
        let at = self.text(name).lines().position(|line| line.contains(text));
        u32::try_from(at.unwrap_or_else(|| panic!("{text} is not in {name}")) + 1).unwrap()
    }

    pub(super) fn mistakes(&self) -> Vec<Mistake> {
        inspect(self.0.path()).mistakes
    }
}

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

pub(super) const TEXTS: &str = "[morning]\nnb = \"Om morgenen.\"\nnn = \"Om morgonen.\"\nen = \"In the morning.\"\n";

const HANDBOOK: &str = "[tsh]\nnb = \"Om TSH.\"\nnn = \"Om TSH\"\nen = \"On TSH.\"\n";

pub(super) const SERVICES: &str = "\
id,system,code,display,local_code,local_display,specs,name,synonyms,department,group,priority,preparation,questions,sex,min_age,max_age,replaced_by,withdrawn,source,checked
tsh,NLK,NPU03577,P-TSH,L1,TSH hos oss,,TSH,stoffskifte,biokjemi,Hormoner,90,morning,dose; dose_day,,0,120,,,DEMO,2026-11-01
mcv,NLK,NPU01944,Ery-MCV,,,,MCV,,biokjemi,Blod,50,,,,,,,,DEMO,2026-11-01
lpk,NLK,NPU02593,B-Leukocytter,,,,Leukocytter,hvite,biokjemi,Blod,50,,,,,,mcv,yes,DEMO,2026-11-01
kne,NCRP,SNG0AA,RG Kne,,,,Røntgen kne,knebilde,rontgen,Bein,50,,may_change; side,,,,,,DEMO,2026-11-01
";

pub(super) const SPECIMENS: &str = "\
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
