//! What may be said on the command line. Nothing here is needed in daily use: it serves demonstrations, tests and offices
//! that keep their data elsewhere.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::Url;

/// Rekvirent: the requisition workstation.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "rekvirent", version, about)]
pub struct Args {
    /// Open this order document of the record system as a draft
    #[arg(value_name = "ORDER")]
    pub order: Option<PathBuf>,
    /// Keep the data here instead of in the platform's folder for application data
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Offer to set up the demo office against the demo hospital at this address
    #[arg(long, value_name = "URL", value_parser = gateway_address)]
    pub demo: Option<Url>,
    /// Show this language instead of the one chosen in Settings
    #[arg(long, value_enum)]
    pub language: Option<Language>,
    /// Show this theme instead of the one chosen in Settings
    #[arg(long, value_enum)]
    pub theme: Option<Theme>,
}

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Norwegian bokmål, the default.
    Nb,
    /// Norwegian nynorsk.
    Nn,
    /// English.
    En,
}

/// The colours of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the desktop has it.
    System,
    /// Dark text on white.
    Light,
    /// Light text on dark.
    Dark,
}

/// Reads an address of a hospital gateway: TLS everywhere but on this machine.
///
/// # Errors
/// A sentence for the person who typed it.
fn gateway_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("not an address: {error}"))?;
    let on_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if on_this_machine => Ok(url),
        _ => Err("must start with https:// (http:// only for this machine)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hospital_elsewhere_is_refused_without_tls() {
        assert!(gateway_address("http://hospital.example/").is_err());
        assert!(gateway_address("https://hospital.example/").is_ok());
        assert!(gateway_address("http://127.0.0.1:8080/").is_ok());
        assert!(gateway_address("file:///etc/passwd").is_err());
        assert!(gateway_address("hospital").is_err());
    }

    #[test]
    fn a_plain_start_needs_no_arguments() {
        let args = Args::try_parse_from(["rekvirent"]).unwrap();
        assert!(args.data_dir.is_none() && args.demo.is_none() && args.order.is_none());
    }
}
