//! The commands that the window may call, in one list, and by screen in the files beside it. Each takes a form, calls the
//! controller and answers a view; none decides anything.

mod composing;
mod following;
mod handbook;
mod handover;
mod keeping;
mod lab;
mod panels;
mod printing;
mod reading;
mod settings;
mod start;

use std::sync::Arc;

use tauri::State;

use crate::controller::Controller;
use crate::error::CommandError;

type Answer<T> = Result<T, CommandError>;
type Here<'a> = State<'a, Arc<Controller>>;

/// Every command, for the handler and for the generated bindings.
pub fn all() -> tauri_specta::Commands<tauri::Wry> {
    tauri_specta::collect_commands![
        start::app,
        start::retry_start,
        start::unlock,
        start::start_with_passphrase,
        start::status,
        start::say_in_tray,
        settings::settings,
        settings::save_office,
        settings::save_person,
        settings::remove_person,
        settings::sign_in,
        settings::save_connection,
        settings::remove_connection,
        settings::test_connection,
        settings::import_catalogue,
        settings::choose_catalogue,
        settings::save_preferences,
        start::use_demo,
        settings::printers,
        settings::save_printing,
        settings::save_paper_queue,
        settings::save_patient_check,
        settings::give_station,
        settings::print_test_label,
        composing::check_patient,
        composing::recent_patients,
        composing::drafts,
        composing::start_draft,
        composing::draft,
        composing::edit_draft,
        composing::interview,
        composing::choose_attachment,
        composing::attach_file,
        composing::ordered_before,
        composing::rule_uses,
        handover::take_handovers,
        handover::hand_back,
        composing::discard_draft,
        composing::hand_on,
        composing::search,
        handbook::tree,
        handbook::tree_services,
        handbook::service_page,
        handbook::provider_page,
        handbook::updates,
        handbook::update,
        handbook::read_update,
        handbook::set_favourite,
        panels::panels,
        panels::keep_basket,
        panels::save_panel,
        panels::share_panel,
        panels::duplicate_panel,
        panels::mend_panel,
        panels::delete_panel,
        panels::export_panels,
        panels::read_panels,
        panels::take_panels,
        lab::worklist,
        lab::collection,
        lab::take_up,
        lab::put_back,
        lab::confirm_patient,
        lab::record,
        printing::print_labels,
        printing::label_sheet,
        printing::paper_jobs,
        printing::take_back_paper,
        printing::forget_paper,
        lab::scan,
        lab::complete,
        lab::save_form,
        lab::print_form,
        lab::packing,
        lab::save_packing,
        lab::print_packing,
        reading::print_page,
        reading::save_page,
        following::overview,
        following::detail,
        following::resend,
        following::fix_and_resend,
        following::change,
        following::add_on,
        following::copy_to_draft,
        following::cancel,
        following::settle,
        following::message,
        reading::preview,
        reading::messages,
        keeping::storage,
        keeping::back_up_now,
        keeping::save_backup_folder,
        keeping::restore_backup,
        keeping::settle_restore,
        keeping::save_diagnostics,
    ]
}
