//! A window with one field and nothing behind it. The difference to it is what our own start costs.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
