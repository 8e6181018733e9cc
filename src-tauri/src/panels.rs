//! What the window sends and shows of the office's panels and favourites.

use requisition::composing::panels::{CheckedMember, Standing};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Panels and favourites, for the one who is signed in.
#[derive(Clone, Debug, Serialize, Type)]
pub struct PanelsView {
    /// Who is signed in; without anybody nothing can be one's own.
    pub person: Option<String>,
    /// Shared panels and one's own, by name.
    pub panels: Vec<PanelView>,
    /// Panels of persons who no longer work here: nobody finds them by searching until somebody takes them over.
    pub left_behind: Vec<PanelView>,
    /// Favourites, in the order they were marked.
    pub favourites: Vec<FavouriteView>,
}

/// A panel, checked against the catalogues in use.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct PanelView {
    /// Id.
    pub id: String,
    /// Number of saves.
    pub revision: u32,
    /// Name.
    pub name: String,
    /// Other words to find it by.
    pub words: Vec<String>,
    /// The office shares it.
    pub shared: bool,
    /// Its members as they stand now.
    pub members: Vec<CheckedMember>,
    /// How many of them cannot be ordered.
    pub missing: u32,
    /// Names of the providers.
    pub providers: Vec<String>,
    /// Last saved, RFC 3339.
    pub updated: String,
    /// By whom.
    pub updated_by: String,
}

/// A favourite, checked against the catalogues in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct FavouriteView {
    /// Provider id.
    pub provider: String,
    /// Provider name.
    pub provider_name: String,
    /// Service id.
    pub service: String,
    /// Name.
    pub name: String,
    /// Of the one signed in.
    pub mine: bool,
    /// The office shares it.
    pub shared: bool,
    /// Only of somebody who no longer works here.
    pub left_behind: bool,
    /// Whether it can be ordered.
    pub standing: Standing,
}

/// Whose a favourite is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Of the one signed in.
    Mine,
    /// The office's.
    Shared,
    /// Of those who no longer work here: it can only be taken away.
    LeftBehind,
}

/// What became of a save.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(tag = "saved", rename_all = "snake_case")]
pub enum PanelSaved {
    /// It is kept.
    Done {
        /// As it is now.
        panel: PanelView,
    },
    /// Another panel has the name: nothing was saved. The same form with `replace` takes its place.
    NameTaken {
        /// Its id.
        id: String,
        /// Its name, as written.
        name: String,
    },
}

/// A basket to be kept as a panel.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct BasketForm {
    /// Draft.
    pub draft: String,
    /// Name.
    pub name: String,
    /// For the whole office.
    pub shared: bool,
    /// Panel whose place it takes, where the name was taken.
    pub replace: Option<String>,
}

/// A panel as it was edited.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct PanelForm {
    /// Known panel, or none for a new one.
    pub id: Option<String>,
    /// Revision that was edited.
    pub revision: u32,
    /// Name.
    pub name: String,
    /// Other words to find it by.
    pub words: Vec<String>,
    /// For the whole office.
    pub shared: bool,
    /// Members in their order.
    pub members: Vec<MemberForm>,
}

/// A member as it was edited.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct MemberForm {
    /// Provider id.
    pub provider: String,
    /// Service id.
    pub service: String,
    /// Offered beside the panel instead of added with it.
    pub optional: bool,
}

/// Words of a file dialog, in the language of the screens.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct DialogWords {
    /// Title.
    pub title: String,
    /// What kind of file it is.
    pub kind: String,
}

/// A file that is about to be taken in. Nothing of it is kept yet.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ImportView {
    /// Names the reading: what is taken must be what was shown.
    pub token: String,
    /// Name of the file.
    pub file: String,
    /// Its panels.
    pub panels: Vec<ImportedPanel>,
    /// Its favourites that the office does not share yet.
    pub favourites: u32,
}

/// A panel in the file.
#[derive(Clone, Debug, Serialize, Type)]
pub struct ImportedPanel {
    /// Place in the file, from 0.
    pub at: u32,
    /// Name.
    pub name: String,
    /// Its members as they stand here.
    pub members: Vec<CheckedMember>,
    /// How many of them cannot be ordered here.
    pub missing: u32,
    /// The office shares a panel of this name.
    pub taken_shared: bool,
    /// The one signed in has a panel of this name.
    pub taken_mine: bool,
}

/// What to take of the file.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct ImportForm {
    /// Of [`ImportView::token`].
    pub token: String,
    /// For the whole office.
    pub shared: bool,
    /// What to do with each panel; one that is not named is left out.
    pub choices: Vec<ImportChoice>,
    /// Take the favourites too, as the office's.
    pub favourites: bool,
}

/// What to do with one panel of the file.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct ImportChoice {
    /// Place in the file.
    pub at: u32,
    /// What to do.
    pub take: Take,
}

/// What to do with a panel of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// Keep it, under another name where its own is taken.
    KeepBoth,
    /// Put it in the place of the one that has its name.
    Replace,
    /// Leave it out.
    Skip,
}

/// What was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Imported {
    /// New panels.
    pub added: u32,
    /// Panels that took another's place.
    pub replaced: u32,
    /// Panels left out.
    pub skipped: u32,
    /// New favourites.
    pub favourites: u32,
}

/// What was written to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Exported {
    /// Name of the file.
    pub file: String,
    /// Panels in it.
    pub panels: u32,
    /// Favourites in it.
    pub favourites: u32,
}
