//! The contents of attachments: brought in from beside the document, and held to what they say they are.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Attachment, MimeType, Order, Problem, ProblemCode};

/// Larger files are refused before they are read: no receiver takes them, and the message is built in memory.
const LIMIT: u64 = 100 * 1024 * 1024;

/// Replaces every path by the content of the file, which must lie inside `folder`.
pub(super) fn load(order: &mut Order, folder: Option<&Path>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, attachment) in order.attachments.iter_mut().enumerate() {
        let (Some(path), None) = (&attachment.path, &attachment.base64) else {
            continue;
        };
        let content =
            folder.ok_or("names a file, but the document does not lie in a folder").and_then(|f| read(f, path));
        match content {
            Ok(content) => {
                attachment.base64 = Some(STANDARD.encode(content));
                attachment.path = None;
            }
            Err(why) => problems.push(Problem::new(format!("attachments[{at}].path"), ProblemCode::Attachment, why)),
        }
    }
    problems
}

/// Whether each content is there, readable and what it says it is.
pub(super) fn check(order: &Order) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, attachment) in order.attachments.iter().enumerate() {
        let Some(base64) = &attachment.base64 else {
            continue;
        };
        let why = match decode(base64) {
            None => "is not base64",
            Some(content) if content.is_empty() => "is empty",
            Some(content) if !is_what_it_says(attachment.mime_type, &content) => {
                let path = format!("attachments[{at}].mimeType");
                let why =
                    format!("says {}, but the content (base64 or path) is something else", attachment.mime_type.name());
                problems.push(Problem::new(path, ProblemCode::Attachment, why));
                continue;
            }
            Some(_) => continue,
        };
        problems.push(Problem::new(format!("attachments[{at}].base64"), ProblemCode::Attachment, why));
    }
    problems
}

impl Attachment {
    /// The content, where it is there and base64.
    #[must_use]
    pub fn content(&self) -> Option<Vec<u8>> {
        decode(self.base64.as_deref()?)
    }
}

impl MimeType {
    /// The kind of document that a content is; none for anything else than PDF, JPEG, PNG and text.
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        let known = [Self::Pdf, Self::Jpeg, Self::Png, Self::Text];
        known.into_iter().find(|kind| !content.is_empty() && is_what_it_says(*kind, content))
    }
}

/// Line breaks are tolerated: mail programs and many encoders put them in.
fn decode(base64: &str) -> Option<Vec<u8>> {
    let compact: Vec<u8> = base64.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>, &'static str> {
    const OUTSIDE: &str = "leaves the folder of the document";
    const UNREADABLE: &str = "names a file that cannot be read";
    let relative = Path::new(path);
    // A drive or share of Windows is outside on every system, so that a document means the same everywhere.
    let windows = path.starts_with(['\\', '/']) || path.as_bytes().get(1) == Some(&b':');
    if windows || relative.components().any(|part| matches!(part, Component::Prefix(_) | Component::RootDir)) {
        return Err(OUTSIDE);
    }
    let mut depth = 0_i32;
    for part in path.split(['/', '\\']) {
        match part {
            ".." => depth -= 1,
            "." | "" => {}
            _ => depth += 1,
        }
        if depth < 0 {
            return Err(OUTSIDE);
        }
    }
    let folder = folder.canonicalize().map_err(|_| UNREADABLE)?;
    // Links are followed before the comparison.
    let file = folder.join(relative).canonicalize().map_err(|_| UNREADABLE)?;
    if !file.starts_with(&folder) {
        return Err(OUTSIDE);
    }
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(UNREADABLE);
    }
    let mut content = Vec::new();
    let opened = File::open(file).map_err(|_| UNREADABLE)?;
    opened.take(LIMIT + 1).read_to_end(&mut content).map_err(|_| UNREADABLE)?;
    if content.len() as u64 > LIMIT {
        return Err("names a file that is too large for a message");
    }
    if content.is_empty() {
        return Err("names a file that is empty");
    }
    Ok(content)
}

fn is_what_it_says(kind: MimeType, content: &[u8]) -> bool {
    const PDF: &[u8] = b"%PDF-";
    match kind {
        MimeType::Pdf => content.starts_with(PDF),
        MimeType::Jpeg => content.starts_with(&[0xff, 0xd8, 0xff]),
        MimeType::Png => content.starts_with(b"\x89PNG\r\n\x1a\n"),
        // Older systems write text in other encodings than UTF-8, so only what cannot be text is refused.
        MimeType::Text => {
            !content.starts_with(PDF)
                && content.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_the_folder_of_the_document() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("case");
        std::fs::create_dir_all(folder.join("sub")).unwrap();
        std::fs::write(outer.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(folder.join("a.txt"), "a").unwrap();
        assert_eq!(read(&folder, "a.txt").unwrap(), b"a");
        assert_eq!(read(&folder, "sub/../a.txt").unwrap(), b"a");
        for path in [
            "../secret.txt",
            "sub/../../secret.txt",
            "/etc/hostname",
            "C:\\a.txt",
            "\\\\server\\a.txt",
            "..\\secret.txt",
        ] {
            assert!(read(&folder, path).unwrap_err().contains("leaves"), "{path}");
        }
        for path in ["missing.txt", "sub", "a.txt/b"] {
            assert!(read(&folder, path).unwrap_err().contains("cannot be read"), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("case");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(outer.path().join("secret.txt"), "secret").unwrap();
        std::os::unix::fs::symlink("../secret.txt", folder.join("a.txt")).unwrap();
        assert!(read(&folder, "a.txt").unwrap_err().contains("leaves"));
    }

    #[test]
    fn content_is_held_to_its_kind() {
        assert!(is_what_it_says(MimeType::Pdf, b"%PDF-1.4"));
        assert!(!is_what_it_says(MimeType::Pdf, b"hello"));
        assert!(is_what_it_says(MimeType::Text, "blåbær\r\n".as_bytes()));
        assert!(!is_what_it_says(MimeType::Text, b"%PDF-1.4"));
        assert!(!is_what_it_says(MimeType::Text, b"a\0b"));
        assert!(!is_what_it_says(MimeType::Png, &[0xff, 0xd8, 0xff]));
        assert!(is_what_it_says(MimeType::Jpeg, &[0xff, 0xd8, 0xff, 0xe0]));
    }
}
