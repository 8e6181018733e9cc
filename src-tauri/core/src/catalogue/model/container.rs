//! Containers as a provider wants them filled, spun and kept.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Text;

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
