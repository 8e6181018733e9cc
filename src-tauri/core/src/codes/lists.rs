//! The embedded lists.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const LISTS: &str = include_str!("../../../../assets/codelists/lists.tsv");
/// Norsk laboratoriekodeverk 7280.77: which codes there are, one a line, sorted. Names and units are not ours to ship.
const NLK: &str = include_str!("../../../../assets/codelists/nlk-7280.77.txt");
/// Characters of one line of [`NLK`], its line end included.
const NLK_LINE: usize = 9;

/// Number of a list, `8202`.
pub type ListNumber = u16;

type Lists = BTreeMap<ListNumber, BTreeMap<&'static str, &'static str>>;

/// The Norwegian text of a code, where the list has it. `None` for an unknown code and for an unknown list.
#[must_use]
pub fn list_text(list: ListNumber, code: &str) -> Option<&'static str> {
    lists().get(&list)?.get(code).copied()
}

/// Whether NLK (7280.77) has this code, expired codes included.
#[must_use]
pub fn in_nlk(code: &str) -> bool {
    if code.len() != NLK_LINE - 1 {
        return false;
    }
    let line = |at: usize| &NLK.as_bytes()[at * NLK_LINE..at * NLK_LINE + NLK_LINE - 1];
    let (mut low, mut high) = (0, NLK.len() / NLK_LINE);
    while low < high {
        let middle = usize::midpoint(low, high);
        match line(middle).cmp(code.as_bytes()) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}

/// All lists: number to code to text.
#[must_use]
pub fn lists() -> &'static Lists {
    static PARSED: OnceLock<Lists> = OnceLock::new();
    PARSED.get_or_init(|| {
        let mut lists = Lists::new();
        let mut current = None;
        for line in LISTS.lines().filter(|line| !line.starts_with('#')) {
            let Some((first, rest)) = line.split_once('\t') else {
                continue;
            };
            if let Some(number) = first.strip_prefix('=') {
                current = number.parse().ok();
            } else if let Some(number) = current {
                lists.entry(number).or_default().insert(first, rest);
            }
        }
        lists
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_lists_belongs_to_a_list() {
        let lines = LISTS.lines().filter(|line| !line.starts_with(['#', '='])).count();
        assert_eq!(lists().values().map(BTreeMap::len).sum::<usize>(), lines);
        assert!(LISTS.lines().filter(|line| !line.starts_with('#')).all(|line| line.matches('\t').count() == 1));
    }

    #[test]
    fn a_code_has_the_official_text_or_none() {
        assert_eq!(list_text(8202, "MR"), Some("Magnettomografi"));
        assert_eq!(list_text(8304, "NORM"), None);
        assert_eq!(list_text(8209, "ANN"), None, "ANN belongs to 8210");
        assert_eq!(list_text(9999, "1"), None);
    }

    #[test]
    fn every_nlk_code_is_found_and_no_other() {
        assert!(NLK.lines().all(in_nlk));
        assert!(NLK.lines().is_sorted() && NLK.lines().all(|line| line.len() + 1 == NLK_LINE));
        for wrong in ["NPU00000", "", "NPU0219", "npu02192", "ZZZ99999", "AAA00000"] {
            assert!(!in_nlk(wrong), "{wrong}");
        }
    }
}
