//! By which texts a service or panel is found, copied out of the catalogue so that the catalogue itself may be let go.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Field, HitKind, Sought,
    fold::{Spelling, Words},
    index::number,
};
use crate::catalogue::model::{Indexed, Panel, Service};

/// Where a text stands among the letters of [`Docs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// Something that can be found: all that a hit says of it, in one place.
#[derive(Debug)]
pub(super) struct Doc {
    pub kind: HitKind,
    pub provider: u32,
    pub id: Span,
    pub name: Span,
    pub replaced_by: Option<Span>,
    /// Where its texts start in [`Docs`]; the first one is the name.
    texts: u32,
    /// The beginning of the folded name, so that equals stand in the order of the alphabet.
    pub alphabet: u64,
}

/// What decides between hits of equal rank. Kept apart from the rest, because every document that a keystroke finds is asked
/// for it, and only the few that are shown for more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Higher first: the laboratory's priority, then shorter names.
    pub score: i32,
    pub withdrawn: bool,
}

/// The documents of one segment with all their texts.
#[derive(Debug, Default)]
pub(super) struct Docs {
    letters: String,
    texts: Vec<(Field, Span)>,
    docs: Vec<Doc>,
    standings: Vec<Standing>,
    providers: Vec<Box<str>>,
}

/// Panels stand beside the daily analyses.
const PANEL_PRIORITY: u32 = 85;

impl Docs {
    pub(super) fn len(&self) -> usize {
        self.docs.len()
    }

    pub(super) fn doc(&self, doc: u32) -> &Doc {
        &self.docs[doc as usize]
    }

    pub(super) fn standing(&self, doc: u32) -> Standing {
        self.standings[doc as usize]
    }

    pub(super) fn letters(&self, span: Span) -> &str {
        &self.letters[span.start as usize..span.end as usize]
    }

    pub(super) fn provider(&self, doc: u32) -> &str {
        &self.providers[self.doc(doc).provider as usize]
    }

    pub(super) fn id(&self, doc: u32) -> &str {
        self.letters(self.doc(doc).id)
    }

    pub(super) fn name(&self, doc: u32) -> &str {
        self.letters(self.doc(doc).name)
    }

    /// One text of a document, and which kind it is.
    pub(super) fn text(&self, doc: u32, at: u32) -> (Field, &str) {
        let (field, span) = self.span(doc, at);
        (field, self.letters(span))
    }

    /// The same, without looking at its letters.
    pub(super) fn span(&self, doc: u32, at: u32) -> (Field, Span) {
        self.texts[(self.doc(doc).texts + at) as usize]
    }

    /// How many texts a document has.
    pub(super) fn texts_of(&self, doc: u32) -> u32 {
        let next = self.docs.get(doc as usize + 1).map_or(number(self.texts.len()), |next| next.texts);
        next - self.doc(doc).texts
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.letters.capacity()
            + self.texts.capacity() * size_of::<(Field, Span)>()
            + self.docs.capacity() * size_of::<Doc>()
            + self.standings.capacity() * size_of::<Standing>()
            + self.providers.iter().map(|provider| provider.len() + size_of::<Box<str>>()).sum::<usize>()
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = number(self.letters.len());
        self.letters.push_str(text);
        Span { start, end: number(self.letters.len()) }
    }

    /// Begins a document. Its id stands beside its name, which is told with it.
    fn begin(&mut self, id: &str, name: &str) -> Begun {
        let (id, texts) = (self.keep(id), number(self.texts.len()));
        self.add_text(Field::Name, name);
        Begun { id, texts }
    }

    fn add_text(&mut self, field: Field, text: &str) {
        let span = self.keep(text);
        self.texts.push((field, span));
    }

    fn provider_number(&mut self, provider: &str) -> u32 {
        let known = self.providers.iter().position(|known| known.as_ref() == provider);
        number(known.unwrap_or_else(|| {
            self.providers.push(provider.into());
            self.providers.len() - 1
        }))
    }

    /// Adds a service with the names and codes of the withdrawn ones whose place it took.
    pub(super) fn add_service(&mut self, catalogue: &Indexed, service: &Service, replaced: &Replaced) {
        let begun = self.begin(&service.id, &service.name);
        self.add_codes(service);
        let (material, official) = split_material(&service.code.display);
        let folded = |text: &str| Words::of(text, Spelling::Plain);
        if folded(official).joined() != folded(&service.name).joined() {
            self.add_text(Field::Official, official);
        }
        if let Some(local) = &service.local_code {
            self.add_text(Field::Official, &local.display);
        }
        for synonym in &service.synonyms {
            self.add_text(Field::Synonym, synonym);
        }
        let provider = &catalogue.catalogue().provider.id;
        if !service.withdrawn {
            for old in replaced.predecessors(provider, &service.id) {
                if let Some(old) = catalogue.service(old) {
                    self.add_text(Field::Synonym, &old.name);
                    self.add_codes(old);
                }
            }
        }
        for word in material_words(material) {
            self.add_text(Field::Material, word);
        }
        let replaced_by = service.replaced_by.as_deref().map(|id| self.keep(id));
        let priority = if service.withdrawn { 0 } else { service.priority.min(1_000_000) };
        let standing = Standing { score: score(priority, &service.name), withdrawn: service.withdrawn };
        self.add(begun, HitKind::Service, provider, standing, replaced_by);
    }

    fn add_codes(&mut self, service: &Service) {
        // "A" is every histological examination: nobody types it to find one.
        let own = Some(&service.code).filter(|code| !code.is_a_kind());
        for coded in own.into_iter().chain(&service.local_code) {
            if let Some(code) = coded.code.as_deref() {
                self.add_text(Field::Code, code);
            }
        }
    }

    /// Adds a panel with the names of its members.
    pub(super) fn add_panel(&mut self, catalogue: &Indexed, panel: &Panel) {
        let begun = self.begin(&panel.id, &panel.name);
        for synonym in &panel.synonyms {
            self.add_text(Field::Synonym, synonym);
        }
        for member in panel.services.iter().chain(&panel.optional).filter_map(|id| catalogue.service(id)) {
            self.add_text(Field::Member, &member.name);
        }
        let provider = &catalogue.catalogue().provider.id;
        let standing = Standing { score: score(PANEL_PRIORITY, &panel.name), withdrawn: false };
        self.add(begun, HitKind::Panel, provider, standing, None);
    }

    /// Adds a panel of the office, known by its place, which also decides between equals.
    pub(super) fn add_office_panel(&mut self, panel: &Sought) {
        let at = self.len();
        let begun = self.begin(&at.to_string(), &panel.name);
        for word in &panel.words {
            self.add_text(Field::Synonym, word);
        }
        for member in &panel.members {
            self.add_text(Field::Member, member);
        }
        let score = i32::try_from(at).map_or(i32::MIN + 1, |at| -at);
        self.add(begun, HitKind::Panel, "", Standing { score, withdrawn: false }, None);
    }

    fn add(&mut self, begun: Begun, kind: HitKind, provider: &str, standing: Standing, replaced_by: Option<Span>) {
        let Begun { id, texts } = begun;
        let name = self.texts[texts as usize].1;
        let (provider, alphabet) = (self.provider_number(provider), alphabet(self.letters(name)));
        self.docs.push(Doc { kind, provider, id, name, replaced_by, texts, alphabet });
        self.standings.push(standing);
    }
}

/// A document whose texts are being added.
struct Begun {
    id: Span,
    texts: u32,
}

fn score(priority: u32, name: &str) -> i32 {
    let length = i32::try_from(name.len().min(99)).unwrap_or(99);
    i32::try_from(priority).unwrap_or(i32::MAX / 200) * 100 - length
}

/// Which withdrawn services were replaced by which, as the catalogues say; by provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Replaced(BTreeMap<Box<str>, Arc<Replacements>>);

#[derive(Clone, Debug, Default)]
struct Replacements {
    /// By withdrawn service: the one that took its place.
    by_old: BTreeMap<Box<str>, Box<str>>,
    /// By replacement: the withdrawn ones, sorted.
    by_new: BTreeMap<Box<str>, Vec<Box<str>>>,
}

impl Replaced {
    /// Reads a whole catalogue.
    pub(super) fn read(&mut self, catalogue: &Indexed) {
        let mut replacements = Replacements::default();
        for service in &catalogue.catalogue().services {
            replacements.note(&service.id, replacement(Some(service)));
        }
        self.0.insert(catalogue.catalogue().provider.id.as_str().into(), Arc::new(replacements));
    }

    /// Notes what is said of one service now; nothing where it is no longer there.
    pub(super) fn note(&mut self, provider: &str, id: &str, service: Option<&Service>) {
        let new = replacement(service);
        let known = self.0.get(provider).and_then(|known| known.by_old.get(id)).map(AsRef::as_ref);
        if known != new {
            Arc::make_mut(self.0.entry(provider.into()).or_default()).note(id, new);
        }
    }

    /// The services that stand, by way of one another, where this one stood before. A circle of replacements ends.
    pub(super) fn successors(&self, provider: &str, id: &str) -> Vec<Box<str>> {
        let mut found: Vec<Box<str>> = Vec::new();
        let Some(known) = self.0.get(provider) else { return found };
        let mut last = id;
        while let Some(next) = known.by_old.get(last).filter(|next| next.as_ref() != id && !found.contains(next)) {
            found.push(next.clone());
            last = next;
        }
        found
    }

    /// The withdrawn services whose place this one took, directly or by way of others, sorted.
    fn predecessors(&self, provider: &str, id: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        let Some(known) = self.0.get(provider).filter(|known| !known.by_new.is_empty()) else { return found };
        let mut look = vec![id];
        while let Some(one) = look.pop() {
            for old in known.by_new.get(one).into_iter().flatten() {
                if old.as_ref() != id && !found.contains(&old.as_ref()) {
                    found.push(old);
                    look.push(old);
                }
            }
        }
        found.sort_unstable();
        found
    }
}

impl Replacements {
    fn note(&mut self, old: &str, new: Option<&str>) {
        if let Some(before) = self.by_old.remove(old)
            && let Some(olds) = self.by_new.get_mut(&before)
        {
            olds.retain(|known| known.as_ref() != old);
        }
        if let Some(new) = new {
            self.by_old.insert(old.into(), new.into());
            let olds = self.by_new.entry(new.into()).or_default();
            if let Err(place) = olds.binary_search_by(|known| known.as_ref().cmp(old)) {
                olds.insert(place, old.into());
            }
        }
    }
}

fn replacement(service: Option<&Service>) -> Option<&str> {
    service.filter(|service| service.withdrawn).and_then(|service| service.replaced_by.as_deref())
}

/// The first eight folded letters as a number that sorts as they do.
fn alphabet(name: &str) -> u64 {
    let words = Words::of(name, Spelling::Plain);
    let mut first = [0; 8];
    for (at, letter) in words.joined().bytes().take(8).enumerate() {
        first[at] = letter;
    }
    u64::from_be_bytes(first)
}

/// `P-Ferritin` is `P` and `Ferritin`.
fn split_material(display: &str) -> (&str, &str) {
    match display.split_once('-') {
        Some((system, rest))
            if !rest.is_empty() && system.len() <= 24 && system.starts_with(|c: char| c.is_ascii_uppercase()) =>
        {
            (system, rest)
        }
        _ => ("", display),
    }
}

/// What people call a material: laboratories write P where offices still write S.
fn material_words(system: &str) -> &'static [&'static str] {
    match system.split('(').next().unwrap_or_default() {
        "P" | "S" => &["p", "s", "plasma", "serum"],
        "B" | "Ery" | "DNA" => &["b", "blod", "fullblod"],
        "U" | "Pt" => &["u", "urin"],
        "F" => &["f", "feces", "avføring"],
        "Vagv" => &["vagina"],
        "Us" => &["us", "sekret"],
        "Sekr" => &["sekret"],
        _ => &[],
    }
}
