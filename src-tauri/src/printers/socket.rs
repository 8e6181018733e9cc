//! Label printers on a raw port: ZPL over TCP, as print servers and Zebra printers take it on port 9100.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::{PATIENCE, PrintError, Taken};

/// How long a printer may take to say how it is. Many raw ports never answer; they are printed to all the same.
const STATUS_PATIENCE: Duration = Duration::from_millis(400);

/// How long a printer may take to close the connection after a job. One that keeps it open has the job all the same.
const CLOSING_PATIENCE: Duration = Duration::from_secs(1);

/// Connects, asks for the printer's state, and sends the job.
pub(super) fn print(address: &str, job: &str) -> Result<Taken, PrintError> {
    let mut stream = connect(address, 9_100)?;
    if let Some(status) = ask_status(&mut stream, address)? {
        let reasons = stopping_reasons(&status);
        if !reasons.is_empty() {
            return Err(PrintError::Stopped { reasons });
        }
    }
    stream.set_write_timeout(Some(PATIENCE)).map_err(|_| PrintError::Broken)?;
    stream.write_all(job.as_bytes()).and_then(|()| stream.flush()).map_err(|_| PrintError::Broken)?;
    // Says that nothing more comes.
    stream.shutdown(std::net::Shutdown::Write).map_err(|_| PrintError::Broken)?;
    closed_in_peace(&mut stream)?;
    Ok(Taken { job: None })
}

/// What was written lies with this machine until the printer has taken it: one that goes away before that resets the
/// connection, and the labels are lost.
fn closed_in_peace(stream: &mut TcpStream) -> Result<(), PrintError> {
    let began = Instant::now();
    stream.set_read_timeout(Some(CLOSING_PATIENCE)).map_err(|_| PrintError::Broken)?;
    let mut said = [0_u8; 256];
    while began.elapsed() < CLOSING_PATIENCE {
        match stream.read(&mut said) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(PrintError::Broken),
        }
    }
    Ok(())
}

/// Connects to `host:port`, trying every address of the name.
pub(super) fn connect(address: &str, default_port: u16) -> Result<TcpStream, PrintError> {
    let with_port = if address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        address.to_owned()
    } else {
        format!("{address}:{default_port}")
    };
    if address.is_empty() || with_port.starts_with(':') || address.contains(|c: char| c.is_whitespace() || c == '/') {
        return Err(PrintError::Address(address.to_owned()));
    }
    let unreachable = || PrintError::Unreachable(with_port.clone());
    let mut last = unreachable();
    for place in with_port.to_socket_addrs().map_err(|_| unreachable())? {
        match TcpStream::connect_timeout(&place, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == ErrorKind::TimedOut => last = PrintError::Timeout(with_port.clone()),
            Err(_) => last = unreachable(),
        }
    }
    Err(last)
}

/// The answer to ZPL's `~HS` (host status return), if there is one.
fn ask_status(stream: &mut TcpStream, address: &str) -> Result<Option<String>, PrintError> {
    stream.write_all(b"~HS\n").map_err(|_| PrintError::Unreachable(address.to_owned()))?;
    stream.set_read_timeout(Some(STATUS_PATIENCE)).map_err(|_| PrintError::Unreachable(address.to_owned()))?;
    let mut answer = Vec::new();
    let mut part = [0_u8; 256];
    // Three lines, each between STX and ETX.
    while answer.iter().filter(|byte| **byte == 3).count() < 3 && answer.len() < 1_024 {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&part[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(_) => return Err(PrintError::Unreachable(address.to_owned())),
        }
    }
    Ok((!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned()))
}

/// What in a host status return stops the printer (ZPL II programming guide, `~HS`), in the spooler's keywords.
pub(super) fn stopping_reasons(status: &str) -> Vec<String> {
    let lines: Vec<Vec<&str>> = status
        .split('\u{3}')
        .map(|line| line.trim_matches(|c: char| c.is_control() || c == ' ').split(',').collect())
        .collect();
    let says = |line: usize, field: usize| {
        lines.get(line).and_then(|fields| fields.get(field)).is_some_and(|value| *value == "1")
    };
    let faults = [
        (says(0, 1), "media-empty"),
        (says(0, 2), "paused"),
        (says(1, 2), "cover-open"),
        (says(1, 3), "marker-supply-empty"),
    ];
    faults.into_iter().filter(|(there, _)| *there).map(|(_, reason)| reason.to_owned()).collect()
}
