//! The queue in numbers: for the strip, for waiting until it is empty, and for what an operator may send away.

use jiff::Timestamp;
use serde::Serialize;
use specta::Type;

use super::HELD_BACK;
use crate::{
    outbox::Waiting,
    receipt::AppRecErrorCode,
    store::{
        Result, Store,
        open::{time, word},
    },
};

/// The queue at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Type)]
pub struct QueueSummary {
    /// Messages that have not gone yet.
    pub count: u32,
    /// When the oldest of them was made, RFC 3339.
    #[specta(type = Option<String>)]
    pub oldest: Option<Timestamp>,
    /// By provider.
    pub providers: Vec<ProviderQueue>,
}

/// One provider's part of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct ProviderQueue {
    /// Provider id.
    pub provider: String,
    /// Messages that have not gone yet.
    pub count: u32,
    /// When the oldest was made, RFC 3339.
    #[specta(type = String)]
    pub oldest: Timestamp,
    /// Why the oldest still waits.
    pub why: Waiting,
}

/// How much is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Something is under way, or queued with nothing but the line to wait for.
    pub movable: bool,
    /// Delivered messages without an application receipt.
    pub awaiting: u32,
}

/// How many entries are in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct StateCount {
    /// Provider id.
    pub provider: String,
    /// Word of the state.
    pub state: String,
    /// Word of the reason or of the waiting, or empty.
    pub why: String,
    /// How many.
    pub count: u32,
}

/// What an operator may send away: no patient data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Diagnostics {
    /// Version of the store's tables.
    pub schema: u32,
    /// Entries by provider and state.
    pub states: Vec<StateCount>,
    /// Attempts by provider and outcome (with the HTTP status as `why`).
    pub attempts: Vec<StateCount>,
    /// Receivers' error codes by provider.
    pub faults: Vec<StateCount>,
    /// Receipts that speak of messages this store does not know.
    pub unknown_receipts: u32,
}

impl Store {
    /// How much is still to be done.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn backlog(&self) -> Result<Backlog> {
        self.read(|db| {
            let movable = format!(
                "SELECT EXISTS (SELECT 1 FROM outbox AS o INDEXED BY outbox_unsent WHERE state IN ('queued', 'sending')
                   AND (state = 'sending' OR NOT EXISTS ({HELD_BACK})))"
            );
            let awaiting = "SELECT count(*) FROM outbox WHERE state = 'delivered'";
            Ok(Backlog {
                movable: db.prepare_cached(&movable)?.query_row([], |row| row.get(0))?,
                awaiting: db.prepare_cached(awaiting)?.query_row([], |row| row.get(0))?,
            })
        })
    }

    /// The queue at a glance.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn queue_summary(&self) -> Result<QueueSummary> {
        self.read(|db| {
            // SQLite takes the bare column from the row that has the minimum.
            let mut statement = db.prepare_cached(
                "SELECT provider, count(*) AS count, min(created_at) AS oldest, waiting FROM outbox INDEXED BY outbox_unsent
                 WHERE state IN ('queued', 'sending') GROUP BY provider ORDER BY provider",
            )?;
            let providers = statement
                .query_map([], |row| {
                    Ok(ProviderQueue {
                        provider: row.get("provider")?,
                        count: row.get("count")?,
                        oldest: time(row.get("oldest")?)?,
                        why: word(Waiting::of(&row.get::<_, String>("waiting")?))?,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(QueueSummary {
                count: providers.iter().map(|provider| provider.count).sum(),
                oldest: providers.iter().map(|provider| provider.oldest).min(),
                providers,
            })
        })
    }

    /// What an operator may send away: counts, states and codes.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn diagnostics(&self) -> Result<Diagnostics> {
        self.read(|db| {
            let counts = |sql: &str| -> Result<Vec<StateCount>> {
                let mut statement = db.prepare(sql)?;
                let rows = statement.query_map([], |row| {
                    Ok(StateCount { provider: row.get(0)?, state: row.get(1)?, why: row.get(2)?, count: row.get(3)? })
                })?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            };
            Ok(Diagnostics {
                schema: db.pragma_query_value(None, "user_version", |row| row.get(0))?,
                states: counts(
                    "SELECT provider, state, coalesce(reason, CASE state WHEN 'queued' THEN waiting ELSE '' END) AS why, count(*)
                     FROM outbox GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?,
                attempts: counts(
                    "SELECT o.provider, coalesce(a.outcome, 'under_way'), coalesce(CAST(a.status AS TEXT), ''), count(*)
                     FROM attempts AS a JOIN outbox AS o USING (message_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?,
                faults: known_codes(counts(
                    "SELECT r.provider, r.verdict, coalesce(json_extract(f.value, '$.code'), ''), count(*)
                     FROM receipts AS r, json_each(r.faults) AS f GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?),
                unknown_receipts: db.query_row("SELECT count(*) FROM receipts WHERE message_id IS NULL", [], |row| row.get(0))?,
            })
        })
    }
}

/// A receiver writes what it likes where a code should stand: only codes of the list leave this office.
fn known_codes(counts: Vec<StateCount>) -> Vec<StateCount> {
    counts
        .into_iter()
        .map(|count| match AppRecErrorCode::from_code(&count.why) {
            Some(_) => count,
            None => StateCount { why: "other".into(), ..count },
        })
        .collect()
}
