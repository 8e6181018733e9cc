//! Folding of words, so that what people type meets what laboratories write.
//!
//! Case, accents and hyphens never matter. `ø`, `å` and `æ` are found both without their marks (`ostradiol`) and as
//! digraphs (`oestradiol`); Greek letters by their names.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How Norwegian letters are spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `ø` is `o`, `å` is `a`.
    Plain,
    /// `ø` is `oe`, `å` is `aa`.
    Digraph,
}

/// Folds one character onto the end of a word; separators fold to nothing.
pub(super) fn fold_char(c: char, spelling: Spelling, into: &mut String) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            into.push(c.to_ascii_lowercase());
        }
        return;
    }
    let (plain, digraph) = match c {
        'ø' | 'Ø' | 'ö' | 'Ö' => ("o", "oe"),
        'å' | 'Å' => ("a", "aa"),
        'æ' | 'Æ' => ("ae", "ae"),
        'ä' | 'Ä' => ("a", "ae"),
        'ß' => ("ss", "ss"),
        'α' => ("alfa", "alpha"),
        'β' => ("beta", "beta"),
        'γ' => ("gamma", "gamma"),
        'κ' => ("kappa", "kappa"),
        'λ' => ("lambda", "lambda"),
        'µ' | 'μ' => ("u", "my"),
        _ => {
            let letters = c.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
            into.extend(letters.filter(|c| c.is_alphanumeric()));
            return;
        }
    };
    into.push_str(if spelling == Spelling::Plain { plain } else { digraph });
}

/// The folded words of a text.
pub(super) fn words(text: &str, spelling: Spelling) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            fold_char(c, spelling, &mut word);
        } else if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// The words under which a text is found, each with whether it starts the text: its words, neighbours written together
/// (`d-dimer` as `ddimer`, `CA 19-9` as `ca199`) and the parts of `b12`.
pub(super) fn keys(text: &str, spelling: Spelling) -> Vec<(String, bool)> {
    let words = words(text, spelling);
    let mut out: Vec<(String, bool)> = Vec::with_capacity(words.len() * 2);
    for (at, word) in words.iter().enumerate() {
        let first = at == 0;
        if let Some(next) = words.get(at + 1)
            && (word.len() <= 4 || next.len() <= 3)
        {
            out.push((format!("{word}{next}"), first));
        }
        if let Some(digit) = word.find(|c: char| c.is_ascii_digit())
            && digit > 0
            && word[digit..].chars().all(|c| c.is_ascii_digit())
            && word.len() <= 5
        {
            out.push((word[..digit].to_owned(), first));
            out.push((word[digit..].to_owned(), false));
        }
        out.push((word.clone(), first));
    }
    if words.len() == 3 {
        let joined = words.concat();
        if joined.len() <= 16 {
            out.push((joined, true));
        }
    }
    out
}

/// A text as one word.
pub(super) fn joined(text: &str, spelling: Spelling) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, spelling, &mut out);
    }
    out
}

/// Whether a text folds differently in the two spellings.
pub(super) fn has_two_spellings(text: &str) -> bool {
    !text.is_ascii() && joined(text, Spelling::Plain) != joined(text, Spelling::Digraph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_letters_are_found_in_every_spelling() {
        assert_eq!(joined("Østradiol", Spelling::Plain), "ostradiol");
        assert_eq!(joined("Østradiol", Spelling::Digraph), "oestradiol");
        assert_eq!(words("Gonoré, urin", Spelling::Plain), ["gonore", "urin"]);
        assert_eq!(joined("β-2", Spelling::Plain), "beta2");
    }

    #[test]
    fn parts_written_together_or_apart_are_the_same() {
        let keys: Vec<String> = keys("CA 19-9", Spelling::Plain).into_iter().map(|(key, _)| key).collect();
        for key in ["ca", "19", "9", "ca19", "199", "ca199"] {
            assert!(keys.iter().any(|k| k == key), "{key} in {keys:?}");
        }
    }
}
