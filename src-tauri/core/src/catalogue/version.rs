//! Catalogue versions: `2026.11.2`, compared number by number, so that 10 comes after 9.

use std::{cmp::Ordering, fmt, str::FromStr};

/// A catalogue version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Vec<u32>);

/// Not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version such as 2026.11.2")]
pub struct NotAVersion(String);

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAVersion(text.chars().take(40).collect());
        let numbers: Vec<u32> = text
            .split('.')
            .map(|part| {
                // A leading zero would make two spellings of one version.
                let canonical = part == "0" || !part.starts_with('0');
                if canonical && part.chars().all(|c| c.is_ascii_digit()) { part.parse().ok() } else { None }
            })
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        if (2..=4).contains(&numbers.len()) { Ok(Self(numbers)) } else { Err(wrong()) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&text.join("."))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_version_of_a_month_comes_after_the_ninth() {
        let version = |text: &str| text.parse::<Version>().ok();
        assert!(version("2026.11.10") > version("2026.11.9"));
        assert!(version("2026.11") < version("2026.11.0"));
        for wrong in ["", "2026", "2026.011", "2026.11.x", "1.2.3.4.5", "2026..1", "-1.2"] {
            assert!(version(wrong).is_none(), "{wrong}");
        }
    }
}
