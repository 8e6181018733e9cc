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

/// The folded words of one text, end to end in a buffer that is filled anew for each text: neighbours written together
/// are then parts of it, and so is the whole text as one word.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    letters: String,
    ends: Vec<usize>,
}

impl Words {
    /// The words of a text.
    pub(super) fn of(text: &str, spelling: Spelling) -> Self {
        let mut words = Self { letters: String::with_capacity(text.len()), ends: Vec::with_capacity(4) };
        words.read(text, spelling);
        words
    }

    /// Forgets what was read and reads a text.
    pub(super) fn read(&mut self, text: &str, spelling: Spelling) {
        self.letters.clear();
        self.ends.clear();
        for c in text.chars() {
            if c.is_alphanumeric() {
                fold_char(c, spelling, &mut self.letters);
            } else {
                self.end_word();
            }
        }
        self.end_word();
    }

    fn end_word(&mut self) {
        if self.letters.len() > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(self.letters.len());
        }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Forgets the words after the first `most`.
    pub(super) fn truncate(&mut self, most: usize) {
        self.ends.truncate(most);
        self.letters.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.ends[at - 1] }
    }

    /// The words in their order.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.ends.len()).map(|at| &self.letters[self.start(at)..self.ends[at]])
    }

    /// The text as one word.
    pub(super) fn joined(&self) -> &str {
        &self.letters
    }

    /// The words under which the text is found, each with whether it starts the text: its words, neighbours written
    /// together (`d-dimer` as `ddimer`, `CA 19-9` as `ca199`) and the parts of `b12`.
    pub(super) fn each_key(&self, mut key: impl FnMut(&str, bool)) {
        for (at, word) in self.iter().enumerate() {
            let first = at == 0;
            if let Some(end) = self.ends.get(at + 1)
                && (word.len() <= 4 || end - self.ends[at] <= 3)
            {
                key(&self.letters[self.start(at)..*end], first);
            }
            if let Some(digit) = word.find(|c: char| c.is_ascii_digit())
                && digit > 0
                && word[digit..].chars().all(|c| c.is_ascii_digit())
                && word.len() <= 5
            {
                key(&word[..digit], first);
                key(&word[digit..], false);
            }
            key(word, first);
        }
        if self.ends.len() == 3 && self.letters.len() <= 16 {
            key(&self.letters, true);
        }
    }
}

/// The ways in which a text may be spelled: one for most.
pub(super) fn spellings(text: &str) -> &'static [Spelling] {
    let two = |c: char| matches!(c, 'ø' | 'Ø' | 'ö' | 'Ö' | 'å' | 'Å' | 'ä' | 'Ä' | 'α' | 'µ' | 'μ');
    if !text.is_ascii() && text.contains(two) { &[Spelling::Plain, Spelling::Digraph] } else { &[Spelling::Plain] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str, spelling: Spelling) -> String {
        Words::of(text, spelling).joined().to_owned()
    }

    #[test]
    fn norwegian_letters_are_found_in_every_spelling() {
        assert_eq!(joined("Østradiol", Spelling::Plain), "ostradiol");
        assert_eq!(joined("Østradiol", Spelling::Digraph), "oestradiol");
        assert_eq!(Words::of("Gonoré, urin", Spelling::Plain).iter().collect::<Vec<_>>(), ["gonore", "urin"]);
        assert_eq!(joined("β-2", Spelling::Plain), "beta2");
    }

    #[test]
    fn only_texts_that_fold_differently_have_two_spellings() {
        for text in ["Ferritin", "Østradiol", "Blåbær", "Gonoré", "β-2", "µg", "æ", "Käll"] {
            let differs = joined(text, Spelling::Plain) != joined(text, Spelling::Digraph);
            assert_eq!(spellings(text).len() == 2, differs, "{text}");
        }
    }

    #[test]
    fn parts_written_together_or_apart_are_the_same() {
        let mut keys = Vec::new();
        Words::of("CA 19-9", Spelling::Plain).each_key(|key, _| keys.push(key.to_owned()));
        for key in ["ca", "19", "9", "ca19", "199", "ca199"] {
            assert!(keys.iter().any(|k| k == key), "{key} in {keys:?}");
        }
    }
}
