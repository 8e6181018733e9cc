//! Requisitions and their specimens, and the one transaction that freezes a message with its requisition.

mod rows;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use self::rows::{SELECT, insert, raw, standing, typed, update, urgency_word};
pub(super) use self::rows::{phase_of, urgency_of};
use super::{
    Changes, Error, NewEntry, Result, Store, audit,
    open::{millis, uuid},
    outbox, settings,
};
use crate::{
    composing::draft::Urgency,
    outbox::{Act, Kind},
    requisition::{self, Requisition, State},
};

/// A requisition as it is written: the columns that lists and searches need, and its content. Has no `Debug`: it names a patient.
pub struct NewRequisition {
    /// ServReq/Id.
    pub id: Uuid,
    /// Provider (catalogue) id.
    pub provider: String,
    /// Department id.
    pub department: String,
    /// List 8202.
    pub discipline: String,
    /// How urgent.
    pub urgency: Urgency,
    /// "Family, Given".
    pub patient_name: String,
    /// 11 digits, or empty.
    pub patient_number: String,
    /// Requester id.
    pub requester: String,
    /// Service names, as listed.
    pub summary: String,
    /// Service ids, counted when it is finalised.
    pub services: Vec<String>,
    /// Specimens, in order of draw.
    pub specimens: Vec<NewSpecimen>,
    /// The whole, as JSON.
    pub content: String,
}

/// A specimen as it is written.
pub struct NewSpecimen {
    /// Specimen id.
    pub id: String,
    /// Specimen number, once labelled.
    pub number: Option<String>,
    /// How far it has come.
    pub status: SpecimenStatus,
}

/// How far a specimen has come, as the requisition says it.
pub type SpecimenStatus = requisition::SpecimenStatus;

/// How far a requisition has come on this workstation.
pub type Phase = State;

impl NewRequisition {
    /// The row of a requisition.
    ///
    /// # Errors
    ///
    /// [`Error::Content`] where its id is no UUID.
    pub fn of(requisition: &Requisition) -> Result<Self> {
        let patient = &requisition.patient;
        Ok(Self {
            id: Uuid::parse_str(&requisition.id).map_err(|_| Error::Content)?,
            provider: requisition.receiver.provider.clone(),
            department: requisition.receiver.department.clone(),
            discipline: requisition.receiver.discipline.clone(),
            urgency: requisition.urgency,
            patient_name: format!("{}, {}", patient.family, patient.given),
            patient_number: patient.national_id.clone().unwrap_or_default(),
            requester: requisition.requester.id.clone(),
            summary: requisition.services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>().join(", "),
            services: requisition.services.iter().map(|service| service.service.clone()).collect(),
            specimens: requisition
                .specimens
                .iter()
                .map(|specimen| NewSpecimen {
                    id: specimen.id.clone(),
                    number: specimen.number.clone(),
                    status: specimen.status.clone(),
                })
                .collect(),
            content: serde_json::to_string(requisition)?,
        })
    }
}

/// One requisition to freeze together with its message.
pub struct Finalise {
    /// The requisition as it is now.
    pub requisition: NewRequisition,
    /// Its finished message.
    pub entry: NewEntry,
}

/// A stored requisition. Has no `Debug`: it names a patient.
#[derive(Clone)]
pub struct StoredRequisition<T> {
    /// ServReq/Id.
    pub id: Uuid,
    /// How far it has come here.
    pub phase: Phase,
    /// Number of saves.
    pub revision: u32,
    /// The whole.
    pub content: T,
    /// When it was handed on.
    pub created_at: Timestamp,
    /// Last save.
    pub updated_at: Timestamp,
    /// When it was frozen.
    pub finalised_at: Option<Timestamp>,
    /// Who has it open in the internal lab.
    pub held_by: Option<String>,
    /// Since when.
    pub held_at: Option<Timestamp>,
}

/// A specimen found by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecimenRow {
    /// Specimen id.
    pub id: String,
    /// Its requisition.
    pub requisition_id: Uuid,
    /// Its number.
    pub number: String,
}

impl Store {
    /// Hands requisitions on to the internal lab, and lets go of the draft they came from.
    ///
    /// # Errors
    ///
    /// [`Error::Taken`] where a requisition or a specimen number exists already.
    pub fn place(
        &self,
        requisitions: &[NewRequisition],
        from_draft: Option<Uuid>,
        who: &str,
        now: Timestamp,
    ) -> Result<Changes> {
        self.write(|tx| {
            for requisition in requisitions {
                insert(tx, requisition, State::WaitingForCollection, now)?;
                audit::note(tx, now, who, "placed", &requisition.id.to_string(), "")?;
            }
            drop_draft(tx, from_draft)?;
            Ok(Changes::REQUISITIONS.and(Changes::DRAFTS))
        })
    }

    /// Saves a requisition that is not frozen yet. `seen` is the revision it was read with; returns the new one.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`], [`Error::NotFound`], [`Error::NotNow`] once it is finalised, [`Error::Taken`] for a specimen number.
    pub fn save_requisition(
        &self,
        requisition: &NewRequisition,
        phase: Phase,
        seen: u32,
        now: Timestamp,
    ) -> Result<(u32, Changes)> {
        self.write(|tx| {
            let (known, revision) = standing(tx, requisition.id)?.ok_or(Error::NotFound { what: "requisition" })?;
            if revision != seen {
                return Err(Error::Stale { what: "requisition" });
            }
            if known == State::Finalised || phase == State::Finalised {
                return Err(Error::NotNow { why: "a finalised requisition changes only by a message" });
            }
            update(tx, requisition, phase, None, now)?;
            Ok((seen + 1, Changes::REQUISITIONS))
        })
    }

    /// Freezes requisitions with their finished messages: bytes, hash, message id and destination come into the outbox in
    /// the same transaction as the requisitions' own state. A message that is there already with the same bytes changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Taken`] where the message id has other bytes or a specimen number is another's; [`Error::NotNow`] where a new
    /// message meets a finalised requisition without saying which message it replaces, or a follow-up meets one that is
    /// not; [`Error::DiskFull`]. Nothing is kept then.
    pub fn finalise(&self, items: &[Finalise], from_draft: Option<Uuid>, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let mut changes = Changes::NONE;
            for item in items {
                changes = changes.and(finalise_one(tx, item, who, now)?);
            }
            if drop_draft(tx, from_draft)? {
                changes = changes.and(Changes::DRAFTS);
            }
            Ok(changes)
        })
    }

    /// Freezes a change or an addition. The requisition stays as the receiver has it, and takes its new content when the
    /// receiver accepts the message: one that is rejected or withdrawn changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Store::finalise`].
    pub fn finalise_amending(
        &self,
        item: &Finalise,
        amended: &NewRequisition,
        who: &str,
        now: Timestamp,
    ) -> Result<Changes> {
        self.write(|tx| {
            let changes = finalise_one(tx, item, who, now)?;
            tx.prepare_cached(
                "INSERT INTO amendments (message_id, content, summary, urgency) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (message_id) DO NOTHING",
            )?
            .execute(params![
                item.entry.message_id.to_string(),
                amended.content,
                amended.summary,
                urgency_word(amended.urgency)
            ])?;
            Ok(changes)
        })
    }

    /// Freezes a requisition with its message and leaves the rest of it, what is still to be taken, in the internal lab as a
    /// requisition of its own: both or neither. Specimens and labels of the rest move with it.
    ///
    /// # Errors
    ///
    /// As [`Store::finalise`].
    pub fn finalise_leaving(
        &self,
        item: &Finalise,
        rest: &NewRequisition,
        who: &str,
        now: Timestamp,
    ) -> Result<Changes> {
        self.write(|tx| {
            insert(tx, rest, State::WaitingForCollection, now)?;
            let mut labels = tx.prepare_cached("UPDATE labels SET requisition_id = ?1 WHERE specimen_id = ?2")?;
            for specimen in &rest.specimens {
                labels.execute(params![rest.id.to_string(), specimen.id])?;
            }
            audit::note(tx, now, who, "placed", &rest.id.to_string(), "")?;
            finalise_one(tx, item, who, now)
        })
    }

    /// Takes a requisition back before anything of it was sent.
    ///
    /// # Errors
    ///
    /// [`Error::NotNow`] once it is finalised, [`Error::NotFound`].
    pub fn take_back(&self, id: Uuid, who: &str, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let (phase, _) = standing(tx, id)?.ok_or(Error::NotFound { what: "requisition" })?;
            if phase == State::Finalised {
                return Err(Error::NotNow { why: "it is finalised: withdraw its message or send a cancel" });
            }
            tx.prepare_cached(
                "UPDATE requisitions SET phase = 'cancelled', revision = revision + 1, updated_at = ?2 WHERE id = ?1",
            )?
            .execute(params![id.to_string(), millis(now)])?;
            audit::note(tx, now, who, "taken_back", &id.to_string(), "")?;
            Ok(Changes::REQUISITIONS)
        })
    }

    /// Says who has a requisition open in the internal lab; none lets go.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn hold(&self, id: Uuid, by: Option<&str>, now: Timestamp) -> Result<Changes> {
        self.write(|tx| {
            let at = by.map(|_| millis(now));
            let changed = tx
                .prepare_cached("UPDATE requisitions SET held_by = ?2, held_at = ?3 WHERE id = ?1")?
                .execute(params![id.to_string(), by, at])?;
            if changed == 0 { Err(Error::NotFound { what: "requisition" }) } else { Ok(Changes::REQUISITIONS) }
        })
    }

    /// Lets go of everything: a program that starts has nothing open, whatever it had when it ended.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn release_all(&self) -> Result<Changes> {
        self.write(|tx| {
            let changed =
                tx.execute("UPDATE requisitions SET held_by = NULL, held_at = NULL WHERE held_by IS NOT NULL", [])?;
            Ok(if changed == 0 { Changes::NONE } else { Changes::REQUISITIONS })
        })
    }

    /// Reads a requisition.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Content`].
    pub fn requisition<T: DeserializeOwned>(&self, id: Uuid) -> Result<StoredRequisition<T>> {
        let found = self.read(|db| {
            Ok(db.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id.to_string()], raw).optional()?)
        })?;
        typed(found.ok_or(Error::NotFound { what: "requisition" })?)
    }

    /// Requisitions that wait in the internal lab: the urgent first, then the oldest.
    ///
    /// # Errors
    ///
    /// [`Error::Content`].
    pub fn worklist<T: DeserializeOwned>(&self) -> Result<Vec<StoredRequisition<T>>> {
        let rows = self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{SELECT} WHERE phase <> 'finalised' AND phase <> 'cancelled'
                 ORDER BY CASE urgency WHEN 'cito' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END, created_at"
            ))?;
            Ok(statement.query_map([], raw)?.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        rows.into_iter().map(typed).collect()
    }

    /// The specimen that carries a number.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn specimen_by_number(&self, number: &str) -> Result<Option<SpecimenRow>> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT id, requisition_id, number FROM specimens WHERE number = ?1")?
                .query_row([number], |row| {
                    Ok(SpecimenRow {
                        id: row.get(0)?,
                        requisition_id: uuid(&row.get::<_, String>(1)?)?,
                        number: row.get(2)?,
                    })
                })
                .optional()?)
        })
    }
}

fn finalise_one(tx: &Transaction<'_>, item: &Finalise, who: &str, now: Timestamp) -> Result<Changes> {
    let Finalise { requisition, entry } = item;
    if requisition.id != entry.requisition_id {
        return Err(Error::NotNow { why: "the message belongs to another requisition" });
    }
    if outbox::is_known(tx, entry)? {
        return Ok(Changes::NONE);
    }
    let phase = standing(tx, requisition.id)?.map(|(phase, _)| phase);
    match (entry.kind, phase, entry.replaces) {
        (Kind::New, None, None) => insert(tx, requisition, State::Finalised, now)?,
        (Kind::New, Some(State::WaitingForCollection | State::PartlyCollected | State::Collected), None) => {
            update(tx, requisition, State::Finalised, Some(now), now)?;
        }
        (Kind::New, Some(State::Finalised), Some(replaced))
        | (Kind::Change | Kind::Addition | Kind::Cancel, Some(State::Finalised), Some(replaced)) => {
            update(tx, requisition, State::Finalised, Some(now), now)?;
            outbox::resolve(tx, replaced, requisition.id, Act::FixAndResend, who, now)?;
        }
        (Kind::Change | Kind::Addition | Kind::Cancel, Some(State::Finalised), None) => {
            update(tx, requisition, State::Finalised, Some(now), now)?
        }
        // A follow-up of a requisition that another program sent.
        (Kind::Change | Kind::Addition | Kind::Cancel, None, None) => insert(tx, requisition, State::Finalised, now)?,
        (Kind::New, Some(State::Finalised), None) => {
            return Err(Error::NotNow { why: "the requisition is finalised already" });
        }
        (Kind::New, Some(State::Cancelled), _) => return Err(Error::NotNow { why: "the requisition was taken back" }),
        (Kind::New | Kind::Change | Kind::Addition | Kind::Cancel, _, _) => {
            return Err(Error::NotNow { why: "the requisition is not finalised" });
        }
    }
    outbox::insert(tx, entry, now)?;
    if entry.kind == Kind::New && entry.replaces.is_none() {
        settings::count_uses(tx, &requisition.provider, &requisition.services, now)?;
    }
    audit::note(tx, now, who, "finalised", &requisition.id.to_string(), entry.kind.word())?;
    Ok(Changes::REQUISITIONS.and(Changes::OUTBOX))
}

/// The receiver accepted a change or an addition: the requisition takes its content.
pub(super) fn apply_amendment(tx: &Transaction<'_>, message: Uuid, now: Timestamp) -> Result<()> {
    let id = message.to_string();
    let applied = tx
        .prepare_cached("UPDATE amendments SET applied_at = ?2 WHERE message_id = ?1 AND applied_at IS NULL")?
        .execute(params![id, millis(now)])?;
    if applied > 0 {
        tx.prepare_cached(
            "UPDATE requisitions SET content = a.content, summary = a.summary, urgency = a.urgency, updated_at = ?2, revision = revision + 1
             FROM amendments AS a, outbox AS o
             WHERE a.message_id = ?1 AND o.message_id = a.message_id AND requisitions.id = o.requisition_id",
        )?
        .execute(params![id, millis(now)])?;
    }
    Ok(())
}

fn drop_draft(tx: &Transaction<'_>, draft: Option<Uuid>) -> Result<bool> {
    match draft {
        Some(draft) => Ok(tx.prepare_cached("DELETE FROM drafts WHERE id = ?1")?.execute([draft.to_string()])? > 0),
        None => Ok(false),
    }
}
