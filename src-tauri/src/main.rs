//! Starts the desktop shell. Everything lives in the library, so that tests reach it; this file only reads the arguments
//! and turns the outcome into an exit code.
#![cfg_attr(all(not(debug_assertions), target_os = "windows"), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match rekvirent::run(rekvirent::args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rekvirent: {error:#}");
            ExitCode::FAILURE
        }
    }
}
