//! `compose`: an order document becomes a national message.
//!
//! The message appears whole or not at all: it is written beside its place and renamed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Zoned;
use jiff::tz::TimeZone;
use requisition::codes::MessageVersion;
use requisition::ids::{MessageId, RequisitionId};
use requisition::message::{self, Envelope};
use requisition::order::{self, Kind, Moment, Order};
use uuid::Uuid;

use crate::Failure;

/// Arguments of `compose`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The order document (rekvirent-order/1: JSON in UTF-8); attachments by path are read from its folder
    order: PathBuf,
    /// Version of the national message
    #[arg(long, value_name = "VERSION", value_parser = ["1.6", "1.5"])]
    message_version: String,
    /// Where the message is written; standard output when left out
    #[arg(short, long, value_name = "OUT.xml")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let version = if arguments.message_version == "1.5" { MessageVersion::V1_5 } else { MessageVersion::V1_6 };
    let now = norwegian_now()?;
    let mut order = read_order(&arguments.order, &now)?;
    if order.kind == Kind::New {
        order.requisition.id.get_or_insert_with(|| RequisitionId::from_uuid(Uuid::new_v4()));
        order.requisition.issued.get_or_insert_with(|| Moment::from(&now));
    }
    let envelope = Envelope { message_id: MessageId::from_uuid(Uuid::new_v4()), generated: now };
    let message =
        message::render(&order, &envelope, version).map_err(|error| Failure::Refused(vec![error.to_string()]))?;
    message::check(&message).map_err(|error| Failure::Refused(vec![error.to_string()]))?;
    match &arguments.output {
        Some(path) => write_whole(path, &message)?,
        None => std::io::stdout().write_all(&message).context("cannot write to standard output")?,
    }
    Ok(())
}

/// Reads an order document; attachments by path are read from its folder.
pub fn read_order(path: &Path, now: &Zoned) -> Result<Order, Failure> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    order::read(&bytes, now, folder)
        .map_err(|problems| Failure::Refused(problems.iter().map(ToString::to_string).collect()))
}

/// Now, on a Norwegian wall clock: the zone of times without offset in the documents and in the message.
#[expect(clippy::disallowed_methods, reason = "this is the tool's own start: here the clock is read")]
pub fn norwegian_now() -> Result<Zoned, Failure> {
    let zone = TimeZone::get("Europe/Oslo").context("the time zone Europe/Oslo is missing")?;
    Ok(Zoned::now().with_time_zone(zone))
}

/// Writes a file that is there whole or not at all.
pub fn write_whole(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let name = path.file_name().with_context(|| format!("{} is no file name", path.display()))?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // The first error is the one to tell; a part that cannot be removed was most likely never made.
        let _ = fs::remove_file(&beside);
        return Err(error).with_context(|| format!("cannot write {}", path.display()));
    }
    Ok(())
}
