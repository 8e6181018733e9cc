//! Panels to a file and back. What a file is, is the core's; here is which file, and what of it is taken.

use std::io::{Read as _, Write as _};
use std::path::Path;

use requisition::composing::panels::{FileFavourite, FileRefused, LARGEST, OfficePanel, check, read, write};
use requisition::store::{Favourite, PanelWrite, StoredPanel};
use uuid::Uuid;

use super::panels::{free_name, missing};
use super::{Answer, Controller, FileQuestion, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::panels::{DialogWords, Exported, ImportForm, ImportView, Imported, ImportedPanel, Take};

/// What a file of panels is called.
const FILE_NAME: &str = "rekvirent-pakker.json";
/// How such files end.
const ENDINGS: &[&str] = &["json"];

/// A file that was read and shown, and waits for somebody to say what of it to take.
pub struct PendingImport {
    token: String,
    panels: Vec<OfficePanel>,
    favourites: Vec<FileFavourite>,
}

impl Controller {
    /// Writes panels to a file that the person chooses; none named writes all that they see, with the favourites. Nothing
    /// where they chose none.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::FileRefused`].
    pub async fn export_panels(&self, ids: Vec<String>, words: DialogWords) -> Answer<Option<Exported>> {
        let here = self.here()?;
        let own = here.own_panels()?;
        let chosen: Vec<OfficePanel> = if ids.is_empty() {
            own.into_iter().map(|stored| stored.panel).collect()
        } else {
            let named = |id: &String| own.iter().find(|stored| stored.id.to_string() == *id);
            let found = ids.iter().map(|id| named(id).map(|stored| stored.panel.clone()));
            found.collect::<Option<_>>().ok_or_else(|| CommandError::new(ErrorCode::NotFound))?
        };
        let favourites = if ids.is_empty() { here.favourites_to_file()? } else { Vec::new() };
        let counts = (count(chosen.len()), count(favourites.len()));
        let bytes = write(chosen, favourites).map_err(|refused| file_refused(&refused))?;
        let question =
            FileQuestion { title: words.title, kind: words.kind, endings: ENDINGS, save_as: Some(FILE_NAME) };
        let Some(path) = self.desktop.ask_for_file(question).await.ok().flatten() else { return Ok(None) };
        save(&path, &bytes).map_err(|error| CommandError::caused(ErrorCode::FileRefused, &error))?;
        Ok(Some(Exported { file: file_name(&path), panels: counts.0, favourites: counts.1 }))
    }

    /// Reads a file that the person chooses and shows what it would bring. Nothing is taken yet.
    ///
    /// # Errors
    /// [`ErrorCode::PanelFileRefused`] says what is wrong with the file, and where.
    pub async fn read_panels(&self, words: DialogWords) -> Answer<Option<ImportView>> {
        let here = self.here()?;
        let question = FileQuestion { title: words.title, kind: words.kind, endings: ENDINGS, save_as: None };
        let Some(path) = self.desktop.ask_for_file(question).await.ok().flatten() else { return Ok(None) };
        let bytes = load(&path).map_err(|error| CommandError::caused(ErrorCode::FileRefused, &error))?;
        let file = read(&bytes).map_err(|refused| file_refused(&refused))?;
        here.preview(file_name(&path), file.panels, file.favourites).map(Some)
    }

    /// Takes what was chosen of the file that was shown last: all of it, or nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Stale`] where another file was read meanwhile, or a panel was changed.
    pub fn take_panels(&self, form: ImportForm) -> Answer<Imported> {
        self.here()?.take(&form)
    }
}

impl Workplace {
    fn favourites_to_file(&self) -> Answer<Vec<FileFavourite>> {
        let in_use = self.shelf.in_use();
        let kept = self.favourites()?.into_iter().map(|(provider, service)| {
            let known = in_use.catalogues.service(&provider, &service);
            let name = known.map_or_else(String::new, |(_, service)| service.name.clone());
            FileFavourite { provider, service, name }
        });
        Ok(kept.collect())
    }

    fn preview(&self, file: String, panels: Vec<OfficePanel>, favourites: Vec<FileFavourite>) -> Answer<ImportView> {
        let in_use = self.shelf.in_use();
        let me = self.signed_in()?.map(|person| person.id);
        let mut shown = Vec::with_capacity(panels.len());
        for (at, panel) in panels.iter().enumerate() {
            let members = check(panel, &in_use.catalogues);
            let taken_mine = match &me {
                Some(me) => self.store.panel_named(Some(me), &panel.name)?.is_some(),
                None => false,
            };
            shown.push(ImportedPanel {
                at: count(at),
                name: panel.name.clone(),
                missing: missing(&members),
                members,
                taken_shared: self.store.panel_named(None, &panel.name)?.is_some(),
                taken_mine,
            });
        }
        let token = Uuid::now_v7().to_string();
        let new = count(self.new_favourites(&favourites)?.len());
        *self.pending_import() = Some(PendingImport { token: token.clone(), panels, favourites });
        Ok(ImportView { token, file, panels: shown, favourites: new })
    }

    /// Those that the office does not share yet.
    fn new_favourites(&self, favourites: &[FileFavourite]) -> Answer<Vec<Favourite>> {
        let known = self.store.favourites()?;
        let shared = |one: &FileFavourite| {
            known
                .iter()
                .any(|kept| kept.owner.is_none() && kept.provider == one.provider && kept.service == one.service)
        };
        let new = favourites.iter().filter(|one| !shared(one)).map(|one| Favourite {
            owner: None,
            provider: one.provider.clone(),
            service: one.service.clone(),
            name: one.name.clone(),
        });
        Ok(new.collect())
    }

    fn take(&self, form: &ImportForm) -> Answer<Imported> {
        let mut waiting = self.pending_import();
        let pending = waiting
            .as_ref()
            .filter(|pending| pending.token == form.token)
            .ok_or_else(|| CommandError::new(ErrorCode::Stale))?;
        let owner = self.owner(form.shared)?;
        let mut names = self.names(owner.as_deref())?;
        let mut replaced: Vec<StoredPanel> = Vec::new();
        let mut writes: Vec<(Uuid, u32, OfficePanel, &str)> = Vec::new();
        for (at, panel) in pending.panels.iter().enumerate() {
            let take =
                form.choices.iter().find(|choice| choice.at == count(at)).map_or(Take::Skip, |choice| choice.take);
            let taken = self.store.panel_named(owner.as_deref(), &panel.name)?;
            // Of two in the file with one name, the second replaces nothing.
            let taken = taken.filter(|taken| !replaced.iter().any(|known| known.id == taken.id));
            match (take, taken) {
                (Take::Skip, _) => {}
                (Take::Replace, Some(old)) => {
                    writes.push((old.id, old.revision, panel.clone(), "panel_replaced"));
                    replaced.push(old);
                }
                (Take::Replace | Take::KeepBoth, _) => {
                    let name = free_name(&panel.name, &names);
                    names.push(name.clone());
                    writes.push((Uuid::now_v7(), 0, OfficePanel { name, ..panel.clone() }, "panel_imported"));
                }
            }
        }
        let favourites = if form.favourites { self.new_favourites(&pending.favourites)? } else { Vec::new() };
        let rows: Vec<PanelWrite<'_>> = writes
            .iter()
            .map(|(id, seen, panel, act)| PanelWrite { id: *id, seen: *seen, owner: owner.as_deref(), panel, act })
            .collect();
        let changes = self.store.save_panels(&rows, &favourites, &self.who()?, now().timestamp())?;
        let imported = Imported {
            added: count(writes.len() - replaced.len()),
            replaced: count(replaced.len()),
            skipped: count(pending.panels.len() - writes.len()),
            favourites: count(favourites.len()),
        };
        *waiting = None;
        drop(waiting);
        self.tell(changes);
        Ok(imported)
    }
}

/// Reads a file, at most one byte more than is taken: what is larger is refused by the core.
fn load(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file whole, or leaves what was there.
pub(super) fn save(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = std::path::PathBuf::from(beside);
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    });
    if written.is_err() {
        // What is left of it helps nobody; that it cannot be removed changes nothing about the failure.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn file_refused(refused: &FileRefused) -> CommandError {
    let error = |reason: &str| CommandError::new(ErrorCode::PanelFileRefused).with("reason", reason);
    match refused {
        FileRefused::TooLarge => error("panel_file_too_large"),
        FileRefused::NotPanels(_) => error("not_panels"),
        FileRefused::OtherFormat(format) => error("other_panel_format").with("format", format),
        FileRefused::Field { path, what } => error("panel_field").with("path", path).with("what", what),
    }
}
