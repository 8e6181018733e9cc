//! Attachments from files: chosen in the desktop's dialog, dropped on the window, or named by somebody without a mouse. The
//! content goes into the encrypted store; the draft holds what it is and how large.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use requisition::composing::draft::{Attachment, Edit};
use requisition::order::MimeType;
use uuid::Uuid;

use super::{Answer, Controller, FileQuestion, now};
use crate::error::{CommandError, ErrorCode};
use crate::panels::DialogWords;
use crate::views::DraftView;

/// How attachments end.
pub const ENDINGS: &[&str] = &["pdf", "jpg", "jpeg", "png", "txt"];
/// Larger files are not read: no receiver takes them. What a receiver takes less of, the draft says.
const LARGEST: u64 = 50_000_000;
/// Longest description that the message carries.
const LONGEST_NAME: usize = 300;

impl Controller {
    /// Asks for a file in the desktop's dialog and attaches it. Nothing where none is chosen.
    ///
    /// # Errors
    /// As [`Self::attach_file`].
    pub async fn choose_attachment(&self, id: String, words: DialogWords) -> Answer<Option<DraftView>> {
        let question = FileQuestion { title: words.title, kind: words.kind, endings: ENDINGS, save_as: None };
        match self.desktop.ask_for_file(question).await.ok().flatten() {
            Some(path) => self.attach(&id, &path).map(Some),
            None => Ok(None),
        }
    }

    /// Attaches a file to a draft.
    ///
    /// # Errors
    /// [`ErrorCode::FileRefused`]; [`ErrorCode::AttachmentRefused`] for what is no PDF, JPEG, PNG or text, or too large.
    pub fn attach_file(&self, id: String, path: String) -> Answer<DraftView> {
        self.attach(&id, &PathBuf::from(path))
    }

    fn attach(&self, id: &str, path: &Path) -> Answer<DraftView> {
        let here = self.here()?;
        let content = read(path)?;
        let kind = MimeType::of(&content).ok_or_else(|| refused("attachment_unknown"))?;
        let (content_id, at) = (Uuid::now_v7(), now().timestamp());
        // Before the draft that names it.
        here.store.put_attachment(content_id, &content, at)?;
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let attachment = Attachment {
            id: content_id.to_string(),
            description: name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect(),
            kind,
            bytes: u32::try_from(content.len()).unwrap_or(u32::MAX),
            added: at.to_string(),
            only: None,
        };
        self.edit_draft(id.to_owned(), Edit::Attach { attachment })
    }
}

fn refused(reason: &str) -> CommandError {
    CommandError::new(ErrorCode::AttachmentRefused).with("reason", reason)
}

/// Reads a file that may be anything: no more of it than it may have.
fn read(path: &Path) -> Answer<Vec<u8>> {
    let unreadable = |error: std::io::Error| CommandError::caused(ErrorCode::FileRefused, &error);
    let mut content = Vec::new();
    std::fs::File::open(path).map_err(unreadable)?.take(LARGEST + 1).read_to_end(&mut content).map_err(unreadable)?;
    match content.len() as u64 {
        0 => Err(refused("attachment_empty")),
        size if size > LARGEST => Err(refused("attachment_too_large")),
        _ => Ok(content),
    }
}
