//! The commands that the window may call, in one list. Each takes a form, calls the controller and answers a view; none
//! decides anything.

mod composing;
mod handover;
mod printing;
mod reading;

use std::sync::Arc;

use requisition::composing::draft::Edit;
use tauri::State;

use crate::controller::Controller;
use crate::error::CommandError;
use crate::forms::*;
use crate::panels::*;
use crate::views::*;

type Answer<T> = Result<T, CommandError>;
type Here<'a> = State<'a, Arc<Controller>>;

/// Every command, for the handler and for the generated bindings.
pub fn all() -> tauri_specta::Commands<tauri::Wry> {
    tauri_specta::collect_commands![
        app,
        retry_start,
        unlock,
        start_with_passphrase,
        status,
        say_in_tray,
        settings,
        save_office,
        save_person,
        remove_person,
        sign_in,
        save_connection,
        remove_connection,
        test_connection,
        import_catalogue,
        choose_catalogue,
        save_preferences,
        use_demo,
        printers,
        save_printing,
        save_paper_queue,
        save_patient_check,
        give_station,
        print_test_label,
        check_patient,
        recent_patients,
        drafts,
        start_draft,
        draft,
        edit_draft,
        composing::interview,
        composing::choose_attachment,
        composing::attach_file,
        composing::ordered_before,
        composing::rule_uses,
        handover::take_handovers,
        handover::hand_back,
        discard_draft,
        hand_on,
        search,
        tree,
        tree_services,
        service_page,
        provider_page,
        updates,
        update,
        read_update,
        set_favourite,
        panels,
        keep_basket,
        save_panel,
        share_panel,
        duplicate_panel,
        mend_panel,
        delete_panel,
        export_panels,
        read_panels,
        take_panels,
        worklist,
        collection,
        take_up,
        put_back,
        confirm_patient,
        record,
        printing::print_labels,
        printing::label_sheet,
        printing::paper_jobs,
        printing::take_back_paper,
        printing::forget_paper,
        scan,
        complete,
        save_form,
        print_form,
        packing,
        save_packing,
        print_packing,
        reading::print_page,
        reading::save_page,
        overview,
        detail,
        resend,
        fix_and_resend,
        change,
        add_on,
        copy_to_draft,
        cancel,
        settle,
        message,
        reading::preview,
        reading::messages,
        storage,
        back_up_now,
        save_backup_folder,
        restore_backup,
        settle_restore,
        save_diagnostics,
    ]
}

/// How far the application has come.
#[tauri::command(async)]
#[specta::specta]
pub fn app(here: Here<'_>) -> Answer<AppView> {
    here.app()
}

/// Tries again to open the store, for instance after the keyring was unlocked.
#[tauri::command(async)]
#[specta::specta]
pub fn retry_start(here: Here<'_>) -> Answer<AppView> {
    here.retry_start()
}

/// Opens a store that a passphrase protects.
#[tauri::command(async)]
#[specta::specta]
pub fn unlock(here: Here<'_>, passphrase: Secret) -> Answer<AppView> {
    here.unlock(passphrase)
}

/// Protects a new store by a passphrase, where there is no keyring.
#[tauri::command(async)]
#[specta::specta]
pub fn start_with_passphrase(here: Here<'_>, passphrase: Secret) -> Answer<AppView> {
    here.start_with_passphrase(passphrase)
}

/// The status strip and the numbers on the rail.
#[tauri::command(async)]
#[specta::specta]
pub fn status(here: Here<'_>) -> Answer<StatusView> {
    here.status()
}

/// What the menu of the tray icon says.
#[tauri::command]
#[specta::specta]
pub fn say_in_tray(here: Here<'_>, words: TrayWords) {
    here.say_in_tray(&words);
}

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

/// Fills in the demo office, its people and the demo hospital named at start.
#[tauri::command]
#[specta::specta]
pub async fn use_demo(here: Here<'_>) -> Answer<AppView> {
    here.use_demo().await
}

/// The print queues of this machine.
#[tauri::command]
#[specta::specta]
pub async fn printers(here: Here<'_>) -> Answer<Vec<PrinterView>> {
    here.printers().await
}

/// Says where labels come out.
#[tauri::command(async)]
#[specta::specta]
pub fn save_printing(here: Here<'_>, form: PrintingForm) -> Answer<SettingsView> {
    here.save_printing(form)
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

/// Checks a patient form while it is typed.
#[tauri::command(async)]
#[specta::specta]
pub fn check_patient(here: Here<'_>, form: PatientForm) -> Answer<PatientCheckView> {
    here.check_patient(form)
}

/// Patients of this workstation, by name or number, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn recent_patients(here: Here<'_>, text: String) -> Answer<Vec<PatientView>> {
    here.recent_patients(text)
}

/// All drafts, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn drafts(here: Here<'_>) -> Answer<Vec<DraftRow>> {
    here.drafts()
}

/// Begins a draft.
#[tauri::command(async)]
#[specta::specta]
pub fn start_draft(here: Here<'_>, form: PatientForm) -> Answer<DraftView> {
    here.start_draft(form)
}

/// A draft with all that follows from it.
#[tauri::command(async)]
#[specta::specta]
pub fn draft(here: Here<'_>, id: String) -> Answer<DraftView> {
    here.draft(id)
}

/// Edits a draft; it is saved before this answers.
#[tauri::command(async)]
#[specta::specta]
pub fn edit_draft(here: Here<'_>, id: String, edit: Edit) -> Answer<DraftView> {
    here.edit_draft(id, edit)
}

/// Throws a draft away.
#[tauri::command(async)]
#[specta::specta]
pub fn discard_draft(here: Here<'_>, id: String) -> Answer<()> {
    here.discard_draft(id)
}

/// Hands a draft on.
#[tauri::command(async)]
#[specta::specta]
pub fn hand_on(here: Here<'_>, id: String, way: HandOn) -> Answer<HandedOn> {
    here.hand_on(id, way)
}

/// Hits for what is typed; with nothing typed, what the office usually orders.
#[tauri::command(async)]
#[specta::specta]
pub fn search(here: Here<'_>, query: String, draft: Option<String>) -> Answer<SearchView> {
    here.search(query, draft)
}

/// The tree of all that is offered, without the services.
#[tauri::command(async)]
#[specta::specta]
pub fn tree(here: Here<'_>) -> Answer<Vec<TreeProvider>> {
    here.tree()
}

/// Some of the services of a group in the tree.
#[tauri::command(async)]
#[specta::specta]
pub fn tree_services(here: Here<'_>, at: GroupForm, offset: u32, count: u32) -> Answer<TreePage> {
    here.tree_services(&at, offset, count)
}

/// The handbook page of a service.
#[tauri::command(async)]
#[specta::specta]
pub fn service_page(here: Here<'_>, provider: String, service: String, draft: Option<String>) -> Answer<ServicePage> {
    here.service_page(provider, service, draft)
}

/// The handbook page of a provider.
#[tauri::command(async)]
#[specta::specta]
pub fn provider_page(here: Here<'_>, provider: String) -> Answer<ProviderPage> {
    here.provider_page(provider)
}

/// The updates of catalogues that are kept, newest first.
#[tauri::command(async)]
#[specta::specta]
pub fn updates(here: Here<'_>) -> Answer<Vec<UpdateRow>> {
    here.updates()
}

/// What an update changed.
#[tauri::command(async)]
#[specta::specta]
pub fn update(here: Here<'_>, id: String) -> Answer<UpdateView> {
    here.update(id)
}

/// Notes that somebody has read an update.
#[tauri::command(async)]
#[specta::specta]
pub fn read_update(here: Here<'_>, id: String) -> Answer<Vec<UpdateRow>> {
    here.read_update(id)
}

/// Marks or unmarks a favourite, of the one signed in or of the office.
#[tauri::command(async)]
#[specta::specta]
pub fn set_favourite(here: Here<'_>, provider: String, service: String, whose: Whose, favourite: bool) -> Answer<()> {
    here.set_favourite(provider, service, whose, favourite)
}

/// Panels and favourites of the office, checked against the catalogues in use.
#[tauri::command(async)]
#[specta::specta]
pub fn panels(here: Here<'_>) -> Answer<PanelsView> {
    here.panels()
}

/// Keeps a basket as a panel.
#[tauri::command(async)]
#[specta::specta]
pub fn keep_basket(here: Here<'_>, form: BasketForm) -> Answer<PanelSaved> {
    here.keep_basket(form)
}

/// Saves an edited panel, or a new one.
#[tauri::command(async)]
#[specta::specta]
pub fn save_panel(here: Here<'_>, form: PanelForm) -> Answer<PanelSaved> {
    here.save_panel(form)
}

/// Shares a panel with the office, or makes it one's own.
#[tauri::command(async)]
#[specta::specta]
pub fn share_panel(here: Here<'_>, id: String, shared: bool) -> Answer<PanelSaved> {
    here.share_panel(id, shared)
}

/// Makes a copy of a panel.
#[tauri::command(async)]
#[specta::specta]
pub fn duplicate_panel(here: Here<'_>, id: String, name: String) -> Answer<PanelSaved> {
    here.duplicate_panel(id, name)
}

/// Puts a withdrawn member's replacement in its place.
#[tauri::command(async)]
#[specta::specta]
pub fn mend_panel(here: Here<'_>, id: String, provider: String, service: String) -> Answer<PanelSaved> {
    here.mend_panel(id, provider, service)
}

/// Deletes a panel.
#[tauri::command(async)]
#[specta::specta]
pub fn delete_panel(here: Here<'_>, id: String) -> Answer<()> {
    here.delete_panel(id)
}

/// Writes panels to a file that the person chooses; all of them, with the favourites, where none is named.
#[tauri::command]
#[specta::specta]
pub async fn export_panels(here: Here<'_>, ids: Vec<String>, words: DialogWords) -> Answer<Option<Exported>> {
    here.export_panels(ids, words).await
}

/// Reads a file of panels that the person chooses and shows what it would bring.
#[tauri::command]
#[specta::specta]
pub async fn read_panels(here: Here<'_>, words: DialogWords) -> Answer<Option<ImportView>> {
    here.read_panels(words).await
}

/// Takes what was chosen of the file that was shown last.
#[tauri::command(async)]
#[specta::specta]
pub fn take_panels(here: Here<'_>, form: ImportForm) -> Answer<Imported> {
    here.take_panels(form)
}

/// The internal lab's list.
#[tauri::command(async)]
#[specta::specta]
pub fn worklist(here: Here<'_>) -> Answer<Vec<WorkItem>> {
    here.worklist()
}

/// A requisition in the internal lab.
#[tauri::command(async)]
#[specta::specta]
pub fn collection(here: Here<'_>, id: String) -> Answer<CollectionView> {
    here.collection(id)
}

/// Opens a requisition in the internal lab, so that others see who has it; `over` takes it over from somebody else.
#[tauri::command(async)]
#[specta::specta]
pub fn take_up(here: Here<'_>, id: String, over: bool) -> Answer<CollectionView> {
    here.take_up(id, over)
}

/// Lets go of a requisition in the internal lab.
#[tauri::command(async)]
#[specta::specta]
pub fn put_back(here: Here<'_>, id: String) -> Answer<()> {
    here.put_back(id)
}

/// Takes down that somebody made sure of the patient.
#[tauri::command(async)]
#[specta::specta]
pub fn confirm_patient(here: Here<'_>, id: String, form: PatientCheckForm) -> Answer<CollectionView> {
    here.confirm_patient(id, form)
}

/// Records what the collector did.
#[tauri::command(async)]
#[specta::specta]
pub fn record(here: Here<'_>, id: String, act: CollectionAct) -> Answer<CollectionView> {
    here.record(id, act)
}

/// Takes what the scanner read, wherever the focus was.
#[tauri::command(async)]
#[specta::specta]
pub fn scan(here: Here<'_>, text: String, open: Option<String>) -> Answer<ScanView> {
    here.scan(text, open)
}

/// Completes a requisition: freezes its message in the outbox.
#[tauri::command(async)]
#[specta::specta]
pub fn complete(here: Here<'_>, id: String) -> Answer<HandedOn> {
    here.complete(id)
}

/// The overview.
#[tauri::command(async)]
#[specta::specta]
pub fn overview(here: Here<'_>, form: OverviewForm) -> Answer<OverviewView> {
    here.overview(form)
}

/// One requisition with its timeline.
#[tauri::command(async)]
#[specta::specta]
pub fn detail(here: Here<'_>, id: String) -> Answer<DetailView> {
    here.detail(id)
}

/// Sends the same message again, with the same id.
#[tauri::command(async)]
#[specta::specta]
pub fn resend(here: Here<'_>, id: String) -> Answer<DetailView> {
    here.resend(id)
}

/// Puts a rejected requisition right and sends it as a new message, linked to the rejected one.
#[tauri::command(async)]
#[specta::specta]
pub fn fix_and_resend(here: Here<'_>, id: String, form: CorrectionForm) -> Answer<DetailView> {
    here.fix_and_resend(id, form)
}

/// Changes what was sent: clinical information, urgency, services taken out.
#[tauri::command(async)]
#[specta::specta]
pub fn change(here: Here<'_>, id: String, form: ChangeForm) -> Answer<DetailView> {
    here.change(id, form)
}

/// Adds services to material that was sent.
#[tauri::command(async)]
#[specta::specta]
pub fn add_on(here: Here<'_>, id: String, services: Vec<String>) -> Answer<DetailView> {
    here.add_on(id, services)
}

/// Opens a copy as a new draft; answers are copied where that is safe.
#[tauri::command(async)]
#[specta::specta]
pub fn copy_to_draft(here: Here<'_>, id: String) -> Answer<DraftView> {
    here.copy_to_draft(id)
}

/// Takes back what was not sent yet, or asks the receiver to cancel what was.
#[tauri::command(async)]
#[specta::specta]
pub fn cancel(here: Here<'_>, id: String, reason: String) -> Answer<DetailView> {
    here.cancel(id, reason)
}

/// Settles an item that needs somebody, with who and when. `key` names the item, `act` what was done.
#[tauri::command(async)]
#[specta::specta]
pub fn settle(here: Here<'_>, key: String, act: String) -> Answer<()> {
    here.settle(&key, &act)
}

/// Backups, room on the disk, and the account of a restore. Answers also while the store is closed.
#[tauri::command(async)]
#[specta::specta]
pub fn storage(here: Here<'_>) -> Answer<StorageView> {
    here.storage()
}

/// Makes a backup now.
#[tauri::command(async)]
#[specta::specta]
pub fn back_up_now(here: Here<'_>) -> Answer<StorageView> {
    here.back_up_now()
}

/// Chooses where backups go; nothing typed is the folder beside the store.
#[tauri::command(async)]
#[specta::specta]
pub fn save_backup_folder(here: Here<'_>, folder: String) -> Answer<StorageView> {
    here.save_backup_folder(&folder)
}

/// Puts a backup in the place of the store.
#[tauri::command(async)]
#[specta::specta]
pub fn restore_backup(here: Here<'_>, name: String) -> Answer<AppView> {
    here.restore_backup(&name)
}

/// Takes down that somebody has read the account of a restore.
#[tauri::command(async)]
#[specta::specta]
pub fn settle_restore(here: Here<'_>) -> Answer<StorageView> {
    here.settle_restore()
}

/// Writes what an operator may send away into a file.
#[tauri::command(async)]
#[specta::specta]
pub fn save_diagnostics(here: Here<'_>) -> Answer<DiagnosticsView> {
    here.save_diagnostics()
}

/// The frozen message as text.
#[tauri::command(async)]
#[specta::specta]
pub fn message(here: Here<'_>, id: String) -> Answer<String> {
    here.message(id)
}

/// Writes the paper form of a requisition to a file that the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn save_form(here: Here<'_>, id: String, words: DialogWords) -> Answer<Option<String>> {
    here.save_form(id, words).await
}

/// Prints the paper form of a requisition on the office's A4 printer.
#[tauri::command]
#[specta::specta]
pub async fn print_form(here: Here<'_>, id: String) -> Answer<PrintView> {
    here.print_form(id).await
}

/// What leaves with the next courier.
#[tauri::command(async)]
#[specta::specta]
pub fn packing(here: Here<'_>) -> Answer<requisition::paper::Packing> {
    here.packing()
}

/// Writes the packing list, or the courier's list, to a file that the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn save_packing(here: Here<'_>, courier: bool, words: DialogWords) -> Answer<Option<String>> {
    here.save_packing(courier, words).await
}

/// Prints the packing list, or the courier's list, on the office's A4 printer.
#[tauri::command]
#[specta::specta]
pub async fn print_packing(here: Here<'_>, courier: bool) -> Answer<PrintView> {
    here.print_packing(courier).await
}
