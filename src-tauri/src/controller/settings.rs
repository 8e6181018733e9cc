//! The office, its people, its lines and how the program is set.

use requisition::ids::{HerId, HprNumber, OrganisationNumber};
use requisition::labels::Stock;
use requisition::requisition::PatientCheckRule;
use requisition::store::Store;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::printing::takes_raw;
use super::{Answer, Controller, Workplace, now};
use crate::error::{CommandError, ErrorCode};
use crate::forms::{OfficeForm, PersonForm, PreferencesForm, PrintingForm};
use crate::views::{AppView, ConnectionView, OfficeView, PersonView, PrintingView, SettingsView};

/// Label stocks that can be chosen, the usual one first.
pub const STOCKS: [&str; 7] = Stock::OFFERED;

/// Keys of the settings in the store.
pub mod key {
    /// The office.
    pub const OFFICE: &str = "office";
    /// The people.
    pub const PEOPLE: &str = "people";
    /// Who is signed in.
    pub const SIGNED_IN: &str = "signed_in";
    /// Lines to providers.
    pub const CONNECTIONS: &str = "connections";
    /// Where labels come out.
    pub const PRINTING: &str = "printing";
    /// Sheets of labels that are in use, and at which label each goes on.
    pub const LABEL_SHEETS: &str = "label_sheets";
    /// The queue for forms and lists on A4.
    pub const PAPER_QUEUE: &str = "paper_queue";
    /// How the patient is made sure of.
    pub const PATIENT_CHECK: &str = "patient_check";
    /// Language and colours.
    pub const PREFERENCES: &str = "preferences";
    /// The lease that was asked for last, by provider.
    pub const LEASES: &str = "number_leases";
    /// Providers that lease no numbers.
    pub const LEASES_NONE: &str = "leases_no_numbers";
    /// Numbers of laboratories' own series, leased in blocks.
    pub const BLOCKS: &str = "leased_numbers";
}

/// A line as it is kept; the token rests in the encrypted store.
#[derive(Clone, Serialize, Deserialize)]
pub struct Connection {
    /// Provider (catalogue) id.
    pub provider: String,
    /// Gateway.
    pub gateway: String,
    /// Pinned public key.
    pub public_key: String,
    /// Bearer token.
    pub token: String,
}

/// Language and colours as they are kept.
#[derive(Clone, Serialize, Deserialize)]
pub struct Preferences {
    /// `nb`, `nn`, `en`.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { language: "nb".into(), theme: "system".into() }
    }
}

/// The demo office: the national test actors, known to every vendor.
#[derive(Deserialize)]
pub struct DemoOffice {
    /// Office.
    pub office: OfficeView,
    /// People.
    pub people: Vec<PersonView>,
    /// Signed in.
    pub signed_in: String,
    /// Catalogue ids at the demo hospital.
    pub providers: Vec<String>,
}

/// The demo office as shipped.
pub const DEMO_OFFICE: &str = include_str!("../../../assets/demo/office.json");
/// The demo providers' public key.
pub const DEMO_KEY: &str = include_str!("../../../assets/demo/demo.pub");

impl Workplace {
    pub(super) fn office(&self) -> Answer<Option<OfficeView>> {
        Ok(self.store.setting(key::OFFICE)?)
    }

    pub(super) fn people(&self) -> Answer<Vec<PersonView>> {
        Ok(self.store.setting(key::PEOPLE)?.unwrap_or_default())
    }

    pub(super) fn signed_in(&self) -> Answer<Option<PersonView>> {
        let id: Option<String> = self.store.setting(key::SIGNED_IN)?;
        Ok(self.people()?.into_iter().find(|person| Some(&person.id) == id.as_ref()))
    }

    /// Name of the one signed in, for the record of who did what.
    pub(super) fn who(&self) -> Answer<String> {
        Ok(self.signed_in()?.map(|person| person.name).unwrap_or_default())
    }

    pub(super) fn printing(&self) -> Answer<PrintingView> {
        let none = PrintingView { kind: String::new(), target: String::new(), stock: STOCKS[0].into(), dpi: 203 };
        Ok(self.store.setting(key::PRINTING)?.unwrap_or(none))
    }

    pub(super) fn paper_queue(&self) -> Answer<String> {
        Ok(self.store.setting(key::PAPER_QUEUE)?.unwrap_or_default())
    }

    pub(super) fn save<T: Serialize>(&self, key: &str, value: &T) -> Answer<()> {
        let changes = self.store.set_setting(key, value, now().timestamp())?;
        self.tell(changes);
        Ok(())
    }

    pub(super) fn settings_view(&self) -> Answer<SettingsView> {
        let preferences = preferences(&self.store)?;
        let view = |line: Connection| {
            Ok(ConnectionView {
                name: self.shelf.name(&line.provider)?,
                provider: line.provider,
                gateway: line.gateway,
                public_key: line.public_key,
                has_token: !line.token.is_empty(),
            })
        };
        let connections = connections(&self.store)?.into_iter().map(view).collect::<Answer<_>>()?;
        Ok(SettingsView {
            office: self.office()?,
            people: self.people()?,
            connections,
            printing: self.printing()?,
            paper_queue: self.paper_queue()?,
            patient_check: self.patient_check_rule()?,
            stocks: STOCKS.iter().map(ToString::to_string).collect(),
            key_place: self.key_place.into(),
            unclaimed_station: self.unclaimed_station()?,
            language: preferences.language,
            theme: preferences.theme,
        })
    }

    pub(super) fn to_set_up(&self) -> Answer<Vec<String>> {
        let mut missing = Vec::new();
        if self.office()?.is_none() {
            missing.push("office".to_owned());
        }
        if !self.people()?.iter().any(|person| person.orders) {
            missing.push("requester".to_owned());
        }
        if self.shelf.is_empty() && !self.shelf.expects_one()? {
            missing.push("provider".to_owned());
        }
        Ok(missing)
    }
}

/// Language and colours.
pub fn preferences(store: &Store) -> Answer<Preferences> {
    Ok(store.setting(key::PREFERENCES)?.unwrap_or_default())
}

/// All lines.
pub fn connections(store: &Store) -> Answer<Vec<Connection>> {
    Ok(store.setting(key::CONNECTIONS)?.unwrap_or_default())
}

impl Controller {
    /// Everything that is set up.
    ///
    /// # Errors
    /// When the store is closed or fails.
    pub fn settings(&self) -> Answer<SettingsView> {
        self.here()?.settings_view()
    }

    /// Sets up the office.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] names the field and the reason.
    pub fn save_office(&self, form: OfficeForm) -> Answer<SettingsView> {
        let here = self.here()?;
        let office = OfficeView {
            name: filled("name", &form.name)?,
            organisation_number: parsed("organisation_number", &form.organisation_number, |text| {
                OrganisationNumber::try_from(text.to_owned())
            })?
            .to_string(),
            her: parsed("her", &form.her, |text| HerId::try_from(text.to_owned()))?.to_string(),
            phone: phone("phone", &form.phone)?,
            label_code: label_code(&form.label_code)?,
        };
        here.save(key::OFFICE, &office)?;
        here.settings_view()
    }

    /// Adds or changes somebody.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`] names the field and the reason.
    pub fn save_person(&self, form: PersonForm) -> Answer<SettingsView> {
        let here = self.here()?;
        let wanted = form.orders;
        let person = PersonView {
            id: form.id.clone().unwrap_or_else(|| Uuid::now_v7().to_string()),
            name: filled("name", &form.name)?,
            title: form.title.trim().to_owned(),
            orders: form.orders,
            hpr: optional("hpr", &form.hpr, wanted, |text| {
                parsed("hpr", text, |text| HprNumber::try_from(text.to_owned())).map(|n| n.to_string())
            })?,
            her: optional("her", &form.her, wanted, |text| {
                parsed("her", text, |text| HerId::try_from(text.to_owned())).map(|n| n.to_string())
            })?,
            phone: optional("phone", &form.phone, wanted, |text| phone("phone", text))?,
        };
        let mut people = here.people()?;
        match people.iter_mut().find(|known| known.id == person.id) {
            Some(known) => *known = person.clone(),
            None => people.push(person.clone()),
        }
        here.save(key::PEOPLE, &people)?;
        if here.signed_in()?.is_none() {
            here.save(key::SIGNED_IN, &person.id)?;
        }
        here.settings_view()
    }

    /// Takes somebody off the list. What they did stays on record under their name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove_person(&self, id: String) -> Answer<SettingsView> {
        let here = self.here()?;
        let mut people = here.people()?;
        people.retain(|person| person.id != id);
        here.save(key::PEOPLE, &people)?;
        here.settings_view()
    }

    /// Says who works here now.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for somebody who is not on the list.
    pub fn sign_in(&self, id: String) -> Answer<SettingsView> {
        let here = self.here()?;
        if !here.people()?.iter().any(|person| person.id == id) {
            return Err(CommandError::new(ErrorCode::NotFound));
        }
        here.save(key::SIGNED_IN, &id)?;
        here.settings_view()
    }

    /// Sets language and colours.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`].
    pub fn save_preferences(&self, form: PreferencesForm) -> Answer<AppView> {
        if !["nb", "nn", "en"].contains(&form.language.as_str()) {
            return Err(refused("language", "unknown"));
        }
        if !["system", "light", "dark"].contains(&form.theme.as_str()) {
            return Err(refused("theme", "unknown"));
        }
        self.here()?.save(key::PREFERENCES, &Preferences { language: form.language, theme: form.theme })?;
        self.app()
    }

    /// Says where labels come out.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidField`].
    pub async fn save_printing(&self, form: PrintingForm) -> Answer<SettingsView> {
        let here = self.here()?;
        if !["queue", "socket"].contains(&form.kind.as_str()) {
            return Err(refused("kind", "unknown"));
        }
        if !STOCKS.contains(&form.stock.as_str()) {
            return Err(refused("stock", "unknown"));
        }
        if ![203, 300].contains(&form.dpi) {
            return Err(refused("dpi", "unknown"));
        }
        let on_sheet = Stock::parse(&form.stock).is_ok_and(|stock| stock.sheet().is_some());
        if on_sheet && form.kind == "socket" {
            return Err(refused("stock", "sheet_on_label_printer"));
        }
        let target = filled("target", &form.target)?;
        if on_sheet && takes_raw(&target).await {
            return Err(refused("stock", "sheet_on_raw_queue"));
        }
        here.save(key::PRINTING, &PrintingView { kind: form.kind, target, stock: form.stock, dpi: form.dpi })?;
        here.settings_view()
    }
}

impl Controller {
    /// Says where forms and lists on A4 come out; empty for nowhere.
    ///
    /// # Errors
    /// When the store fails.
    pub fn save_paper_queue(&self, queue: &str) -> Answer<SettingsView> {
        let here = self.here()?;
        here.save(key::PAPER_QUEUE, &queue.trim())?;
        here.settings_view()
    }

    /// Says how the patient is made sure of before labels are printed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn save_patient_check(&self, rule: PatientCheckRule) -> Answer<SettingsView> {
        let here = self.here()?;
        here.save(key::PATIENT_CHECK, &rule)?;
        here.settings_view()
    }
}

impl Workplace {
    /// Keeps a line, in place of the one there was to the same provider.
    pub(super) fn keep_connection(&self, line: Connection) -> Answer<()> {
        let mut lines = connections(&self.store)?;
        match lines.iter_mut().find(|known| known.provider == line.provider) {
            Some(known) => *known = line,
            None => lines.push(line),
        }
        self.save(key::CONNECTIONS, &lines)
    }

    /// Takes a line away.
    pub(super) fn drop_connection(&self, provider: &str) -> Answer<SettingsView> {
        let mut lines = connections(&self.store)?;
        lines.retain(|line| line.provider != provider);
        self.save(key::CONNECTIONS, &lines)?;
        self.settings_view()
    }

    /// Fills in the demo office where nothing is set up.
    pub(super) fn take_demo_office(&self) -> Answer<DemoOffice> {
        let demo: DemoOffice = serde_json::from_str(DEMO_OFFICE).map_err(|error| CommandError::internal(&error))?;
        if self.office()?.is_none() {
            self.save(key::OFFICE, &demo.office)?;
        }
        if self.people()?.is_empty() {
            self.save(key::PEOPLE, &demo.people)?;
            self.save(key::SIGNED_IN, &demo.signed_in)?;
        }
        Ok(demo)
    }
}

/// A refusal that names field and reason.
pub fn refused(field: &str, reason: &str) -> CommandError {
    CommandError::new(ErrorCode::InvalidField).with("field", field).with("reason", reason)
}

fn filled(field: &str, text: &str) -> Answer<String> {
    let text = text.trim();
    if text.is_empty() { Err(refused(field, "empty")) } else { Ok(text.to_owned()) }
}

fn optional(field: &str, text: &str, wanted: bool, check: impl FnOnce(&str) -> Answer<String>) -> Answer<String> {
    match (text.trim(), wanted) {
        ("", true) => Err(refused(field, "empty")),
        ("", false) => Ok(String::new()),
        (text, _) => check(text),
    }
}

/// Runs a checked constructor of the core.
fn parsed<T, E>(field: &str, text: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Answer<T> {
    filled(field, text)?;
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    parse(&digits).map_err(|_| refused(field, "invalid"))
}

/// Digits, spaces and a leading plus: what the message carries as `tel:`.
fn phone(field: &str, text: &str) -> Answer<String> {
    let text = filled(field, text)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(&text);
    let right = (3..=15).contains(&digits) && rest.chars().all(|c| c.is_ascii_digit() || c == ' ');
    if right { Ok(text) } else { Err(refused(field, "invalid")) }
}

fn label_code(text: &str) -> Answer<String> {
    let text = filled("label_code", text)?.to_uppercase();
    if text.chars().count() <= 8 { Ok(text) } else { Err(refused("label_code", "too_long")) }
}
