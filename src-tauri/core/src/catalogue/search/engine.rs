//! The engine: one search over the segments of the index, ranked.

use std::{
    cell::RefCell,
    cmp::Ordering,
    sync::{
        Arc,
        atomic::{self, AtomicU64},
    },
};

use smallvec::SmallVec;

use super::{
    Hit, HitKind, Hits, Usage,
    asked::{Answer, Asked, Board, Query, Stage},
    index::{Class, Segment, demoted, number},
    renewal::Gone,
    texts::{Docs, Replaced},
    usage::Used,
    why::{Explaining, Letters},
};
use crate::catalogue::model::Indexed;

/// Documents that most keystrokes find no more of.
const EXPECTED: usize = 64;

/// Search over a fixed set of catalogues.
#[derive(Debug, Default)]
pub struct Engine {
    /// Tells engines apart.
    stamp: u64,
    /// The bulk, and after a renewal what is newer than it.
    pub(super) parts: Vec<Part>,
    pub(super) replaced: Replaced,
}

/// A segment, and what of it no longer counts.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub segment: Arc<Segment>,
    pub gone: Option<Arc<Gone>>,
}

/// One document that was found.
#[derive(Clone, Copy, Debug)]
struct Found {
    part: u8,
    doc: u32,
    rank: u8,
    sum: u16,
    /// Place of the reason, where it was kept.
    told: Option<u32>,
}

/// Where a hit stands among the others, before what only a look at the document tells.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    /// Rank, sum, and the score downwards, so that less is better; one number, since it is compared most of all.
    key: u64,
    rank: u8,
    slipped: bool,
    found: Found,
}

impl Ranked {
    fn new(rank: u8, score: i32, found: Found) -> Self {
        // A score is an i32 whose order is kept by moving it up to where none is below nothing.
        let last = u32::MAX - score.cast_unsigned().wrapping_add(1 << 31);
        let key = u64::from(rank) << 48 | u64::from(found.sum) << 32 | u64::from(last);
        Self { key, rank, slipped: found.rank >= Class::OneSlip.rank(false), found }
    }
}

thread_local! {
    /// Kept between keystrokes, so that a search allocates next to nothing.
    static BOARDS: RefCell<[Board; 2]> = RefCell::default();
    /// The same for the letters of a text that is explained.
    static LETTERS: RefCell<Letters> = RefCell::default();
}

impl Engine {
    /// Builds the index. Takes tens of milliseconds for 10 000 services: build beside the engine in use, then swap.
    #[must_use]
    pub fn build(catalogues: &[impl AsRef<Indexed>]) -> Self {
        let mut replaced = Replaced::default();
        for catalogue in catalogues {
            replaced.read(catalogue.as_ref());
        }
        let mut docs = Docs::default();
        for catalogue in catalogues {
            let catalogue = catalogue.as_ref();
            for service in &catalogue.catalogue().services {
                docs.add_service(catalogue, service, &replaced);
            }
            for panel in &catalogue.catalogue().panels {
                docs.add_panel(catalogue, panel);
            }
        }
        Self::of(vec![Part { segment: Arc::new(Segment::build(docs)), gone: None }], replaced)
    }

    pub(super) fn of(parts: Vec<Part>, replaced: Replaced) -> Self {
        static STAMP: AtomicU64 = AtomicU64::new(1);
        Self { stamp: STAMP.fetch_add(1, atomic::Ordering::Relaxed), parts, replaced }
    }

    /// How many services and panels can be found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(Part::len).sum()
    }

    /// Whether nothing can be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the index holds, without what the allocator adds. After a renewal the bulk is shared with the engine
    /// before, and counted in both.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.parts.iter().map(|part| part.segment.memory() + part.gone.as_ref().map_or(0, |gone| gone.memory())).sum()
    }

    /// The best `limit` hits for what is typed so far; none for an empty query.
    ///
    /// Where nothing is really typed that way, the query is read more freely, step by step: without what is said of every
    /// analysis, then with slips of the finger, without endings, and at last with a word less.
    #[must_use]
    pub fn search(&self, query: &str, usage: &Usage, limit: usize) -> Hits<'_> {
        self.read_freely(query, usage, limit, true)
    }

    /// The search; a word may be left out at last only where that is `lenient`.
    pub(super) fn read_freely(&self, query: &str, usage: &Usage, limit: usize, lenient: bool) -> Hits<'_> {
        let Some(query) = Query::read(query).filter(|_| limit > 0) else { return Hits::default() };
        let used = usage.placed(self.stamp, |provider, id| self.find(provider, id));
        let look = |query: &Query, typed| self.look(query, typed, &used, limit);
        look(&query, true)
            .or_else(|| query.without_general().and_then(|general| look(&general, true)))
            .or_else(|| look(&query, false))
            .or_else(|| query.without_endings().and_then(|bare| look(&bare, false)))
            .or_else(|| query.with_a_word_less().filter(|_| lenient).find_map(|less| look(&less, true)))
            .unwrap_or_default()
    }

    /// Hits for one reading of the query; nothing where there are none, or where none of them was really `typed` and that
    /// is asked for.
    fn look(&self, query: &Query, typed: bool, used: &[Used], limit: usize) -> Option<Hits<'_>> {
        let mut asked: SmallVec<[Asked<'_>; 2]> =
            self.parts.iter().map(|part| Asked::new(&part.segment, query)).collect();
        let mut found = Vec::with_capacity(EXPECTED);
        self.exact(query, &mut found);
        let mut uncounted = 0;
        BOARDS.with_borrow_mut(|boards| {
            for stage in [Stage::Beginnings, Stage::Parts, Stage::OneSlip, Stage::TwoSlips] {
                uncounted += self.gather(stage, &mut asked, used, limit, boards, &mut found);
                if found.len() >= limit || typed && found.is_empty() && stage == Stage::Parts {
                    break;
                }
            }
        });
        if found.is_empty() {
            return None;
        }
        let total = number(found.len()) + uncounted;
        let best = self.best(found, used, limit);
        let hits = LETTERS.with_borrow_mut(|letters| {
            best.into_iter().map(|ranked| self.hit(&ranked, &asked, query, letters)).collect()
        });
        Some(Hits { hits, total })
    }

    fn find(&self, provider: &str, id: &str) -> Option<(u8, u32)> {
        (0_u8..).zip(&self.parts).find_map(|(at, part)| {
            // A service and a panel may have the same id; it is services that are counted.
            let docs = [HitKind::Service, HitKind::Panel].map(|kind| part.segment.find(kind, provider, id));
            docs.into_iter().flatten().find(|doc| part.holds(*doc)).map(|doc| (at, doc))
        })
    }

    fn exact(&self, query: &Query, found: &mut Vec<Found>) {
        for whole in query.wholes() {
            for (part, one) in (0_u8..).zip(&self.parts) {
                let exact = one.segment.exactly(whole).filter(|(doc, ..)| one.holds(*doc));
                found.extend(exact.map(|(doc, class, _)| Found {
                    part,
                    doc,
                    rank: class.rank(false),
                    sum: 0,
                    told: None,
                }));
            }
        }
    }

    /// Finds the documents of one stage, and tells how many more there are than are named.
    fn gather(
        &self,
        stage: Stage,
        asked: &mut [Asked<'_>],
        used: &[Used],
        limit: usize,
        boards: &mut [Board; 2],
        found: &mut Vec<Found>,
    ) -> u32 {
        let mut uncounted = 0;
        let typed = found.iter().any(|one| one.rank < Class::OneSlip.rank(false));
        for ((at, part), asked) in (0_u8..).zip(&self.parts).zip(asked) {
            if stage == Stage::Beginnings
                && let Some(more) = part.answer_by_crowd(at, asked, used, limit, found)
            {
                uncounted += more;
                continue;
            }
            asked.answers(stage, typed, boards, |answer| {
                if part.holds(answer.doc) {
                    let Answer { doc, rank, sum } = answer;
                    found.push(Found { part: at, doc, rank, sum, told: None });
                }
            });
        }
        settle(found);
        uncounted
    }

    /// The best ones, best first.
    fn best(&self, found: Vec<Found>, used: &[Used], limit: usize) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = found
            .into_iter()
            .map(|found| {
                let standing = self.parts[usize::from(found.part)].segment.docs.standing(found.doc);
                Ranked::new(demoted(found.rank, standing.withdrawn), standing.score + boost_of(used, found), found)
            })
            .collect();
        if ranked.len() > limit {
            ranked.select_nth_unstable_by(limit, |a, b| self.order(a, b));
            ranked.truncate(limit);
        }
        ranked.sort_unstable_by(|a, b| self.order(a, b));
        ranked
    }

    fn order(&self, a: &Ranked, b: &Ranked) -> Ordering {
        let place = |one: &Ranked| self.parts[usize::from(one.found.part)].segment.order(one.found.doc);
        a.key.cmp(&b.key).then_with(|| place(a).cmp(&place(b)))
    }

    fn hit(&self, ranked: &Ranked, asked: &[Asked<'_>], query: &Query, letters: &mut Letters) -> Hit<'_> {
        let Found { part, doc, rank, told, .. } = ranked.found;
        let segment = &self.parts[usize::from(part)].segment;
        let explaining = Explaining { segment, asked: &asked[usize::from(part)], query };
        let why = match told {
            Some(told) => explaining.kept(segment.told(told)),
            None => {
                let exact = (rank <= Class::ExactSynonym.rank(false)).then(|| {
                    let texts = query.wholes().flat_map(|whole| segment.exactly(whole));
                    texts.filter(|(found, ..)| *found == doc).map(|(_, class, text)| (class, text)).min()
                });
                explaining.why(doc, exact.flatten().map(|(_, text)| text), ranked.slipped, letters)
            }
        };
        let found = segment.docs.doc(doc);
        Hit {
            kind: found.kind,
            provider: segment.docs.provider(doc),
            id: segment.docs.letters(found.id),
            name: segment.docs.letters(found.name),
            why,
            rank: u32::from(ranked.rank / 2),
            withdrawn: segment.docs.standing(doc).withdrawn,
            replaced_by: found.replaced_by.map(|id| segment.docs.letters(id)),
        }
    }
}

impl Part {
    pub(super) fn len(&self) -> usize {
        self.segment.docs.len() - self.gone.as_ref().map_or(0, |gone| gone.len())
    }

    /// Whether a document still counts.
    pub(super) fn holds(&self, doc: u32) -> bool {
        self.gone.as_ref().is_none_or(|gone| !gone.has(doc))
    }

    /// Answers a crowded beginning from what was found out at building: the best documents and those that the office
    /// uses. Tells how many more there are; nothing where all of them have to be looked at.
    fn answer_by_crowd(
        &self,
        part: u8,
        asked: &Asked<'_>,
        used: &[Used],
        limit: usize,
        found: &mut Vec<Found>,
    ) -> Option<u32> {
        let [only] = asked.words.as_slice() else { return None };
        let at = self.segment.crowd(only.words, only.length)?;
        let crowd = &self.segment.crowds[at];
        let total = crowd.total - self.gone.as_ref().map_or(0, |gone| gone.of_crowd(at));
        let best = self.segment.best_of(crowd).iter().enumerate().filter(|(_, (doc, _))| self.holds(*doc)).take(limit);
        let before = found.len();
        let rank_in = |doc: u32| self.segment.rank_in(doc, only.words, only.length);
        let points = |rank: u8| u16::from(rank) * 16;
        found.extend(best.map(|(at, (doc, rank))| {
            let told = self.segment.told_of(crowd, at);
            Found { part, doc: *doc, rank: *rank, sum: points(*rank), told }
        }));
        // Where the best are all that there are, they are the answer however many are asked for.
        let all = self.segment.best_of(crowd).len() == crowd.total as usize;
        if !all && (found.len() - before < limit || total as usize <= limit) {
            found.truncate(before);
            return None;
        }
        let used = used.iter().filter(|one| one.part == part);
        found.extend(used.filter_map(|one| {
            let rank = rank_in(one.doc)?;
            Some(Found { part, doc: one.doc, rank, sum: points(rank), told: None })
        }));
        // Exact matches stand among what was found before, and not all of them begin with the word.
        let mut mine: Vec<u32> = found.iter().filter(|one| one.part == part).map(|one| one.doc).collect();
        mine.sort_unstable();
        mine.dedup();
        Some(total - number(mine.into_iter().filter(|doc| rank_in(*doc).is_some()).count()))
    }
}

/// Keeps each document's best match, with its reason where that is known.
fn settle(found: &mut Vec<Found>) {
    // One number is sorted faster than five.
    found.sort_unstable_by_key(|one| {
        let place = u64::from(one.part) << 57 | u64::from(one.doc) << 25;
        place | u64::from(one.rank) << 17 | u64::from(one.sum) << 1 | u64::from(one.told.is_none())
    });
    found.dedup_by_key(|one| (one.part, one.doc));
}

fn boost_of(used: &[Used], found: Found) -> i32 {
    let at = used.binary_search_by_key(&(found.part, found.doc), |one| (one.part, one.doc));
    at.map_or(0, |at| used[at].boost)
}
