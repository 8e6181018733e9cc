//! A bounded reader of XML from outside: the elements with their texts, and nothing that a hostile file could make of it.
//!
//! A document type declaration is refused, and with it every entity but the five of XML itself. Depth, size and count of
//! elements are limited before anything is built.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// Bounds of what is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Most bytes.
    pub(crate) bytes: usize,
    /// Deepest nesting.
    pub(crate) depth: usize,
    /// Most elements.
    pub(crate) elements: usize,
}

/// Why a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// More bytes, elements or levels than such a document has.
    #[error("is larger or deeper than such a document can be")]
    Bounds,
    /// Neither UTF-8 nor ISO-8859-1, or not what its first line says.
    #[error("is in an encoding that is not understood")]
    Encoding,
    /// A document type declaration or an entity.
    #[error("declares a document type or uses an entity")]
    DocumentType,
    /// Not well-formed.
    #[error("is not well-formed XML")]
    Malformed,
}

/// One element.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Local name.
    pub(crate) name: String,
    /// Namespace, empty where there is none.
    pub(crate) namespace: String,
    /// Attributes by local name, namespace declarations left out.
    pub(crate) attributes: Vec<(String, String)>,
    /// Elements inside, in order.
    pub(crate) children: Vec<Element>,
    /// The text directly inside, line breaks and blanks included.
    pub(crate) text: String,
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Element({}, …)", self.name)
    }
}

impl Element {
    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element at the end of the names, following first children.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// An attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text of a child, trimmed; `None` where the child is missing or blank.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    /// The code (V) of a child.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(|child| child.attribute("V"))
    }
}

/// Reads a document.
pub(crate) fn parse(bytes: &[u8], bounds: Bounds) -> Result<Element, TreeError> {
    if bytes.len() > bounds.bytes {
        return Err(TreeError::Bounds);
    }
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().check_comments = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0_usize;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| TreeError::Malformed)?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                count += 1;
                if open.len() >= bounds.depth || count > bounds.elements {
                    return Err(TreeError::Bounds);
                }
                if root.is_some() {
                    return Err(TreeError::Malformed);
                }
                let element = element(start, &namespace)?;
                if matches!(event, Event::Empty(_)) { close(element, &mut open, &mut root) } else { open.push(element) }
            }
            Event::End(_) => {
                let element = open.pop().ok_or(TreeError::Malformed)?;
                close(element, &mut open, &mut root);
            }
            Event::Text(text) => add(&text.xml10_content(), &mut open)?,
            Event::CData(text) => add(&text.xml10_content(), &mut open)?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|_| TreeError::Malformed)?;
                let character = character.or_else(|| predefined(&reference.xml10_content()));
                let character = character.ok_or(TreeError::DocumentType)?;
                add(character.encode_utf8(&mut [0; 4]), &mut open)?;
            }
            Event::DocType(_) => return Err(TreeError::DocumentType),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { root.ok_or(TreeError::Malformed) } else { Err(TreeError::Malformed) }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn element(start: &BytesStart<'_>, namespace: &ResolveResult<'_>) -> Result<Element, TreeError> {
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => namespace.0.to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(_) => return Err(TreeError::Malformed),
    };
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| TreeError::Malformed)?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        // Unknown entities fail here: without a document type there are none.
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| TreeError::DocumentType)?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    let name = start.local_name().as_ref().to_owned();
    Ok(Element { name, namespace, attributes, children: Vec::new(), text: String::new() })
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

fn add(text: &str, open: &mut [Element]) -> Result<(), TreeError> {
    match open.last_mut() {
        Some(parent) => parent.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(TreeError::Malformed),
    }
    Ok(())
}

/// UTF-8, or ISO-8859-1 where the first line says so: older receipts are.
fn decode(bytes: &[u8]) -> Result<String, TreeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_ascii_lowercase();
    let declared = first.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next()).unwrap_or_default();
    let named = declared.split_once("encoding").map(|(_, rest)| rest.trim_start_matches([' ', '=', '"', '\'', '\t']));
    let named = named.map_or("utf-8", |rest| rest.split(['"', '\'']).next().unwrap_or_default());
    match named {
        "utf-8" | "us-ascii" | "ascii" => String::from_utf8(bytes.to_vec()).map_err(|_| TreeError::Encoding),
        "iso-8859-1" | "latin1" => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        _ => Err(TreeError::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Bounds = Bounds { bytes: 1000, depth: 4, elements: 10 };

    #[test]
    fn texts_and_attributes_come_back_as_they_were_meant() {
        let root = parse(
            b"<a xmlns='urn:x' k=\"1&#10;&lt;\"><p:b xmlns:p='urn:y'>x&#13;&amp;<![CDATA[<y>]]></p:b></a>",
            SMALL,
        )
        .unwrap();
        assert_eq!((root.namespace.as_str(), root.attribute("k")), ("urn:x", Some("1\n<")));
        assert_eq!((root.children[0].namespace.as_str(), root.children[0].text.as_str()), ("urn:y", "x\r&<y>"));
    }

    #[test]
    fn document_types_and_entities_are_refused() {
        for bomb in [
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<a>&x;</a>",
            "<a b='&x;'/>",
        ] {
            assert_eq!(parse(bomb.as_bytes(), SMALL), Err(TreeError::DocumentType), "{bomb}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused_before_it_is_built() {
        assert_eq!(parse(b"<a><a><a><a><a/></a></a></a></a>", SMALL), Err(TreeError::Bounds));
        assert_eq!(parse(format!("<a>{}</a>", "<b/>".repeat(10)).as_bytes(), SMALL), Err(TreeError::Bounds));
        assert_eq!(parse(&[b' '; 1001], SMALL), Err(TreeError::Bounds));
    }

    #[test]
    fn broken_files_are_refused() {
        for broken in ["", "<a>", "<a></b>", "<a/><a/>", "<a/>x", "<a b='1' b='2'/>", "<p:a/>", "hello"] {
            assert_eq!(parse(broken.as_bytes(), SMALL), Err(TreeError::Malformed), "{broken}");
        }
        assert_eq!(parse(b"<a>\xe6</a>", SMALL), Err(TreeError::Encoding));
        assert_eq!(parse(b"<?xml version='1.0' encoding='UTF-16'?><a/>", SMALL), Err(TreeError::Encoding));
    }

    #[test]
    fn older_receipts_are_in_iso_8859_1() {
        let root = parse(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe6</a>", SMALL).unwrap();
        assert_eq!(root.text, "\u{e6}");
    }
}
