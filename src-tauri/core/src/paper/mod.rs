//! Paper: what an office hands over when the line is down, what goes along with the specimens, and pages of the handbook.
//!
//! The requisition form says in words everything that the message says, carries the numbers of the labels, and has the whole
//! order in a two-dimensional code that any scanner types into any window. It says in its first line whether the requisition
//! was also sent electronically. Whoever reads the code back gets an equal order or a reason, never half of one.

mod code;
mod flow;
mod form;
mod packing;
mod readable;
mod words;

use thiserror::Error;

pub use code::{Assembly, FORMAT, PaperCode, Progress, order_of, parts_of};
pub use form::{Sending, form};
pub use packing::{Envelope, PackedSpecimen, Packing, courier_list, packing_list};
pub use readable::{PageLine, PageSection, ReadablePage, readable_page};

use crate::pages::PageError;

/// Why something could not be put on paper or read back from it. Names no patient and quotes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaperError {
    /// The order does not fit into the codes that one form has room for.
    #[error("the order is too large for the codes of one form: {bytes} bytes packed, {room} have room")]
    TooLarge {
        /// Bytes when packed.
        bytes: usize,
        /// Bytes that have room.
        room: usize,
    },
    /// The order cannot be written.
    #[error("the order cannot be written as a document")]
    Document,
    /// The message that the form shows cannot be made.
    #[error("the form cannot be made: {0}")]
    Message(String),
    /// The text is none of our codes.
    #[error("this is no code of a requisition form")]
    NotOurs,
    /// A code of a newer form.
    #[error("this code is of a newer form than this program knows")]
    Newer,
    /// The code was damaged on its way: a letter was lost or changed.
    #[error("the code did not come whole: read it again")]
    Damaged,
    /// The parts are of different forms.
    #[error("this code belongs to another form than those read before")]
    OtherForm,
    /// Not all parts have been read.
    #[error("the form has more codes: {0} have not been read")]
    Missing(usize),
    /// The parts were whole, but what they carry is no order of the kind that is taken here.
    #[error("the code carries no order that can be taken")]
    NoOrder(Vec<crate::order::Problem>),
    /// The built-in font cannot be read.
    #[error("the print font cannot be read")]
    Font,
    /// A symbol cannot be made.
    #[error("a symbol of the form cannot be made")]
    Symbol,
}

impl From<PageError> for PaperError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Font => Self::Font,
        }
    }
}
