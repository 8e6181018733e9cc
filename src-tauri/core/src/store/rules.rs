//! How often decision support was shown and gone against, so that a laboratory can see which of its rules help and which only
//! nag. Counted once for each rule and line of a draft, however often the draft was edited; nothing of a patient is in it.

use jiff::Timestamp;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{Changes, Result, Store, open::millis};

/// A rule that spoke in a draft.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShownRule {
    /// Provider id; empty for a rule of our own.
    pub provider: String,
    /// Rule id.
    pub rule: String,
    /// Line of the draft; none for the whole draft.
    pub line: Option<u32>,
    /// The coded reason it was gone against with, so far.
    pub overridden: Option<String>,
}

/// How often a rule was shown and gone against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RuleCount {
    /// Provider id; empty for a rule of our own.
    pub provider: String,
    /// Rule id.
    pub rule: String,
    /// Lines and drafts that it was shown for.
    pub shown: u32,
    /// Those of them where somebody went on against it.
    pub overridden: u32,
}

/// How often a rule was gone against with one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleReason {
    /// Provider id; empty for a rule of our own.
    pub provider: String,
    /// Rule id.
    pub rule: String,
    /// The coded reason.
    pub reason: String,
    /// Lines and drafts that it was given for.
    pub times: u32,
}

impl Store {
    /// Takes down which rules speak in a draft now. Writes only what it did not know, so that an edit that changes nothing
    /// costs a look. A rule that has fallen silent since keeps its line: it was shown, and somebody heeded it.
    ///
    /// # Errors
    ///
    /// Those of any write.
    pub fn note_rules(&self, draft: Uuid, shown: &[ShownRule], now: Timestamp) -> Result<Changes> {
        let known = self.shown_rules(draft)?;
        let news: Vec<&ShownRule> = shown.iter().filter(|rule| !known.contains(rule)).collect();
        if news.is_empty() {
            return Ok(Changes::NONE);
        }
        self.write(|tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO rules_shown (draft, line, provider, rule, overridden, shown_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (draft, line, provider, rule) DO UPDATE SET overridden = excluded.overridden",
            )?;
            for rule in news {
                let line = i64::from(rule.line.unwrap_or(0));
                insert.execute(params![
                    draft.to_string(),
                    line,
                    rule.provider,
                    rule.rule,
                    rule.overridden,
                    millis(now)
                ])?;
            }
            Ok(Changes::NONE)
        })
    }

    fn shown_rules(&self, draft: Uuid) -> Result<Vec<ShownRule>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT line, provider, rule, overridden FROM rules_shown WHERE draft = ?1")?;
            let rows = statement.query_map([draft.to_string()], |row| {
                let line: u32 = row.get("line")?;
                Ok(ShownRule {
                    provider: row.get("provider")?,
                    rule: row.get("rule")?,
                    line: (line > 0).then_some(line),
                    overridden: row.get("overridden")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// How often each rule was shown and gone against since a time, the one most often gone against first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn rule_counts(&self, since: Timestamp) -> Result<Vec<RuleCount>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT provider, rule, COUNT(*) AS shown, COUNT(overridden) AS overridden FROM rules_shown WHERE shown_at >= ?1
                 GROUP BY provider, rule ORDER BY overridden DESC, shown DESC, provider, rule",
            )?;
            let rows = statement.query_map([millis(since)], |row| {
                Ok(RuleCount {
                    provider: row.get("provider")?,
                    rule: row.get("rule")?,
                    shown: row.get("shown")?,
                    overridden: row.get("overridden")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The reasons that were given against each rule since a time, the commonest first.
    ///
    /// # Errors
    ///
    /// Those of any read.
    pub fn rule_reasons(&self, since: Timestamp) -> Result<Vec<RuleReason>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT provider, rule, overridden, COUNT(*) AS times FROM rules_shown WHERE shown_at >= ?1 AND overridden IS NOT NULL
                 GROUP BY provider, rule, overridden ORDER BY times DESC, overridden",
            )?;
            let rows = statement.query_map([millis(since)], |row| {
                Ok(RuleReason {
                    provider: row.get("provider")?,
                    rule: row.get("rule")?,
                    reason: row.get("overridden")?,
                    times: row.get("times")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Key;

    #[test]
    fn a_rule_is_counted_once_for_a_line_however_often_the_draft_is_edited() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("requisitions.sqlite"), &Key::from_bytes([7; 32])).unwrap();
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let rule = |line, reason: Option<&str>| ShownRule {
            provider: "balsam-lab".into(),
            rule: "retest-lipids".into(),
            line,
            overridden: reason.map(str::to_owned),
        };
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        store.note_rules(one, &[rule(Some(1), None), rule(Some(2), None)], now).unwrap();
        store.note_rules(one, &[rule(Some(1), Some("other")), rule(Some(2), None)], now).unwrap();
        store.note_rules(one, &[], now).unwrap();
        store.note_rules(two, &[rule(None, None)], now).unwrap();
        let counted = store.rule_counts(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(counted.len(), 1);
        assert_eq!((counted[0].shown, counted[0].overridden), (3, 1));
        let reasons = store.rule_reasons(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(reasons.len(), 1);
        assert_eq!((reasons[0].reason.as_str(), reasons[0].times), ("other", 1));
        store.note_rules(one, &[rule(Some(1), None)], now).unwrap();
        assert_eq!(store.rule_counts(Timestamp::UNIX_EPOCH).unwrap()[0].overridden, 0, "the reason was taken back");
        assert_eq!(store.rule_counts(now + jiff::SignedDuration::from_secs(1)).unwrap(), []);
    }
}
