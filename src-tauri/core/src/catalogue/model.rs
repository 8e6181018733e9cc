//! What a catalogue package says, as values.
//!
//! Everything that laboratories disagree about (containers, handling, questions, rules, label rules, limits) belongs to
//! the provider here and never to our code. The types are the content of the package (canonical JSON), so a field's
//! meaning never changes: a new meaning gets a new field.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::content::Content;
pub use crate::codes::MessageVersion;

/// A text in the three languages of the screens. Bokmål is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Norwegian bokmål.
    pub nb: String,
    /// Norwegian nynorsk; bokmål is shown where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nn: String,
    /// English; bokmål is shown where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

/// One provider's whole offer at one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Format of the package content; [`FORMAT`].
    pub format: u32,
    /// Who offers.
    pub provider: Provider,
    /// Version, compared number by number: `2026.11.2`.
    pub version: String,
    /// First day it applies, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The version before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Receiving departments.
    pub departments: Vec<Department>,
    /// Containers, in the provider's own priority.
    pub containers: Vec<Container>,
    /// Services. Shared, because two versions of a large catalogue differ in a few of them.
    pub services: Vec<Arc<Service>>,
    /// Panels.
    #[serde(default)]
    pub panels: Vec<Panel>,
    /// Questions that services refer to.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Decision support rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Label rules; the one named `default` is used where a department names none.
    #[serde(default)]
    pub label_rules: Vec<LabelRule>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// The package format this program reads and writes.
pub const FORMAT: u32 = 1;

/// A service provider, its identity on the wire and what it demands of every requisition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Stable id of the provider's catalogue, `balsam-lab`.
    pub id: String,
    /// Name on screen.
    pub name: String,
    /// Name of the organisation in the message.
    pub organisation: String,
    /// HER-id of the organisation.
    pub her: String,
    /// Organisation number (ENH).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_number: Option<String>,
    /// Telephone for urgent contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Demonstration data, not clinical truth: the screens must say so.
    #[serde(default)]
    pub demo: bool,
    /// National message version the receiver takes.
    pub message_version: MessageVersion,
    /// Days after which a package that was not renewed is an alarm.
    pub stale_after_days: u32,
    /// What the receiver rejects by size.
    pub limits: Limits,
    /// What may be done after sending.
    pub abilities: Abilities,
    /// Hours within which the receiver promises an application receipt; 96 at the most.
    pub receipt_within_hours: u32,
}

/// What the receiver rejects by size, in characters, pieces and bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Longest clinical text, in characters.
    pub clinical_text: u32,
    /// Most services in one requisition.
    pub services: u32,
    /// Whether the receiver refuses patients without an 11-digit number.
    pub national_id_required: bool,
    /// Largest sum of attachments, in bytes.
    pub attachments_bytes: u32,
}

/// What the receiver can do after a requisition was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Abilities {
    /// Takes a change message.
    pub change: bool,
    /// Takes added services on material already sent.
    pub addition: bool,
    /// Takes a cancellation.
    pub cancel: bool,
    /// Until when a change is taken: before the specimen is received, or before the answer.
    pub change_until: ChangeUntil,
}

/// The last moment at which a change is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeUntil {
    /// Not after the receiver has registered the specimen.
    SpecimenReceived,
    /// Not after the first answer.
    Answered,
}

/// A receiving department: a communication party of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Id within the catalogue.
    pub id: String,
    /// Name, as in the message.
    pub name: String,
    /// Five to ten capitals for the label, `KLFARM`.
    pub short: String,
    /// HER-id of the service.
    pub her: String,
    /// Code of list 8202 for requisitions to it: `CLIN`, `MBIO`, `LAB`, `HIST`, `MR` …
    pub discipline: String,
    /// Name of the discipline on screen.
    pub discipline_name: Text,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Label rule; `default` where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_rule: Option<String>,
    /// What one requisition may hold; everything for the department where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisition_per: Option<RequisitionPer>,
}

/// What a receiver wants in requisitions of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RequisitionPer {
    /// Each material.
    Material,
    /// Each service.
    Service,
}

/// What a container looks like, which decides its drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ContainerKind {
    /// Evacuated blood tube.
    Tube,
    /// Blood culture bottle.
    Bottle,
    /// Urine tube or cup.
    Urine,
    /// Faeces container.
    Faeces,
    /// Swab in a tube with medium.
    Swab,
    /// Jar, with or without fixative.
    Jar,
    /// Microscope slide.
    Slide,
    /// Anything else.
    Other,
}

/// A container as this provider wants it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// Id within the catalogue, `GEL`.
    pub id: String,
    /// Name on screen and on the label.
    pub name: Text,
    /// At most 18 characters for the label, capitals: `SERUM GEL`.
    pub label_name: String,
    /// Drawing.
    pub kind: ContainerKind,
    /// Colour of the cap as `#rrggbb`.
    pub colour: String,
    /// The colour in words, since colour alone says nothing to some.
    pub colour_name: Text,
    /// Additive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additive: Option<Text>,
    /// Nominal fill, in millilitres; nothing for swabs and slides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill_ml: Option<f64>,
    /// Part of the fill that gives usable material (serum from blood: about 0.4), 0 to 1.
    #[serde(default = "one")]
    pub yield_fraction: f64,
    /// Volume the analyser cannot use, in millilitres of material, once per container.
    #[serde(default)]
    pub dead_ml: f64,
    /// Place in the order of draw, from 1; nothing for what is not drawn from a vein.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_of_draw: Option<u32>,
    /// Sorting after the drawn ones.
    #[serde(default)]
    pub sort: u32,
    /// What to do on taking it: "Fyll til merket. Vend 4 ganger."
    pub handling: Text,
    /// Minutes the filled container must stand before spinning, and the latest, where it is spun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spin: Option<Spin>,
    /// How it is kept until the courier comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Text>,
    /// Fixative or medium that is in it already, as the receiver reads it: "Formalin 4 %, bufret".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preservative: Option<String>,
    /// Often taken by the patient at home.
    #[serde(default)]
    pub take_home: bool,
    /// Source id.
    pub source: String,
}

impl Container {
    /// Millilitres of material that one container gives; nothing where volume is no limit (swabs, slides).
    #[must_use]
    pub fn usable_ml(&self) -> Option<f64> {
        let usable = self.fill_ml? * self.yield_fraction - self.dead_ml;
        // A container that gives nothing is an authoring fault; counting it once is better than an endless pile.
        (usable.is_finite() && usable > 0.0).then_some(usable)
    }
}

const fn one() -> f64 {
    1.0
}

/// Times for spinning a tube, in minutes after collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Spin {
    /// Earliest.
    pub after_minutes: u32,
    /// Latest.
    pub before_minutes: u32,
}

/// A coded value with its system, as in the order document (`NLK`, `NCRP`, `NORPAT`, `LOCAL`, `volven:NNNN`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Coded {
    /// Code system.
    pub system: String,
    /// Code; nothing for local services known by text alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Text sent with it.
    pub display: String,
}

impl Coded {
    /// Whether it names a kind of examination that many services share, as list 8219 does ("Histologisk undersøkelse").
    #[must_use]
    pub fn is_a_kind(&self) -> bool {
        self.system == "volven:8219"
    }

    /// Whether the code alone says which service is meant, at every provider.
    #[must_use]
    pub fn names_one_service(&self) -> bool {
        self.code.is_some() && self.system != "LOCAL" && !self.is_a_kind()
    }
}

/// Anything orderable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Id within the catalogue, stable over versions.
    pub id: String,
    /// Code and usage name in the message.
    pub code: Coded,
    /// The same service in the receiver's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_code: Option<Coded>,
    /// Codes that always go with it and say what the code alone leaves open: site and procedure of a histological
    /// examination (NORPAT). Not together with [`Service::local_code`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs: Vec<Coded>,
    /// Name on screen: "Ferritin".
    pub name: String,
    /// Lay words, brand names, old names, abbreviations.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Department id.
    pub department: String,
    /// Group in the tree: "Jernstatus, anemi, vitaminer".
    pub group: String,
    /// Ranking priority, 0 (rare) to 100 (daily).
    #[serde(default)]
    pub priority: u32,
    /// Unit of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Handbook text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handbook: Option<Text>,
    /// How the patient prepares: fasting, morning, before next dose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preparation: Option<Text>,
    /// The patient must fast.
    #[serde(default)]
    pub fasting: bool,
    /// Specimen alternatives, best first; none for examinations of the patient.
    #[serde(default)]
    pub specimens: Vec<SpecimenAlternative>,
    /// Question ids.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Usual days until the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnaround_days: Option<u32>,
    /// Hours for which the analysis can be added to a specimen already taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_on_hours: Option<u32>,
    /// Days within which a repeat is seldom useful, with its source in `rules`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retest_days: Option<u32>,
    /// Only for this sex: `1` male, `2` female (list 3101).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Youngest age in whole years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u32>,
    /// Oldest age in whole years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// Service id that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Withdrawn: found, but not orderable.
    #[serde(default)]
    pub withdrawn: bool,
    /// Source id.
    pub source: String,
    /// Day the fact was last checked, `YYYY-MM-DD`.
    pub checked: String,
}

/// One way to take what a service needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SpecimenAlternative {
    /// Material as text: "Serum".
    pub material: String,
    /// Material code, list 8351 or 8216.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material_code: Option<Coded>,
    /// Container id.
    pub container: String,
    /// Usable material needed, in millilitres.
    #[serde(default)]
    pub volume_ml: f64,
    /// Specimens of different handling never share a container: `room`, `cold`, `ice`, `dark`, `frozen`.
    #[serde(default = "room")]
    pub handling_class: String,
    /// Handling beyond the container's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<Text>,
    /// Never shares a container with other services.
    #[serde(default)]
    pub own_container: bool,
}

fn room() -> String {
    "room".into()
}

/// Services ordered together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Id within the catalogue.
    pub id: String,
    /// Name.
    pub name: String,
    /// Other words for it.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Service ids that are always in it.
    pub services: Vec<String>,
    /// Service ids that may be added.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Source id.
    pub source: String,
}

/// When a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// By the one who orders.
    Order,
    /// By the one who collects.
    Collection,
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AnswerType {
    /// Yes or no.
    Boolean,
    /// One option.
    Choice,
    /// Any number of options.
    Choices,
    /// Free text.
    Text,
    /// Number in [`Question::unit`].
    Number,
    /// Date.
    Date,
    /// Date and time.
    DateTime,
}

/// A question of the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Id within the catalogue.
    pub id: String,
    /// When it is asked.
    pub phase: Phase,
    /// Kind of answer.
    pub answer: AnswerType,
    /// The question.
    pub text: Text,
    /// Help below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// Options of a choice.
    #[serde(default)]
    pub options: Vec<AnswerOption>,
    /// Unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// CEL condition for being asked; always where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub visible: String,
    /// CEL condition for having to be answered; optional where empty, `true` for always.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub required: String,
    /// Where the answer stands in the message.
    pub place: AnswerPlace,
    /// An answer may be copied to a later requisition.
    #[serde(default)]
    pub safe_to_copy: bool,
    /// One answer serves all services of the requisition that ask it.
    #[serde(default)]
    pub shared: bool,
    /// Asked of the patient in their own words, on a screen of its own where each answer is given explicitly.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interview: bool,
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// Value kept, and known to conditions.
    pub value: String,
    /// What the user reads.
    pub text: Text,
    /// What the message carries, where the place wants a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Coded>,
    /// There is no code for it, and it goes as text although its place carries codes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_text: bool,
}

/// Where an answer goes in the order document, and so in the message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerPlace {
    /// `services[].comment`, "<question>: <answer>".
    ServiceComment,
    /// `services[].specs[]`: the option's code.
    ServiceSpec,
    /// `reasons[]` with this heading of list 8231; an option with a code of that list brings its own.
    Reason {
        /// List 8231.
        heading: String,
    },
    /// `informationItems[]` of this type of list 8233.
    InformationItem {
        /// List 8233.
        item: String,
        /// What a date, number or text is about (8217 `MENS` …): a date with it is the day that it began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Coded>,
    },
    /// `findings[]`.
    Finding,
    /// Date of the finding that another question of the same service asks for, as the day of the kidney function.
    FindingDate {
        /// Id of that question.
        of: String,
    },
    /// `specimens[].collectorComment`.
    CollectorComment,
    /// `specimens[].collectionMethod`: the option's code of list 8275, and its words in the collector's comment.
    CollectionMethod,
    /// `specimens[].measures[]`: a number in [`Question::unit`].
    Measure {
        /// What is measured: `Lengde`, `Volum`.
        quantity: String,
    },
    /// `specimens[].anatomicalOrigin`.
    AnatomicalOrigin,
    /// `specimens[].comment`.
    SpecimenComment,
    /// `specimens[].pretreatment` with this heading of list 8232.
    Pretreatment {
        /// List 8232.
        heading: String,
    },
    /// `mayChangeModality` of the requisition.
    MayChangeModality,
    /// Not sent: steers other questions and rules.
    NotSent,
}

/// How hard a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A quiet fact.
    Note,
    /// Wants a coded reason to go on.
    Warn,
    /// Safety or certain rejection: cannot be sent like this.
    Stop,
}

/// A decision support rule of the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Id within the catalogue.
    pub id: String,
    /// Service ids it concerns; it is tried once for each of them in the draft. Empty: once for the draft.
    #[serde(default)]
    pub services: Vec<String>,
    /// CEL condition: the rule speaks when it is true.
    pub condition: String,
    /// How hard.
    pub severity: Severity,
    /// What it says; `{days}` and the like are filled from `last_days`.
    pub text: Text,
    /// Coded reasons that let a `warn` pass.
    #[serde(default)]
    pub override_reasons: Vec<AnswerOption>,
    /// Source id.
    pub source: String,
    /// Day it was last checked, `YYYY-MM-DD`.
    pub checked: String,
}

/// How many labels, and what they carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// Id within the catalogue.
    pub id: String,
    /// What one label stands for.
    pub per: LabelPer,
    /// Labels for each.
    pub copies: u32,
    /// Symbol with the specimen number.
    pub symbology: Symbology,
    /// What becomes of labels left over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leftover: Option<Text>,
    /// The laboratory wants to know, in the message, of containers whose label was not scanned on them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell_unscanned: bool,
    /// Source id.
    pub source: String,
}

/// What one specimen number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LabelPer {
    /// Each container has its own number.
    Container,
    /// All containers of one material and time share one.
    Specimen,
    /// The whole requisition shares one.
    Requisition,
}

/// Barcode symbology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Code 128 (ISO/IEC 15417).
    Code128,
    /// Data Matrix ECC 200 (ISO/IEC 16022).
    DataMatrix,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id within the catalogue.
    pub id: String,
    /// Title.
    pub title: String,
    /// Address, as a reference only: the application never opens it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Look-ups by id, made once for each catalogue. That of the services is shared between versions that have the same ones.
#[derive(Debug, Default)]
pub struct Index {
    services: Arc<BTreeMap<String, usize>>,
    containers: BTreeMap<String, usize>,
    departments: BTreeMap<String, usize>,
    questions: BTreeMap<String, usize>,
    panels: BTreeMap<String, usize>,
}

impl Index {
    fn new(catalogue: &Catalogue, services: Arc<BTreeMap<String, usize>>) -> Self {
        Self {
            services,
            containers: by_id(&catalogue.containers, |c| &c.id),
            departments: by_id(&catalogue.departments, |d| &d.id),
            questions: by_id(&catalogue.questions, |q| &q.id),
            panels: by_id(&catalogue.panels, |p| &p.id),
        }
    }
}

fn by_id<T>(items: &[T], id: impl Fn(&T) -> &str) -> BTreeMap<String, usize> {
    items.iter().enumerate().map(|(at, item)| (id(item).to_owned(), at)).collect()
}

/// A catalogue with its look-ups: what composing works on.
#[derive(Debug)]
pub struct Indexed {
    catalogue: Catalogue,
    index: Index,
    /// Made when it is first asked for: only deltas and versions of the same number need it.
    content: OnceLock<Content>,
}

impl Indexed {
    /// Indexes a catalogue.
    #[must_use]
    pub fn new(catalogue: Catalogue) -> Self {
        let services = Arc::new(by_id(&catalogue.services, |s| &s.id));
        Self { index: Index::new(&catalogue, services), catalogue, content: OnceLock::new() }
    }

    /// Indexes the version after `old`, whose content is known already.
    pub(super) fn after(old: &Self, catalogue: Catalogue, content: Content) -> Self {
        let (before, after) = (&old.catalogue.services, &catalogue.services);
        let stay = before.len() == after.len()
            && before.iter().zip(after).all(|(old, new)| Arc::ptr_eq(old, new) || old.id == new.id);
        let services =
            if stay { Arc::clone(&old.index.services) } else { Arc::new(by_id(&catalogue.services, |s| &s.id)) };
        Self { index: Index::new(&catalogue, services), catalogue, content: content.into() }
    }

    /// The catalogue itself.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The hashes of what it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        self.content.get_or_init(|| Content::of(&self.catalogue))
    }

    /// A service by id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.index.services.get(id).map(|at| self.catalogue.services[*at].as_ref())
    }

    /// A container by id.
    #[must_use]
    pub fn container(&self, id: &str) -> Option<&Container> {
        self.index.containers.get(id).map(|at| &self.catalogue.containers[*at])
    }

    /// A department by id.
    #[must_use]
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.index.departments.get(id).map(|at| &self.catalogue.departments[*at])
    }

    /// A question by id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.index.questions.get(id).map(|at| &self.catalogue.questions[*at])
    }

    /// A panel by id.
    #[must_use]
    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.index.panels.get(id).map(|at| &self.catalogue.panels[*at])
    }
}
