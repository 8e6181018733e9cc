//! Keys that this program makes up itself: UUIDs, so that two offices can never meet in one.

use std::fmt;

use specta::Type;
use uuid::Uuid;

use super::travels_as_text;

/// Why a text is no UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a UUID")]
pub struct KeyError;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Type)]
        #[specta(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The key of this UUID; where it comes from (randomness) is the caller's matter.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            #[must_use]
            pub const fn uuid(&self) -> Uuid {
                self.0
            }

            /// Hyphenated, lower case.
            #[must_use]
            pub fn text(&self) -> String {
                self.0.hyphenated().to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = KeyError;

            fn try_from(text: String) -> Result<Self, KeyError> {
                // `uuid` also reads braced and unhyphenated forms; the message allows only the hyphenated one.
                if text.len() != 36 {
                    return Err(KeyError);
                }
                Uuid::try_parse(&text).map(Self).map_err(|_| KeyError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
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
