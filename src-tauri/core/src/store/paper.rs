//! What the print spooler holds for the A4 printer, so that it can be asked about after the program was closed.
//!
//! A row stands from when the spooler took a job until it is out or somebody has read what became of it. Whom a form is about
//! stands here and, encrypted like everything of this file, nowhere else: a job's name in the spooler tells nobody.

use jiff::Timestamp;
use rusqlite::params;

use super::{
    Changes, Result, Store,
    open::{millis, time},
};

/// A job that the spooler took. Has no `Debug`: it names a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPaperJob {
    /// The queue.
    pub queue: String,
    /// The spooler's number.
    pub job: i32,
    /// What it is, as the caller calls it.
    pub paper: String,
    /// Name of whom it is about.
    pub patient: Option<String>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When the spooler took it.
    pub taken_at: Timestamp,
}

impl Store {
    /// Takes down that the spooler has a job. A spooler that counts from 1 again gives an old number to a new job.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn keep_paper_job(&self, kept: &StoredPaperJob) -> Result<Changes> {
        let StoredPaperJob { queue, job, paper, patient, asked_at, taken_at } = kept;
        self.write(|tx| {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO paper_jobs (queue, job, paper, patient, asked_at, taken_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![queue, job, paper, patient, millis(*asked_at), millis(*taken_at)])?;
            Ok(Changes::PAPERS)
        })
    }

    /// The jobs that are kept, in the order in which they were asked for.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn paper_jobs(&self) -> Result<Vec<StoredPaperJob>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT queue, job, paper, patient, asked_at, taken_at FROM paper_jobs ORDER BY asked_at, job",
            )?;
            let mut rows = statement.query([])?;
            let mut jobs = Vec::new();
            while let Some(row) = rows.next()? {
                jobs.push(StoredPaperJob {
                    queue: row.get("queue")?,
                    job: row.get("job")?,
                    paper: row.get("paper")?,
                    patient: row.get("patient")?,
                    asked_at: time(row.get("asked_at")?)?,
                    taken_at: time(row.get("taken_at")?)?,
                });
            }
            Ok(jobs)
        })
    }

    /// Lets go of a job: it is out, or somebody has read what became of it.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn forget_paper_job(&self, queue: &str, job: i32) -> Result<Changes> {
        self.write(|tx| {
            let gone = tx
                .prepare_cached("DELETE FROM paper_jobs WHERE queue = ?1 AND job = ?2")?
                .execute(params![queue, job])?;
            Ok(if gone == 0 { Changes::NONE } else { Changes::PAPERS })
        })
    }
}
