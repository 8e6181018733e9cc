//! SQLite FTS5 in memory, with a prefix index, ranked by weighted bm25.

use rusqlite::{Connection, params};

use crate::{Contender, Fallible, LIMIT, Row, folded, words};

pub struct Fts5(Connection);

impl Fts5 {
    pub fn build(rows: &[Row]) -> Fallible<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE VIRTUAL TABLE services USING fts5(
                 name, code, official, synonyms, id UNINDEXED, prefix = '1 2 3 4', tokenize = 'unicode61');
             BEGIN",
        )?;
        {
            let mut insert = connection.prepare("INSERT INTO services VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for row in rows {
                let texts = [&row.name, &row.code, &row.official, &row.synonyms].map(|text| folded(text));
                insert.execute(params![texts[0], texts[1], texts[2], texts[3], i64::try_from(row.id)?])?;
            }
        }
        connection.execute_batch("COMMIT; INSERT INTO services(services) VALUES ('optimize')")?;
        Ok(Self(connection))
    }

    fn hits(&self, query: &str) -> Fallible<usize> {
        let words: Vec<String> = words(query).into_iter().map(|word| format!("\"{word}\"*")).collect();
        if words.is_empty() {
            return Ok(0);
        }
        let mut select = self.0.prepare_cached(
            "SELECT id, name FROM services WHERE services MATCH ?1 ORDER BY bm25(services, 4, 4, 1, 2) LIMIT ?2",
        )?;
        let limit = i64::try_from(LIMIT)?;
        let found = select.query_map(params![words.join(" "), limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<Vec<(i64, String)>, _>>()?.len())
    }
}

impl Contender for Fts5 {
    fn answer(&self, query: &str) -> usize {
        self.hits(query).unwrap_or(0)
    }

    fn memory(&self) -> usize {
        let number = |pragma: &str| self.0.query_row(pragma, [], |row| row.get::<_, i64>(0)).unwrap_or(0);
        usize::try_from(number("PRAGMA page_count") * number("PRAGMA page_size")).unwrap_or(0)
    }
}
