//! The things that a catalogue lists, as two versions of it are compared: field by field, so that only what differs is
//! written out.

use serde::Serialize;
use serde_json::Value;

use super::model::{Container, Department, LabelRule, Panel, Provider, Question, Rule, Service};

/// One thing of a catalogue, known by its id.
pub(super) trait Listed: PartialEq {
    fn id(&self) -> &str;

    /// What it is called; its id where it has no name.
    fn name(&self) -> &str {
        self.id()
    }

    /// Whether it can no longer be ordered.
    fn withdrawn(&self) -> bool {
        false
    }

    /// Id of what takes its place.
    fn replaced_by(&self) -> Option<&str> {
        None
    }

    /// The fields in which the `new` version differs, sorted by name.
    fn differing(&self, new: &Self) -> Vec<Differing>;
}

/// A field that differs, as a package writes it; null where it was or is not said.
pub(super) struct Differing {
    pub field: &'static str,
    pub before: Value,
    pub after: Value,
}

impl Differing {
    fn of<T: Serialize>(field: &'static str, before: &T, after: &T) -> Self {
        // Plain data can always be written.
        let json = |value| serde_json::to_value(value).unwrap_or_default();
        Self { field, before: json(before), after: json(after) }
    }
}

/// Compares a thing by its fields, and adds what is special about it.
macro_rules! listed {
    ($listed:ty { $($field:ident),+ } $($special:item)*) => {
        impl Listed for $listed {
            fn id(&self) -> &str {
                &self.id
            }

            $($special)*

            fn differing(&self, new: &Self) -> Vec<Differing> {
                // Taken apart by name: a field that is added to the model has to be compared too, or this does not compile.
                let Self { $($field),+ } = self;
                let mut differing = Vec::new();
                $(
                    if *$field != new.$field {
                        differing.push(Differing::of(stringify!($field), $field, &new.$field));
                    }
                )+
                differing.sort_unstable_by_key(|one| one.field);
                differing
            }
        }
    };
}

listed! {
    Provider {
        id, name, organisation, her, organisation_number, phone, demo, message_version, stale_after_days, limits, abilities,
        receipt_within_hours
    }
    fn name(&self) -> &str {
        &self.name
    }
}

listed! {
    Department { id, name, short, her, discipline, discipline_name, phone, label_rule, requisition_per }
    fn name(&self) -> &str {
        &self.name
    }
}

listed! {
    Service {
        id, code, local_code, specs, name, synonyms, department, group, priority, unit, handbook, preparation, fasting,
        specimens, questions, turnaround_days, add_on_hours, retest_days, sex, min_age, max_age, replaced_by, withdrawn,
        source, checked
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn withdrawn(&self) -> bool {
        self.withdrawn
    }
    fn replaced_by(&self) -> Option<&str> {
        self.replaced_by.as_deref()
    }
}

listed! {
    Panel { id, name, synonyms, services, optional, source }
    fn name(&self) -> &str {
        &self.name
    }
}

listed! {
    Container {
        id, name, label_name, kind, colour, colour_name, additive, fill_ml, yield_fraction, dead_ml, order_of_draw, sort,
        handling, spin, storage, preservative, take_home, source
    }
    fn name(&self) -> &str {
        &self.name.nb
    }
}

listed! {
    Question {
        id, phase, answer, text, help, options, unit, min, max, visible, required, place, safe_to_copy, shared, interview
    }
    fn name(&self) -> &str {
        &self.text.nb
    }
}

listed! {
    Rule { id, services, condition, severity, text, override_reasons, source, checked }
    fn name(&self) -> &str {
        &self.text.nb
    }
}

listed! {
    LabelRule { id, per, copies, symbology, leftover, leftover_label, tell_unscanned, source }
}
