//! What the scanner read: a tube of the open requisition, another one's, a container that came back, the patient's own number,
//! or a code of a paper form. A number that does not belong is an answer, never an error, and never passes quietly.

use requisition::labels::LabelContent;
use requisition::numbers::{Identified, identify};
use requisition::paper::Assembly;
use requisition::requisition::{Requisition, Scan, State};
use requisition::store::{StoredLabel, StoredRequisition};

use super::drafts::parse_id;
use super::patients::identity;
use super::{Answer, Controller, Workplace, now};
use crate::views::ScanView;

impl Controller {
    /// Takes what the scanner read.
    ///
    /// # Errors
    /// When the store fails; a number that does not belong is an answer, not an error.
    pub fn scan(&self, text: String, open: Option<String>) -> Answer<ScanView> {
        let here = self.here()?;
        let number = match identify(&text) {
            Identified::Specimen { number } => number.digits(),
            Identified::Other { text } if Assembly::is_part(&text) => return here.scan_paper(&text),
            Identified::Other { text } => text,
            // A laboratory's own series has no check digits of ours: what is on a tube here is known by the whole of it.
            Identified::WrongCheckDigits { digits } | Identified::Person { digits }
                if here.store.specimen_by_number(&digits)?.is_some() =>
            {
                digits
            }
            Identified::WrongCheckDigits { .. } => return Ok(ScanView::Unknown { code: "check_digits".into() }),
            Identified::Person { digits } => return here.scan_patient(&digits, open.as_deref()),
            Identified::Empty => return Ok(ScanView::Unknown { code: "not_a_number".into() }),
        };
        let Some(row) = here.store.specimen_by_number(&number)? else {
            return Ok(ScanView::Unknown { code: "not_here".into() });
        };
        let found = here.store.requisition::<Requisition>(row.requisition_id)?;
        let here_open = open.as_deref() == Some(found.content.id.as_str());
        if found.phase == State::Finalised || found.phase == State::Cancelled || (open.is_some() && !here_open) {
            return here.wrong_tube(&found, open.as_deref());
        }
        if !here_open {
            return Ok(ScanView::Opens { requisition: found.content.id, specimen: row.id });
        }
        here.confirm(found, &number)
    }
}

impl Workplace {
    fn confirm(&self, mut found: StoredRequisition<Requisition>, number: &str) -> Answer<ScanView> {
        let at = now();
        let specimen = match found.content.confirm_scan(number, &at) {
            Scan::Confirmed { specimen } => specimen,
            Scan::Already { specimen } => return Ok(ScanView::Already { specimen }),
            Scan::CameBack { specimen } => {
                // Its label was read; the time is asked now.
                self.save_collection(&found)?;
                return Ok(ScanView::CameBack { specimen });
            }
            Scan::GivenUp { specimen } => return Ok(ScanView::GivenUp { specimen }),
            Scan::Unknown => return Ok(ScanView::Unknown { code: "not_here".into() }),
        };
        self.save_collection(&found)?;
        let labels: Vec<StoredLabel<LabelContent>> = self.store.labels(found.id)?;
        let print = labels.iter().find(|label| label.specimen == specimen).and_then(|label| label.prints.last());
        if let Some(print) = print.filter(|print| print.spooled_at.is_some()) {
            let changes = self.store.confirm_print(print.id, &self.who()?, at.timestamp())?;
            self.tell(changes);
        }
        Ok(ScanView::Confirmed { specimen })
    }

    fn wrong_tube(&self, found: &StoredRequisition<Requisition>, open: Option<&str>) -> Answer<ScanView> {
        let other_patient = match open {
            Some(open) if open != found.content.id => {
                let mine = self.store.requisition::<Requisition>(parse_id(open)?)?.content;
                identity(&mine.patient) != identity(&found.content.patient)
            }
            _ => false,
        };
        Ok(ScanView::Wrong {
            requisition: found.content.id.clone(),
            other_patient,
            sent: found.phase == State::Finalised,
            cancelled: found.phase == State::Cancelled,
        })
    }

    /// An identity number, as on a wristband or a card: of the patient who is open, or of another one.
    fn scan_patient(&self, digits: &str, open: Option<&str>) -> Answer<ScanView> {
        let Some(open) = open else { return Ok(ScanView::Unknown { code: "not_a_number".into() }) };
        let patient = self.store.requisition::<Requisition>(parse_id(open)?)?.content.patient;
        Ok(ScanView::Patient { number: digits.to_owned(), matches: patient.national_id.as_deref() == Some(digits) })
    }
}
