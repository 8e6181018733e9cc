//! The vocabulary of the message: elements, coded values, times. Empty values write nothing, for the standard forbids
//! empty elements.

use quick_xml::Writer;
use quick_xml::events::attributes::{Attr, Attribute};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::render::RenderError;
use crate::codes::{Code, CodeSystem, ListNumber, list_text};
use crate::order::Moment;

/// Writes one message.
pub(super) struct Out {
    writer: Writer<Vec<u8>>,
}

type Done = Result<(), RenderError>;

impl Out {
    pub(super) fn new() -> Result<Self, RenderError> {
        let mut out = Self { writer: Writer::new_with_indent(Vec::new(), b'\t', 1) };
        out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(out)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn event(&mut self, event: Event<'_>) -> Done {
        self.writer.write_event(event).map_err(|_| RenderError::Write)
    }

    /// An element with what `content` writes in it.
    pub(super) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self) -> Done) -> Done {
        self.element_in(name, None, content)
    }

    /// An element that declares the namespace of itself and its content.
    pub(super) fn element_in(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        content: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        let mut start = BytesStart::new(name);
        if let Some(namespace) = namespace {
            start.push_attribute(("xmlns", namespace));
        }
        self.event(Event::Start(start))?;
        content(self)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> Done {
        self.event(Event::Start(BytesStart::new(name)))?;
        self.characters(text)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// Text inside the element that is open.
    pub(super) fn characters(&mut self, text: &str) -> Done {
        let escaped = escape(text, false)?;
        self.event(Event::Text(BytesText::from_escaped(escaped)))
    }

    /// An element with text, where there is one.
    pub(super) fn maybe_text(&mut self, name: &str, text: Option<&str>) -> Done {
        text.map_or(Ok(()), |text| self.text(name, text))
    }

    /// An empty element with attributes.
    pub(super) fn attributes(&mut self, name: &str, attributes: &[(&str, &str)]) -> Done {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes {
            let escaped = escape(value, true)?;
            start.push_attribute(Attribute::from(Attr::DoubleQ(*key, escaped.as_str())));
        }
        self.event(Event::Empty(start))
    }

    /// A value of a fixed list (CS): V and, from our copy of the list, DN.
    pub(super) fn listed(&mut self, name: &str, list: ListNumber, code: &str) -> Done {
        let text = list_text(list, code).ok_or(RenderError::NotInList { list })?;
        self.attributes(name, &[("V", code), ("DN", text)])
    }

    /// A value of a fixed list, where there is one.
    pub(super) fn maybe_listed(&mut self, name: &str, list: ListNumber, code: Option<&str>) -> Done {
        code.map_or(Ok(()), |code| self.listed(name, list, code))
    }

    /// A coded value (CV).
    pub(super) fn coded(&mut self, name: &str, code: &Code) -> Done {
        let system = code.system.oid();
        let display = code.display.as_str();
        match &code.code {
            // Receivers show OT of a local code and ignore its V.
            Some(value) if code.system == CodeSystem::LOCAL => {
                self.attributes(name, &[("V", value), ("S", &system), ("OT", display)])
            }
            Some(value) => self.attributes(name, &[("V", value), ("S", &system), ("DN", display)]),
            None => self.attributes(name, &[("S", &system), ("OT", display)]),
        }
    }

    /// A time.
    pub(super) fn time(&mut self, name: &str, moment: &Moment) -> Done {
        self.attributes(name, &[("V", &moment.to_xml())])
    }

    /// A time, where there is one.
    pub(super) fn maybe_time(&mut self, name: &str, moment: Option<&Moment>) -> Done {
        moment.map_or(Ok(()), |moment| self.time(name, moment))
    }
}

/// Escapes so that a reader gets back every character: readers turn a raw carriage return into a line feed, and raw line
/// breaks and tabs of an attribute into blanks.
fn escape(text: &str, attribute: bool) -> Result<String, RenderError> {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' if attribute => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            '\n' if attribute => escaped.push_str("&#10;"),
            '\t' if attribute => escaped.push_str("&#9;"),
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => escaped.push(c),
            _ => return Err(RenderError::Character),
        }
    }
    Ok(escaped)
}
