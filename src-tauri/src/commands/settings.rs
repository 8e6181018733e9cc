//! Commands about what is set up once: the office and its people, lines and catalogues, printers, numbers, looks.

use super::{Answer, Here};
use crate::forms::{
    ConnectionForm, OfficeForm, PatientCheckRule, PersonForm, PreferencesForm, PrintingForm, StationForm,
};
use crate::panels::DialogWords;
use crate::views::{AppView, ConnectionTest, ImportedCatalogue, PrintView, PrinterView, SettingsView};

/// Everything that is set up.
#[tauri::command(async)]
#[specta::specta]
pub fn settings(here: Here<'_>) -> Answer<SettingsView> {
    here.settings()
}

/// Sets up the office.
#[tauri::command(async)]
#[specta::specta]
pub fn save_office(here: Here<'_>, form: OfficeForm) -> Answer<SettingsView> {
    here.save_office(form)
}

/// Adds or changes somebody who works here.
#[tauri::command(async)]
#[specta::specta]
pub fn save_person(here: Here<'_>, form: PersonForm) -> Answer<SettingsView> {
    here.save_person(form)
}

/// Takes somebody off the list.
#[tauri::command(async)]
#[specta::specta]
pub fn remove_person(here: Here<'_>, id: String) -> Answer<SettingsView> {
    here.remove_person(id)
}

/// Says who works at this workstation now.
#[tauri::command(async)]
#[specta::specta]
pub fn sign_in(here: Here<'_>, id: String) -> Answer<SettingsView> {
    here.sign_in(id)
}

/// Sets up the line to a provider and fetches its catalogue.
#[tauri::command]
#[specta::specta]
pub async fn save_connection(here: Here<'_>, form: ConnectionForm) -> Answer<ConnectionTest> {
    here.save_connection(form).await
}

/// Takes a provider off the list; its catalogue goes, its requisitions stay.
#[tauri::command(async)]
#[specta::specta]
pub fn remove_connection(here: Here<'_>, provider: String) -> Answer<SettingsView> {
    here.remove_connection(provider)
}

/// Asks a provider's gateway whether it answers, and for a newer catalogue.
#[tauri::command]
#[specta::specta]
pub async fn test_connection(here: Here<'_>, provider: String) -> Answer<ConnectionTest> {
    here.test_connection(provider).await
}

/// Reads a catalogue package from a file with its signature beside it.
#[tauri::command]
#[specta::specta]
pub async fn import_catalogue(here: Here<'_>, path: String) -> Answer<ImportedCatalogue> {
    here.import_catalogue(path).await
}

/// Asks for a catalogue package in the desktop's dialog and reads it. Nothing where none is chosen.
#[tauri::command]
#[specta::specta]
pub async fn choose_catalogue(here: Here<'_>, words: DialogWords) -> Answer<Option<ImportedCatalogue>> {
    here.choose_catalogue(words).await
}

/// Sets language and colours.
#[tauri::command(async)]
#[specta::specta]
pub fn save_preferences(here: Here<'_>, form: PreferencesForm) -> Answer<AppView> {
    here.save_preferences(form)
}

/// The print queues of this machine.
#[tauri::command]
#[specta::specta]
pub async fn printers(here: Here<'_>) -> Answer<Vec<PrinterView>> {
    here.printers().await
}

/// Says where labels come out.
#[tauri::command]
#[specta::specta]
pub async fn save_printing(here: Here<'_>, form: PrintingForm) -> Answer<SettingsView> {
    here.save_printing(form).await
}

/// Says where forms and lists on A4 come out.
#[tauri::command(async)]
#[specta::specta]
pub fn save_paper_queue(here: Here<'_>, queue: String) -> Answer<SettingsView> {
    here.save_paper_queue(&queue)
}

/// Takes a station number that the hospital gave on paper.
#[tauri::command(async)]
#[specta::specta]
pub fn give_station(here: Here<'_>, form: StationForm) -> Answer<SettingsView> {
    here.give_station(form)
}

/// Says how the patient is made sure of before labels are printed.
#[tauri::command(async)]
#[specta::specta]
pub fn save_patient_check(here: Here<'_>, rule: PatientCheckRule) -> Answer<SettingsView> {
    here.save_patient_check(rule)
}

/// Prints a label with no patient on it.
#[tauri::command]
#[specta::specta]
pub async fn print_test_label(here: Here<'_>) -> Answer<PrintView> {
    here.print_test_label().await
}
