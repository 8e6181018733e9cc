//! How the web view paints on a machine without a graphics processor: a terminal server, a virtual machine.
//!
//! WebKitGTK would hold the page in layers all the same, and have them put together by an OpenGL that reckons on the
//! processor, the whole window for each letter. Painted straight into the window, only what changed is painted.

use std::{fs, path::Path};

use anyhow::Context as _;
use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Where Linux shows graphics processors.
const DEVICES: &str = "/dev/dri";

/// Lets the window's page be painted without layers where no graphics processor would put them together.
///
/// # Errors
/// When the window is gone.
pub fn suit(window: &WebviewWindow) -> anyhow::Result<()> {
    if has_graphics_processor(Path::new(DEVICES)) {
        return Ok(());
    }
    tracing::info!("no graphics processor: the page is painted without layers");
    let paint = |webview: tauri::webview::PlatformWebview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    };
    window.with_webview(paint).context("the window's page cannot be reached")
}

/// Whether there is a device to render with; one that only shows pictures has no such node.
fn has_graphics_processor(devices: &Path) -> bool {
    let entries = fs::read_dir(devices).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_adapter_that_renders_nothing_is_no_graphics_processor() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_graphics_processor(&devices.path().join("dri")), "no such folder");
        fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_graphics_processor(devices.path()));
        fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_graphics_processor(devices.path()));
    }
}
