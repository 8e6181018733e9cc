//! How people phrase what they look for: words that join others, words that are said of every analysis, and endings.
//!
//! The search first takes a query as it stands. Only where that finds nothing is it read more freely, so a rule here never
//! stands between a query and what it names.

use super::fold::{Spelling, Words};

/// Words that join others, folded. They count only where nothing follows them yet: "i" may become "igg".
const FILLERS: [&str; 10] = ["og", "i", "av", "for", "til", "ved", "hos", "med", "pa", "eller"];

/// What is said of every analysis, folded; the longest first, so that an ending is taken off as a whole.
const GENERAL: [&str; 29] = [
    "blodprovene",
    "blodprover",
    "blodprovar",
    "blodprove",
    "hurtigtest",
    "undersokelse",
    "undersoking",
    "kontroller",
    "screening",
    "kontroll",
    "provene",
    "verdiar",
    "verdier",
    "analyse",
    "maling",
    "proven",
    "prover",
    "provar",
    "status",
    "verdien",
    "testen",
    "tester",
    "testar",
    "prove",
    "verdi",
    "profil",
    "niva",
    "test",
    "svar",
];

/// Endings of bokmål and nynorsk, the longest first.
const ENDINGS: [&str; 8] = ["ene", "ane", "et", "en", "er", "ar", "a", "e"];

/// Letters that have to be left of a word.
const LEAST_LEFT: usize = 3;
/// Letters that have to be left before an ending, or a joining "s", is taken off.
const LEAST_STEM: usize = 5;

/// The words without those that join others, as long as others follow, and without what is said of every analysis, where
/// it follows others: "blod i avføring", "crp prøve".
pub(super) fn without_fillers(words: Words) -> Words {
    let last = words.len().saturating_sub(1);
    let filler = |at: usize, word: &str| at < last && FILLERS.contains(&word) || at > 0 && GENERAL.contains(&word);
    if !words.iter().enumerate().any(|(at, word)| filler(at, word)) {
        return words;
    }
    let kept: Vec<&str> =
        words.iter().enumerate().filter(|(at, word)| !filler(*at, word)).map(|(_, word)| word).collect();
    Words::of(&kept.join(" "), Spelling::Plain)
}

/// A word without what is said of every analysis; empty where it is nothing else.
pub(super) fn without_general(word: &str) -> &str {
    if GENERAL.contains(&word) {
        return "";
    }
    let stem = GENERAL.iter().find_map(|general| word.strip_suffix(general).filter(|stem| stem.len() >= LEAST_LEFT));
    match stem {
        Some(stem) => stem.strip_suffix('s').filter(|stem| stem.len() > LEAST_STEM).unwrap_or(stem),
        None => word,
    }
}

/// A word without its ending.
pub(super) fn without_ending(word: &str) -> &str {
    let letters = word.bytes().all(|letter| letter.is_ascii_lowercase());
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    stem.filter(|stem| letters && stem.len() >= LEAST_STEM).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_every_analysis_says_nothing() {
        for (typed, meant) in [
            ("klamydiaprove", "klamydia"),
            ("sukkerbelastningstest", "sukkerbelastning"),
            ("marevankontroll", "marevan"),
            ("test", ""),
            ("ferritin", "ferritin"),
            ("attest", "attest"),
        ] {
            assert_eq!(without_general(typed), meant, "{typed}");
        }
        assert_eq!(without_ending("trombocyttene"), "trombocytt");
        assert_eq!(without_ending("ana"), "ana");
    }

    #[test]
    fn joining_words_count_only_while_nothing_follows_them() {
        let left = |text: &str| without_fillers(Words::of(text, Spelling::Plain)).iter().collect::<Vec<_>>().join(" ");
        assert_eq!(left("blod i avføring"), "blod avforing");
        assert_eq!(left("borrelia i"), "borrelia i");
        assert_eq!(left("crp prøve"), "crp");
        assert_eq!(left("prøve"), "prove");
    }
}
