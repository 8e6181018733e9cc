//! What a provider asks, and where in the order document the answers go.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Coded, Text};

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
