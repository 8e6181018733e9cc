//! Words within one or two slips of the finger: Damerau's distance over the sorted dictionary.
//!
//! Neighbouring words share the rows of their common beginning, and a beginning that is already too far away is skipped
//! with everything that starts like it, so a search touches a small part of the dictionary.

/// Slips allowed for a word: none in short ones and in numbers, where a neighbour is another analysis.
pub(super) fn allowed(word: &str) -> u8 {
    if word.bytes().filter(u8::is_ascii_digit).count() >= 3 {
        return 0;
    }
    match word.chars().filter(|c| c.is_alphabetic()).count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

const LONGEST: usize = 32;

/// Finds the words within `limit` slips of `query`, or that begin within them (`prefix`), as positions in the sorted
/// dictionary with their distance.
pub(super) fn search(dictionary: &[Box<str>], query: &str, limit: u8) -> Vec<(u32, u8)> {
    let query = query.as_bytes();
    let mut found = Vec::new();
    if limit == 0 || query.len() > LONGEST - 2 {
        return found;
    }
    let mut rows = [[u8::MAX; LONGEST + 1]; LONGEST + 1];
    for (column, cell) in rows[0].iter_mut().enumerate().take(query.len() + 1) {
        *cell = u8::try_from(column).unwrap_or(u8::MAX);
    }
    let mut at = 0;
    let mut shared = 0;
    while at < dictionary.len() {
        let word = dictionary[at].as_bytes();
        // Rows beyond the query and its slips can only grow.
        let depth = word.len().min(query.len() + usize::from(limit));
        let mut row = shared.min(depth);
        let mut dead = false;
        let mut best_prefix = u8::MAX;
        for known in rows.iter().take(row + 1).skip(1) {
            best_prefix = best_prefix.min(known[query.len()]);
        }
        while row < depth {
            row += 1;
            let smallest = fill(&mut rows, row, word, query);
            best_prefix = best_prefix.min(rows[row][query.len()]);
            // A swap may still pull the next row one below the smallest of this one's predecessor.
            if smallest > limit && rows[row - 1].iter().take(query.len() + 1).all(|cell| *cell > limit) {
                dead = true;
                break;
            }
        }
        let whole = if !dead && depth == word.len() { rows[depth][query.len()] } else { u8::MAX };
        if whole <= limit {
            found.push((u32::try_from(at).unwrap_or(u32::MAX), whole));
        } else if best_prefix < limit.max(2) && best_prefix <= limit && query.len() >= 5 {
            found.push((u32::try_from(at).unwrap_or(u32::MAX), best_prefix));
        }
        let next = if dead && best_prefix > limit {
            let prefix = &word[..row];
            at + dictionary[at..].partition_point(|other| other.as_bytes().starts_with(prefix))
        } else {
            at + 1
        };
        let next = next.max(at + 1);
        shared = dictionary
            .get(next)
            .map_or(0, |other| other.as_bytes().iter().zip(word).take_while(|(a, b)| a == b).count().min(row));
        at = next;
    }
    found
}

fn fill(rows: &mut [[u8; LONGEST + 1]; LONGEST + 1], row: usize, word: &[u8], query: &[u8]) -> u8 {
    let letter = word[row - 1];
    rows[row][0] = u8::try_from(row).unwrap_or(u8::MAX);
    let mut smallest = rows[row][0];
    for column in 1..=query.len() {
        let same = letter == query[column - 1];
        let mut cell = rows[row - 1][column - 1].saturating_add(u8::from(!same));
        cell = cell.min(rows[row - 1][column].saturating_add(1)).min(rows[row][column - 1].saturating_add(1));
        if row > 1 && column > 1 && letter == query[column - 2] && word[row - 2] == query[column - 1] {
            cell = cell.min(rows[row - 2][column - 2].saturating_add(1));
        }
        rows[row][column] = cell;
        smallest = smallest.min(cell);
    }
    smallest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook distance, as an independent judge.
    fn distance(a: &[u8], b: &[u8]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let change = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut best = change.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(d[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        d[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn every_word_within_the_slips_is_found(
            mut words in prop::collection::vec("[abc]{1,9}", 1..40), query in "[abc]{4,9}", limit in 1u8..3,
        ) {
            words.sort_unstable();
            words.dedup();
            let dictionary: Vec<Box<str>> = words.iter().map(|w| w.clone().into_boxed_str()).collect();
            let found = search(&dictionary, &query, limit);
            for (at, word) in words.iter().enumerate() {
                let near = distance(word.as_bytes(), query.as_bytes());
                if near <= usize::from(limit) {
                    let hit = found.iter().find(|(found, _)| *found as usize == at);
                    prop_assert_eq!(hit.map(|(_, slips)| usize::from(*slips)), Some(near), "{} ~ {}", word, query);
                }
            }
        }
    }
}
