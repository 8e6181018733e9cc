//! What a write changed, so that the window refetches by it and never guesses.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Kinds of facts that a write touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Changes {
    /// Drafts.
    pub drafts: bool,
    /// Requisitions, specimens and their lights.
    pub requisitions: bool,
    /// The queue: entries, attempts, receipts.
    pub outbox: bool,
    /// Labels and prints.
    pub labels: bool,
    /// Settings.
    pub settings: bool,
    /// Recent patients.
    pub patients: bool,
    /// Whether providers answer.
    pub connections: bool,
    /// Panels and favourites of the office.
    pub panels: bool,
    /// What is on its way to paper.
    pub papers: bool,
}

impl Changes {
    /// Nothing.
    pub const NONE: Self = Self {
        drafts: false,
        requisitions: false,
        outbox: false,
        labels: false,
        settings: false,
        patients: false,
        connections: false,
        panels: false,
        papers: false,
    };
    /// Drafts only.
    pub const DRAFTS: Self = Self { drafts: true, ..Self::NONE };
    /// Requisitions only.
    pub const REQUISITIONS: Self = Self { requisitions: true, ..Self::NONE };
    /// The queue, and with it the lights of requisitions.
    pub const OUTBOX: Self = Self { outbox: true, requisitions: true, ..Self::NONE };
    /// Labels, and with them the alarms of requisitions.
    pub const LABELS: Self = Self { labels: true, requisitions: true, ..Self::NONE };
    /// Settings only.
    pub const SETTINGS: Self = Self { settings: true, ..Self::NONE };
    /// Recent patients only.
    pub const PATIENTS: Self = Self { patients: true, ..Self::NONE };
    /// Connections only.
    pub const CONNECTIONS: Self = Self { connections: true, ..Self::NONE };

    /// Panels and favourites only.
    pub const PANELS: Self = Self { panels: true, ..Self::NONE };

    /// What is on its way to paper only.
    pub const PAPERS: Self = Self { papers: true, ..Self::NONE };

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            drafts: self.drafts || other.drafts,
            requisitions: self.requisitions || other.requisitions,
            outbox: self.outbox || other.outbox,
            labels: self.labels || other.labels,
            settings: self.settings || other.settings,
            patients: self.patients || other.patients,
            connections: self.connections || other.connections,
            panels: self.panels || other.panels,
            papers: self.papers || other.papers,
        }
    }

    /// Whether there is anything to tell.
    #[must_use]
    pub fn any(self) -> bool {
        self != Self::NONE
    }
}
