//! tantivy in memory: every word a prefix, with as many slips as ours forgives, the name weighing most.

use tantivy::{
    Index, IndexReader, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption, STORED, Schema, TEXT, Value},
};

use crate::{Contender, Fallible, LIMIT, Row, folded, slips, words};

pub struct Tantivy {
    reader: IndexReader,
    name: Field,
    all: Field,
    shown: Field,
}

impl Tantivy {
    pub fn build(rows: &[Row]) -> Fallible<Self> {
        let mut schema = Schema::builder();
        let name = schema.add_text_field("name", TEXT);
        let all = schema.add_text_field("all", TEXT);
        let shown = schema.add_text_field("shown", STORED);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 100_000_000)?;
        for row in rows {
            let mut document = TantivyDocument::default();
            document.add_text(name, folded(&row.name));
            document.add_text(all, folded(&format!("{} {} {} {}", row.name, row.code, row.official, row.synonyms)));
            document.add_text(shown, &row.name);
            writer.add_document(document)?;
        }
        writer.commit()?;
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        writer.wait_merging_threads()?;
        let reader = index.reader()?;
        Ok(Self { reader, name, all, shown })
    }

    fn hits(&self, query: &str) -> Fallible<usize> {
        let words: Vec<(Occur, Box<dyn Query>)> =
            words(query).iter().map(|word| (Occur::Must, self.word(word))).collect();
        if words.is_empty() {
            return Ok(0);
        }
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(words), &TopDocs::with_limit(LIMIT))?;
        let mut shown = 0;
        for (_, address) in found {
            let document: TantivyDocument = searcher.doc(address)?;
            shown += usize::from(document.get_first(self.shown).is_some_and(|name| name.as_str().is_some()));
        }
        Ok(shown)
    }

    fn word(&self, word: &str) -> Box<dyn Query> {
        let term = |field| Term::from_field_text(field, word);
        let exact = TermQuery::new(term(self.name), IndexRecordOption::Basic);
        let named = FuzzyTermQuery::new_prefix(term(self.name), 0, true);
        let near = FuzzyTermQuery::new_prefix(term(self.all), slips(word), true);
        Box::new(BooleanQuery::new(vec![
            (Occur::Should, Box::new(BoostQuery::new(Box::new(exact), 4.0)) as Box<dyn Query>),
            (Occur::Should, Box::new(BoostQuery::new(Box::new(named), 2.0))),
            (Occur::Should, Box::new(near)),
        ]))
    }
}

impl Contender for Tantivy {
    fn answer(&self, query: &str) -> usize {
        self.hits(query).unwrap_or(0)
    }

    fn memory(&self) -> usize {
        let usage = self.reader.searcher().space_usage();
        usage.map_or(0, |usage| usize::try_from(usage.total().get_bytes()).unwrap_or(0))
    }
}
