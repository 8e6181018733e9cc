//! Somebody says which service it is that a record system ordered.

use jiff::Timestamp;

use super::line::Filling;
use crate::composing::catalogues::Catalogues;
use crate::composing::draft::{Draft, Edit};
use crate::composing::edits::{EditRefused, apply, line_of};

/// Puts a service where a line waits for one. What the order says of it goes along: answers where the catalogue asks,
/// described containers, and words in the clinical text for all else. Where the service is in the draft already, what was
/// ordered is said of that line, its specimens as more containers.
///
/// # Errors
/// [`EditRefused`] where the line waits for nothing, the service is not offered, or the line cannot take what was ordered.
pub(crate) fn settle(
    draft: &mut Draft,
    line: u32,
    provider: &str,
    service: &str,
    catalogues: &Catalogues,
    now: Timestamp,
) -> Result<(), EditRefused> {
    let waiting = draft.lines.iter().position(|known| known.id == line).ok_or(EditRefused::UnknownLine { line })?;
    let Some(ordered) = draft.lines[waiting].ordered.clone() else {
        return Err(EditRefused::WrongValue { field: "line".into() });
    };
    let Some((_, found)) = catalogues.orderable(provider, service) else {
        return Err(EditRefused::UnknownService { provider: provider.to_owned(), service: service.to_owned() });
    };
    // A refused edit leaves the draft as it was.
    let mut next = draft.clone();
    let known = line_of(draft, provider, service);
    let into = match known {
        Some(known) => {
            next.lines.remove(waiting);
            known.id
        }
        None => {
            let settled = &mut next.lines[waiting];
            settled.provider = provider.to_owned();
            settled.service = service.to_owned();
            settled.name.clone_from(&found.name);
            settled.ordered = None;
            line
        }
    };
    // It is seen with the catalogue that it was chosen from.
    next.based_on.remove(&line);
    let mut filling = Filling { draft: &mut next, catalogues, at: now, words: Vec::new() };
    filling.fill(into, &ordered, known.is_some()).map_err(|unfit| unfit.refused)?;
    let words = filling.words;
    if !words.is_empty() {
        let before = Some(next.clinical_text.clone()).filter(|text| !text.is_empty());
        let text = before.into_iter().chain(words).collect::<Vec<_>>().join("\n");
        apply(&mut next, Edit::ClinicalText { text }, catalogues, now)?;
    }
    next.revision = draft.revision;
    *draft = next;
    Ok(())
}
