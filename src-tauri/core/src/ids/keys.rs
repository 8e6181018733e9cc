//! Keys that this program makes up itself: UUIDs, so that two offices can never meet in one.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use specta::Type;
use uuid::Uuid;

use super::travels_as_text;

/// Why a text is no UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a UUID")]
pub struct KeyError;

/// A UUID and which of its digits were written as capitals: a follow-up carries the original's id letter by letter, for
/// receivers compare it as text.
#[derive(Clone, Copy)]
struct Written {
    uuid: Uuid,
    capitals: u64,
}

impl Written {
    fn parse(text: &str) -> Result<Self, KeyError> {
        // `uuid` also reads braced and unhyphenated forms; the message allows only the hyphenated one.
        if text.len() != 36 {
            return Err(KeyError);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| KeyError)?;
        let capitals = text.bytes().enumerate().filter(|(_, b)| b.is_ascii_uppercase()).map(|(at, _)| 1 << at).sum();
        Ok(Self { uuid, capitals })
    }

    fn text(self) -> String {
        let lower = self.uuid.hyphenated().to_string();
        lower
            .chars()
            .enumerate()
            .map(|(at, c)| if self.capitals >> at & 1 == 1 { c.to_ascii_uppercase() } else { c })
            .collect()
    }
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Type)]
        #[specta(transparent)]
        pub struct $name(#[specta(type = String)] Written);

        impl $name {
            /// The key of this UUID; where it comes from (randomness) is the caller's matter.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(Written { uuid, capitals: 0 })
            }

            /// The UUID.
            #[must_use]
            pub const fn uuid(&self) -> Uuid {
                self.0.uuid
            }

            /// Hyphenated, in lower case unless it came with capitals.
            #[must_use]
            pub fn text(&self) -> String {
                self.0.text()
            }
        }

        // Two ways of writing one UUID are one key.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.uuid() == other.uuid()
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.uuid().hash(state);
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.uuid().cmp(&other.uuid())
            }
        }

        impl TryFrom<String> for $name {
            type Error = KeyError;

            fn try_from(text: String) -> Result<Self, KeyError> {
                Written::parse(&text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.text())
            }
        }

        travels_as_text!($name);
    };
}

key! {
    /// `MsgId`: new for every message instance, the idempotency key towards the gateway, and what receipts answer (v1.6).
    MessageId
}
key! {
    /// `ServReq/Id`: the requester's id of a requisition, the same in change, addition and cancellation (HITS 1102).
    RequisitionId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_original_id_in_capitals_is_carried_letter_by_letter_and_is_the_same_key() {
        let text = "0B7e2F64-5A0C-4a52-9D10-6F1F0A2C0102";
        let key = text.parse::<RequisitionId>().unwrap();
        assert_eq!((key.text().as_str(), key.to_string().as_str()), (text, text));
        assert_eq!(key, text.to_lowercase().parse().unwrap());
    }

    #[test]
    fn only_the_hyphenated_form_is_a_key() {
        let text = "0b7e2f64-5a0c-4a52-9d10-6f1f0a2c0102";
        assert_eq!(text.parse::<MessageId>().unwrap().text(), text);
        for wrong in [
            "",
            "0b7e2f645a0c4a529d106f1f0a2c0102",
            "{0b7e2f64-5a0c-4a52-9d10-6f1f0a2c0102}",
            "0b7e2f64-5a0c-4a52-9d10-6f1f0a2c010x",
        ] {
            assert_eq!(wrong.parse::<MessageId>(), Err(KeyError), "{wrong}");
        }
    }
}
