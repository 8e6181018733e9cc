//! `paper`: the requisition form of an order document as PDF, the texts of its codes, and the order that codes carry.
//!
//! The form of a document that is only here says that it was not sent; `--sent` is for those who know better.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Zoned;
use requisition::codes::MessageVersion;
use requisition::ids::{MessageId, RequisitionId};
use requisition::message::{self, Envelope};
use requisition::order::{Kind, Moment, Order};
use requisition::paper::{self, Assembly, PaperError, Sending};
use serde_json::json;
use uuid::Uuid;

use crate::Failure;
use crate::compose::{norwegian_now, read_order, write_whole};

/// Arguments of `paper`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The A4 form as PDF; prints the format and how many codes it has
    Form {
        /// The order document (JSON, UTF-8)
        order: PathBuf,
        /// When the order was sent electronically (RFC 3339); without it the form says that it was not
        #[arg(long, value_name = "TIME")]
        sent: Option<String>,
        /// Where the form is written
        #[arg(short, long, value_name = "OUT.pdf")]
        output: PathBuf,
    },
    /// The texts that the form's codes carry, one a line
    Code {
        /// The order document (JSON, UTF-8)
        order: PathBuf,
    },
    /// The order document that codes carry: read from standard input, one text a line, in any order
    Read {
        /// Where the order document is written; standard output when left out
        #[arg(short, long, value_name = "ORDER.json")]
        output: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let now = norwegian_now()?;
    match &arguments.command {
        Command::Form { order, sent, output } => {
            let order = numbered(read_order(order, &now)?, &now);
            let sending = sending(sent.as_deref(), &now)?;
            let envelope = Envelope { message_id: MessageId::from_uuid(Uuid::new_v4()), generated: now.clone() };
            let message = message::render(&order, &envelope, MessageVersion::V1_6)
                .map_err(|error| Failure::Refused(vec![error.to_string()]))?;
            let form = paper::form(&order, &message, &sending, &now).map_err(|error| refused(&error))?;
            write_whole(output, &form)?;
            let codes = paper::parts_of(&order).map_err(|error| refused(&error))?.len();
            println!("{}", json!({ "format": paper::FORMAT, "codes": codes, "sending": sending.words() }));
        }
        Command::Code { order } => {
            let order = read_order(order, &now)?;
            for part in paper::parts_of(&order).map_err(|error| refused(&error))? {
                println!("{}", part.text());
            }
        }
        Command::Read { output } => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
            let mut assembly = Assembly::default();
            for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                assembly.add(line).map_err(|error| Failure::Refused(vec![format!("line {}: {error}", at + 1)]))?;
            }
            let order = assembly.order(&now).map_err(|error| refused(&error))?;
            let document = serde_json::to_vec_pretty(&order).context("the order cannot be written")?;
            match output {
                Some(path) => write_whole(path, &document)?,
                None => std::io::stdout().write_all(&document).context("cannot write to standard output")?,
            }
        }
    }
    Ok(())
}

/// With the id and time that a new order gets when it is sent.
fn numbered(mut order: Order, now: &Zoned) -> Order {
    if order.kind == Kind::New {
        order.requisition.id.get_or_insert_with(|| RequisitionId::from_uuid(Uuid::new_v4()));
        order.requisition.issued.get_or_insert_with(|| Moment::from(now));
    }
    order
}

fn sending(sent: Option<&str>, now: &Zoned) -> Result<Sending, Failure> {
    let Some(text) = sent else { return Ok(Sending::NotSent) };
    let at: jiff::Timestamp = text.parse().map_err(|_| Failure::Usage("--sent: not a time of RFC 3339".to_owned()))?;
    Ok(Sending::Delivered { at: at.to_zoned(now.time_zone().clone()) })
}

fn refused(error: &PaperError) -> Failure {
    match error {
        PaperError::NoOrder(problems) => Failure::Refused(problems.iter().map(ToString::to_string).collect()),
        other => Failure::Refused(vec![other.to_string()]),
    }
}
