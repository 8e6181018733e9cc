//! Reads `tauri.conf.json` and the capabilities at build time.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/**/*"),
    )?;
    Ok(())
}
