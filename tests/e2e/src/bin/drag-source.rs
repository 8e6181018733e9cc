//! Something to drag a file from, as a file manager is: a small window in a corner of the display. Without it no test could drop
//! a real file on the application's window.

use gtk::gdk::{DragAction, ModifierType};
use gtk::prelude::*;

/// Where it stands: beside the application's window, inside the virtual display.
const CORNER: (i32, i32) = (1_300, 20);

fn main() -> anyhow::Result<()> {
    let file = std::env::args_os().nth(1).ok_or_else(|| anyhow::anyhow!("no file to drag"))?;
    gtk::init()?;
    let uri = gtk::glib::filename_to_uri(std::path::Path::new(&file), None)?;
    // A plain window would be placed by a window manager, and the virtual display has none.
    let window = gtk::Window::new(gtk::WindowType::Popup);
    window.set_title("drag-source");
    window.set_default_size(80, 60);
    window.move_(CORNER.0, CORNER.1);
    window.drag_source_set(ModifierType::BUTTON1_MASK, &[], DragAction::COPY);
    window.drag_source_add_uri_targets();
    window.connect_drag_data_get(move |_, _, data, _, _| {
        data.set_uris(&[uri.as_str()]);
    });
    window.show_all();
    gtk::main();
    Ok(())
}
