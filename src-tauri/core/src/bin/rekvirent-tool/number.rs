//! `number`: what a scanned or typed text is.

use requisition::ids::{NationalId, NationalIdError};
use requisition::numbers::{Identified, identify};
use serde_json::{Value, json};

use crate::Failure;

/// Arguments of `number`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A specimen number or a national identity number, with or without spaces
    text: String,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let answer = describe(&arguments.text).map_err(|line| Failure::Refused(vec![line]))?;
    println!("{answer}");
    Ok(())
}

fn describe(text: &str) -> Result<Value, String> {
    match identify(text) {
        Identified::Specimen { number } => Ok(json!({
            "kind": "specimen",
            "number": number.digits(),
            "grouped": number.grouped(),
            "station": number.station().get(),
            "counter": number.counter(),
        })),
        Identified::WrongCheckDigits { .. } => {
            Err("TEXT: has the form of a specimen number, but the check digits are wrong".into())
        }
        Identified::Person { digits } => {
            let id = NationalId::parse(&digits).map_err(|error| format!("TEXT: {error}"))?;
            Ok(json!({
                "kind": "national_id",
                "number": id.as_str(),
                "grouped": id.formatted(),
                "type": id.kind(),
                "birth_date": id.birth_date(),
                "sex": id.sex(),
                "synthetic": id.is_synthetic(),
            }))
        }
        Identified::Other { text } => Err(match NationalId::parse(&text) {
            Ok(_) | Err(NationalIdError::NotElevenDigits) => format!(
                "TEXT: is neither a specimen number nor a national identity number ({} characters)",
                text.chars().count()
            ),
            Err(error) => format!("TEXT: {error}"),
        }),
        Identified::Empty => Err("TEXT: is empty".into()),
    }
}
