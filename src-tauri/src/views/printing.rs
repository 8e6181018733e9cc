//! Paper on its way out, and labels as they will stand on a sheet.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What is put on paper by the office's A4 printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// The form of a requisition.
    RequisitionForm,
    /// The packing list.
    PackingList,
    /// The courier's list.
    CourierList,
    /// What is read on a screen: a page of the handbook, a message.
    ReadablePage,
}

impl Paper {
    const ALL: [Self; 4] = [Self::RequisitionForm, Self::PackingList, Self::CourierList, Self::ReadablePage];

    /// The stable word under which it is kept.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RequisitionForm => "requisition_form",
            Self::PackingList => "packing_list",
            Self::CourierList => "courier_list",
            Self::ReadablePage => "readable_page",
        }
    }

    /// What was kept under a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.word() == word)
    }
}

/// A job for the A4 printer that was asked for and is not forgotten yet. Has no `Debug`: it names a patient.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperJobView {
    /// Counted from the start of the program.
    pub id: u32,
    /// What it is.
    pub paper: Paper,
    /// "Family, Given" of whom a form is about.
    pub patient: Option<String>,
    /// The queue.
    pub printer: String,
    /// When it was asked for, RFC 3339.
    pub asked_at: String,
    /// When the spooler took it, RFC 3339.
    pub taken_at: Option<String>,
    /// How far it has come.
    pub state: PaperJobState,
}

/// How far a job for the A4 printer has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PaperJobState {
    /// Asked for; the spooler has not taken it yet.
    Asked,
    /// The spooler has it.
    Taken,
    /// The printer is at it.
    ComingOut,
    /// The printer is not at it: it is off, out of paper, or busy. It may come out later.
    Waits {
        /// Keywords of RFC 8011, 5.4.12, without their severity.
        reasons: Vec<String>,
    },
    /// The printer has all of it.
    Out,
    /// It did not come out, or not all of it.
    Failed {
        /// `taken_back` before anything reached the printer, `withdrawn` when a part may have, `cancelled` by another, `aborted`,
        /// `stuck`, `unknown`.
        why: String,
    },
}

/// A sheet of labels with those that are about to be printed on it, lengths in micrometres.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct LabelSheetView {
    /// Labels beside each other.
    pub columns: u32,
    /// Labels below each other.
    pub rows: u32,
    /// The label at which these begin, counted from 0 in reading order.
    pub first: u32,
    /// How many labels come out.
    pub labels: u32,
    /// Page width.
    pub page_width: u32,
    /// Page height.
    pub page_height: u32,
    /// Left edge of the first label.
    pub left: u32,
    /// Upper edge of the first label.
    pub top: u32,
    /// From one label's left edge to the next one's.
    pub pitch_x: u32,
    /// From one label's upper edge to the next one's.
    pub pitch_y: u32,
    /// Width of a label.
    pub width: u32,
    /// Height of a label.
    pub height: u32,
    /// The pages as they print, SVG.
    pub pages: Vec<String>,
}
