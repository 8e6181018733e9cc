//! Reads `tauri.conf.json` and the capabilities at build time.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The program embeds the built screens; without this a changed screen would be tested in its old form.
    println!("cargo:rerun-if-changed=ui/dist");
    tauri_build::try_build(tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*"))?;
    Ok(())
}
