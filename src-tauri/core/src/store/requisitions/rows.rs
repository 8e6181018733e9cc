//! The rows of a requisition and of its specimens, and the words in which they are written.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{NewRequisition, Phase, SpecimenStatus, StoredRequisition};
use crate::{
    composing::draft::Urgency,
    outbox::Priority,
    requisition::State,
    store::{
        Error, Result,
        open::{fold, maybe_time, millis, time, uuid, word},
    },
};

pub(super) fn standing(tx: &Transaction<'_>, id: Uuid) -> Result<Option<(Phase, u32)>> {
    Ok(tx
        .prepare_cached("SELECT phase, revision FROM requisitions WHERE id = ?1")?
        .query_row([id.to_string()], |row| Ok((word(phase_of(&row.get::<_, String>(0)?))?, row.get(1)?)))
        .optional()?)
}

pub(super) fn insert(tx: &Transaction<'_>, new: &NewRequisition, phase: Phase, now: Timestamp) -> Result<()> {
    if standing(tx, new.id)?.is_some() {
        return Err(Error::Taken { what: "requisition" });
    }
    let finalised_at = (phase == State::Finalised).then(|| millis(now));
    tx.prepare_cached(
        "INSERT INTO requisitions (id, phase, content, provider, department, discipline, urgency, patient_name, patient_number, patient_folded,
           requester, summary, created_at, updated_at, finalised_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, ?14)",
    )?
    .execute(params![
        new.id.to_string(),
        phase_word(phase),
        new.content,
        new.provider,
        new.department,
        new.discipline,
        urgency_word(new.urgency),
        new.patient_name,
        new.patient_number,
        fold(&format!("{} {}", new.patient_name, new.patient_number)),
        new.requester,
        new.summary,
        millis(now),
        finalised_at,
    ])?;
    write_specimens(tx, new, now)
}

pub(super) fn update(
    tx: &Transaction<'_>,
    new: &NewRequisition,
    phase: Phase,
    finalised: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE requisitions SET phase = ?2, content = ?3, provider = ?4, department = ?5, discipline = ?6, urgency = ?7, patient_name = ?8,
           patient_number = ?9, patient_folded = ?10, requester = ?11, summary = ?12, updated_at = ?13,
           finalised_at = coalesce(finalised_at, ?14), revision = revision + 1
         WHERE id = ?1",
    )?
    .execute(params![
        new.id.to_string(),
        phase_word(phase),
        new.content,
        new.provider,
        new.department,
        new.discipline,
        urgency_word(new.urgency),
        new.patient_name,
        new.patient_number,
        fold(&format!("{} {}", new.patient_name, new.patient_number)),
        new.requester,
        new.summary,
        millis(now),
        finalised.map(millis),
    ])?;
    write_specimens(tx, new, now)
}

fn write_specimens(tx: &Transaction<'_>, new: &NewRequisition, now: Timestamp) -> Result<()> {
    let id = new.id.to_string();
    // A planned specimen without a number may vanish from the plan; a numbered one stays for ever.
    tx.prepare_cached("DELETE FROM specimens WHERE requisition_id = ?1 AND number IS NULL")?.execute([&id])?;
    let mut elsewhere =
        tx.prepare_cached("SELECT 1 FROM specimens WHERE number = ?1 AND requisition_id <> ?2 AND id <> ?3")?;
    let mut upsert = tx.prepare_cached(
        "INSERT INTO specimens (id, requisition_id, number, position, status, collected_at, collector, reason, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET requisition_id = excluded.requisition_id, number = excluded.number, position = excluded.position, status = excluded.status,
           collected_at = excluded.collected_at, collector = excluded.collector, reason = excluded.reason, updated_at = excluded.updated_at",
    )?;
    for (position, specimen) in (0_i64..).zip(&new.specimens) {
        if let Some(number) = &specimen.number
            && elsewhere.exists(params![number, id, specimen.id])?
        {
            return Err(Error::Taken { what: "specimen number" });
        }
        let (status, at, by, reason) = match &specimen.status {
            SpecimenStatus::Planned => ("planned", None, None, None),
            SpecimenStatus::Collected { at, by } => ("collected", Some(at), Some(by), None),
            SpecimenStatus::AtHome => ("at_home", None, None, None),
            SpecimenStatus::NotTaken { reason } => ("not_taken", None, None, Some(reason)),
            SpecimenStatus::Spoiled { reason } => ("spoiled", None, None, Some(reason)),
        };
        upsert.execute(params![specimen.id, id, specimen.number, position, status, at, by, reason, millis(now)])?;
    }
    Ok(())
}

pub(super) const SELECT: &str =
    "SELECT id, phase, revision, content, created_at, updated_at, finalised_at, held_by, held_at FROM requisitions";

pub(super) fn raw(row: &Row<'_>) -> rusqlite::Result<StoredRequisition<String>> {
    Ok(StoredRequisition {
        id: uuid(&row.get::<_, String>("id")?)?,
        phase: word(phase_of(&row.get::<_, String>("phase")?))?,
        revision: row.get("revision")?,
        content: row.get("content")?,
        created_at: time(row.get("created_at")?)?,
        updated_at: time(row.get("updated_at")?)?,
        finalised_at: maybe_time(row.get("finalised_at")?)?,
        held_by: row.get("held_by")?,
        held_at: maybe_time(row.get("held_at")?)?,
    })
}

pub(super) fn typed<T: DeserializeOwned>(row: StoredRequisition<String>) -> Result<StoredRequisition<T>> {
    let content = serde_json::from_str(&row.content)?;
    let StoredRequisition { id, phase, revision, created_at, updated_at, finalised_at, held_by, held_at, .. } = row;
    Ok(StoredRequisition { id, phase, revision, content, created_at, updated_at, finalised_at, held_by, held_at })
}

pub(in crate::store) fn phase_word(phase: Phase) -> &'static str {
    match phase {
        State::WaitingForCollection => "waiting_for_collection",
        State::PartlyCollected => "partly_collected",
        State::Collected => "collected",
        State::Finalised => "finalised",
        State::Cancelled => "cancelled",
    }
}

pub(in crate::store) fn phase_of(word: &str) -> Option<Phase> {
    [State::WaitingForCollection, State::PartlyCollected, State::Collected, State::Finalised, State::Cancelled]
        .into_iter()
        .find(|phase| phase_word(*phase) == word)
}

pub(in crate::store) fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Routine => "routine",
        Urgency::Urgent => "urgent",
        Urgency::Cito => "cito",
    }
}

pub(in crate::store) fn urgency_of(word: &str) -> Option<Urgency> {
    [Urgency::Routine, Urgency::Urgent, Urgency::Cito].into_iter().find(|urgency| urgency_word(*urgency) == word)
}

impl From<Urgency> for Priority {
    fn from(urgency: Urgency) -> Self {
        match urgency {
            Urgency::Routine => Self::Routine,
            Urgency::Urgent | Urgency::Cito => Self::Urgent,
        }
    }
}
