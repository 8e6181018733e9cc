//! The order document: one complete requisition with all codes resolved.
//!
//! Documents from outside come in through [`read`], orders built here are held to the same table and rules by [`check`].
//! Nothing is repaired silently: what a document says is carried, or the document is refused with every problem named.

mod attachments;
mod document;
mod json;
mod moment;
mod ordered;
mod problem;
mod rules;
mod shape;

use std::path::Path;

use jiff::Zoned;

pub use document::*;
pub use moment::{Moment, MomentError, Precision};
pub use ordered::*;
pub use problem::{Problem, ProblemCode};

/// Reads an order document.
///
/// `now` decides what lies in the future; its zone is that of times without offset. `folder` is where the document lies:
/// attachments given by path are read from inside it, and only there.
///
/// # Errors
/// Every problem found, each with its path. Rules between fields are tried when every field by itself is right.
pub fn read(bytes: &[u8], now: &Zoned, folder: Option<&Path>) -> Result<Order, Vec<Problem>> {
    let (document, mut problems) = json::parse(bytes).map_err(|problem| vec![problem])?;
    problems.extend(shape::walk(&document, now));
    if !problems.is_empty() {
        return Err(problems);
    }
    // The walk has seen to it that this succeeds. The error is not shown: it would quote the document.
    let mut order: Order = serde_json::from_value(document)
        .map_err(|_| vec![Problem::new("JSON", ProblemCode::Form, "the document does not fit the format")])?;
    problems.extend(rules::check(&order));
    problems.extend(attachments::load(&mut order, folder));
    problems.extend(attachments::check(&order));
    if problems.is_empty() { Ok(order) } else { Err(problems) }
}

/// Holds an order that was built in code to everything a document is held to. Nothing is read from disk: attachments must
/// have their content.
#[must_use]
pub fn check(order: &Order, now: &Zoned) -> Vec<Problem> {
    let mut problems = match serde_json::to_value(order) {
        Ok(document) => shape::walk(&document, now),
        Err(_) => vec![Problem::new("JSON", ProblemCode::Form, "the order does not fit the format")],
    };
    problems.extend(rules::check(order));
    problems.extend(attachments::check(order));
    for (at, attachment) in order.attachments.iter().enumerate() {
        if attachment.path.is_some() && attachment.base64.is_none() {
            let path = format!("attachments[{at}].base64");
            problems.push(Problem::new(path, ProblemCode::Attachment, "has not been read from its file"));
        }
    }
    problems
}
