//! The panel of a desktop, where programs put their icons: the watcher to which they report, and a hand that looks at an
//! icon and chooses in its menu. It speaks the freedesktop StatusNotifierItem protocol and `com.canonical.dbusmenu`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::sync::watch;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

use crate::desktop::Desktop;
use crate::process::until;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// An entry of a menu: its number in the protocol, and what it says.
type Entry = (i32, String);

/// The panel.
#[derive(Debug)]
pub struct Tray {
    connection: Connection,
    icon: watch::Receiver<Option<Place>>,
}

/// Where on the bus an icon lies.
#[derive(Debug, Clone)]
struct Place {
    program: String,
    path: String,
}

struct Watcher {
    icon: watch::Sender<Option<Place>>,
    host: bool,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, path: &str, #[zbus(header)] header: zbus::message::Header<'_>) {
        let program = header.sender().map(ToString::to_string).unwrap_or_default();
        self.icon.send_replace(Some(Place { program, path: path.to_owned() }));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.host
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    /// Puts a panel on this desktop, before the program that is to find it.
    ///
    /// # Errors
    /// When the session bus does not take it.
    pub async fn start(desktop: &Desktop) -> anyhow::Result<Self> {
        Self::watch(desktop, true).await
    }

    /// Puts the watcher alone on this desktop: it takes the icons of programs, and nothing shows them.
    ///
    /// # Errors
    /// When the session bus does not take it.
    pub async fn start_without_host(desktop: &Desktop) -> anyhow::Result<Self> {
        Self::watch(desktop, false).await
    }

    async fn watch(desktop: &Desktop, host: bool) -> anyhow::Result<Self> {
        let (told, icon) = watch::channel(None);
        let connection = zbus::connection::Builder::address(desktop.bus())?
            .serve_at("/StatusNotifierWatcher", Watcher { icon: told, host })?
            .name(WATCHER)?
            .build()
            .await?;
        Ok(Self { connection, icon })
    }

    /// Whether no program has put an icon here.
    pub fn is_empty(&self) -> bool {
        self.icon.borrow().is_none()
    }

    /// The file that is shown as the icon.
    ///
    /// # Errors
    /// When no program has put one here in time.
    pub async fn icon(&self) -> anyhow::Result<PathBuf> {
        let item = self.item().await?;
        // The panel is told of changes; a proxy that remembers would have to listen.
        let name: String = item.get_property("IconName").await?;
        Ok(name.into())
    }

    /// Waits until the icon is the same picture as this one.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn shows(&self, picture: &Path) -> anyhow::Result<()> {
        let wanted = pixels(picture)?;
        until(&format!("the icon {}", picture.display()), async || {
            // A file that is just being changed is read again.
            Ok(pixels(&self.icon().await?).is_ok_and(|shown| shown == wanted).then_some(()))
        })
        .await
    }

    /// Waits until the menu has an entry of these words, and chooses it.
    ///
    /// # Errors
    /// When there is none; what is there is told.
    pub async fn choose(&self, words: &str) -> anyhow::Result<()> {
        let item = self.item().await?;
        let path: OwnedObjectPath = item.get_property("Menu").await?;
        let menu = Proxy::new(&self.connection, item.destination().to_owned(), path, MENU).await?;
        let mut there = Vec::new();
        let found = until(&format!("the entry {words:?} in the tray"), async || {
            there = entries(&menu).await?;
            Ok(there.iter().find(|(_, label)| label == words).map(|(id, _)| *id))
        })
        .await;
        let id = found.with_context(|| format!("its menu says {there:?}"))?;
        Ok(menu.call("Event", &(id, "clicked", Value::from(0_i32), 0_u32)).await?)
    }

    async fn item(&self) -> anyhow::Result<Proxy<'static>> {
        let place = until("an icon in the tray", async || Ok(self.icon.borrow().clone())).await?;
        let item = zbus::proxy::Builder::<Proxy<'static>>::new(&self.connection)
            .destination(place.program)?
            .path(place.path)?
            .interface(ITEM)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        Ok(item)
    }
}

async fn entries(menu: &Proxy<'_>) -> anyhow::Result<Vec<Entry>> {
    type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
    let all = (0_i32, -1_i32, Vec::<String>::new());
    let (_revision, (_, _, children)): (u32, Layout) = menu.call("GetLayout", &all).await?;
    let mut entries = Vec::new();
    for child in children {
        let fields = Structure::try_from(Value::from(child))?.into_fields();
        let [Value::I32(id), Value::Dict(properties), ..] = fields.as_slice() else { continue };
        if let Some(label) = properties.get::<_, String>(&"label")? {
            entries.push((*id, label));
        }
    }
    Ok(entries)
}

/// Width, height, and the colours of every point.
fn pixels(file: &Path) -> anyhow::Result<(u32, u32, Vec<u8>)> {
    let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file)?)).read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().context("a picture of no size")?];
    let info = reader.next_frame(&mut bytes)?;
    bytes.truncate(info.buffer_size());
    Ok((info.width, info.height, bytes))
}
