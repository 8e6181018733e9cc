//! Drives the real window as a person would: by role, label and key, never by class name.
//!
//! Each [`Office`] has everything a workstation has, and shares nothing with another: its own virtual display, session bus
//! and keyring, print spooler, home folder and demo hospital. All of it is gone when the office is dropped, also when a
//! test fails. Nothing here waits for a fixed time: conditions are awaited, for a bounded time.
//!
//! The programs must have been built before (`make test` does): a test drives what was built, it does not build.

pub mod desktop;
pub mod office;
pub mod page;
pub mod printing;
pub mod process;
pub mod tray;
pub mod volume;
pub mod window;

pub use desktop::KeyringState;
pub use office::{Office, OfficeOptions};
pub use page::Element;
pub use printing::Printer;
pub use thirtyfour::Key;
pub use tray::Tray;
pub use window::Window;
