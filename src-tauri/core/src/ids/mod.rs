//! Identifiers that are parsed once and right ever after.
//!
//! Every type has a private field and one checked constructor; rows, JSON and the window come in through the same door.
//! Nothing here looks a number up anywhere: an identifier that passes is well-formed, not necessarily in use.

mod keys;
mod national;
mod registers;

pub use keys::{KeyError, MessageId, RequisitionId};
pub use national::{NationalId, NationalIdError, NationalIdKind, NumberRule};
pub use registers::{HerId, HprNumber, OrganisationNumber, RegisterNumberError};

/// Lets a checked identifier travel as text, in and out through its constructor.
macro_rules! travels_as_text {
    ($name:ident) => {
        impl std::str::FromStr for $name {
            type Err = <$name as TryFrom<String>>::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.text())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::try_from(text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use travels_as_text;
