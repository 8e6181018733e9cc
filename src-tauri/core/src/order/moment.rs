//! Dates and times as precise as they were given.
//!
//! The wall-clock time is carried, never shifted: a date stays a date, a year stays a year, and an offset is kept.

use std::fmt;

use jiff::civil;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use specta::Type;

/// A year, a month, a day, or a day with a time (with or without offset).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Type)]
#[specta(transparent)]
pub struct Moment(String);

/// How precise a [`Moment`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `2015`
    Year,
    /// `2015-03`
    Month,
    /// `2015-03-12`
    Day,
    /// `2015-03-12T08:10`, with or without seconds and offset
    Time,
}

/// Why a text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// Not of the form.
    #[error("is not a date or time of the form 2024-03-05T10:12:00")]
    Form,
    /// No such day or time of day.
    #[error("is a date or time that does not exist")]
    NoSuchMoment,
}

struct Parts {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<(civil::Time, Option<Offset>)>,
}

impl Moment {
    /// Parses ISO 8601 as the order document allows it.
    ///
    /// # Errors
    /// [`MomentError`].
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let parts = parts(text)?;
        civil::Date::new(parts.year, parts.month.unwrap_or(1), parts.day.unwrap_or(1))
            .map_err(|_| MomentError::NoSuchMoment)?;
        Ok(Self(text.to_owned()))
    }

    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How precise it is.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self.0.len() {
            4 => Precision::Year,
            7 => Precision::Month,
            10 => Precision::Day,
            _ => Precision::Time,
        }
    }

    /// The calendar year.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.0[..4].parse().unwrap_or(0)
    }

    /// As the message writes it: XML Schema wants seconds where there is a time.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let text = &self.0;
        if self.precision() != Precision::Time || text.as_bytes().get(16) == Some(&b':') {
            return text.clone();
        }
        format!("{}:00{}", &text[..16], &text[16..])
    }

    /// Whether it lies after a day, compared as precisely as it was given; the time of day is left aside.
    #[must_use]
    pub fn is_later_than(&self, day: civil::Date) -> bool {
        let Ok(parts) = parts(&self.0) else {
            return true;
        };
        match (parts.month, parts.day) {
            (None, _) => parts.year > day.year(),
            (Some(month), None) => (parts.year, month) > (day.year(), day.month()),
            (Some(month), Some(date)) => (parts.year, month, date) > (day.year(), day.month(), day.day()),
        }
    }

    /// Whether it lies after `now`, compared as precisely as it was given. A time without offset is wall-clock time in
    /// the zone of `now`.
    #[must_use]
    pub fn is_after(&self, now: &jiff::Zoned) -> bool {
        let Ok(parts) = parts(&self.0) else {
            return true;
        };
        let today = now.date();
        let Some(month) = parts.month else {
            return parts.year > today.year();
        };
        let Some(day) = parts.day else {
            return (parts.year, month) > (today.year(), today.month());
        };
        let Ok(date) = civil::Date::new(parts.year, month, day) else {
            return true;
        };
        match parts.time {
            None => date > today,
            Some((time, None)) => date.to_datetime(time) > now.datetime(),
            Some((time, Some(offset))) => match offset.to_timestamp(date.to_datetime(time)) {
                Ok(timestamp) => timestamp > now.timestamp(),
                Err(_) => true,
            },
        }
    }
}

/// Reads the parts and checks the time of day; whether the day exists is left to the caller.
fn parts(text: &str) -> Result<Parts, MomentError> {
    let digits = |range: std::ops::Range<usize>| -> Result<i16, MomentError> {
        let part = text.get(range).ok_or(MomentError::Form)?;
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(MomentError::Form);
        }
        part.parse().map_err(|_| MomentError::Form)
    };
    let small = |range| digits(range).and_then(|n| i8::try_from(n).map_err(|_| MomentError::Form));
    let sign = |at: usize, wanted: u8| {
        if text.as_bytes().get(at) == Some(&wanted) { Ok(()) } else { Err(MomentError::Form) }
    };
    let mut parts = Parts { year: digits(0..4)?, month: None, day: None, time: None };
    if text.len() > 4 {
        sign(4, b'-')?;
        parts.month = Some(small(5..7)?);
    }
    if text.len() > 7 {
        sign(7, b'-')?;
        parts.day = Some(small(8..10)?);
    }
    if text.len() > 10 {
        sign(10, b'T')?;
        sign(13, b':')?;
        let (hour, minute) = (small(11..13)?, small(14..16)?);
        let rest = text.get(16..).ok_or(MomentError::Form)?;
        let (second, rest) = seconds(rest)?;
        let time = civil::Time::new(hour, minute, second, 0).map_err(|_| MomentError::NoSuchMoment)?;
        parts.time = Some((time, offset(rest)?));
    }
    Ok(parts)
}

/// `:SS` with or without a fraction; the fraction is carried in the text but never compared.
fn seconds(rest: &str) -> Result<(i8, &str), MomentError> {
    let Some(after) = rest.strip_prefix(':') else {
        return Ok((0, rest));
    };
    let second = after.get(..2).filter(|s| s.bytes().all(|b| b.is_ascii_digit())).ok_or(MomentError::Form)?;
    let mut rest = &after[2..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let end = fraction.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(fraction.len());
        if end == 0 {
            return Err(MomentError::Form);
        }
        rest = &fraction[end..];
    }
    Ok((second.parse().map_err(|_| MomentError::Form)?, rest))
}

/// Nothing, `Z` or `+hh:mm`, at most 14 hours as XML Schema has it.
fn offset(rest: &str) -> Result<Option<Offset>, MomentError> {
    if rest.is_empty() {
        return Ok(None);
    }
    if rest == "Z" {
        return Ok(Some(Offset::UTC));
    }
    let bytes = rest.as_bytes();
    let form = bytes.len() == 6
        && matches!(bytes[0], b'+' | b'-')
        && bytes[3] == b':'
        && [1, 2, 4, 5].iter().all(|at| bytes[*at].is_ascii_digit());
    if !form {
        return Err(MomentError::Form);
    }
    let two = |at: usize| i32::from(bytes[at] - b'0') * 10 + i32::from(bytes[at + 1] - b'0');
    let (hours, minutes) = (two(1), two(4));
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return Err(MomentError::NoSuchMoment);
    }
    let seconds = (hours * 60 + minutes) * 60;
    let signed = if bytes[0] == b'-' { -seconds } else { seconds };
    Offset::from_seconds(signed).map(Some).map_err(|_| MomentError::NoSuchMoment)
}

impl From<civil::Date> for Moment {
    fn from(date: civil::Date) -> Self {
        Self(date.strftime("%Y-%m-%d").to_string())
    }
}

impl From<civil::DateTime> for Moment {
    /// To the second: finer than that nobody reads a clock.
    fn from(time: civil::DateTime) -> Self {
        Self(time.strftime("%Y-%m-%dT%H:%M:%S").to_string())
    }
}

impl From<&jiff::Zoned> for Moment {
    /// The wall-clock time without offset, as the official examples write it.
    fn from(now: &jiff::Zoned) -> Self {
        now.datetime().into()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precision_that_was_given_is_kept() {
        for (text, precision, xml) in [
            ("2015", Precision::Year, "2015"),
            ("2015-02", Precision::Month, "2015-02"),
            ("2016-02-29", Precision::Day, "2016-02-29"),
            ("2015-03-12T08:10", Precision::Time, "2015-03-12T08:10:00"),
            ("2015-03-12T08:10+02:00", Precision::Time, "2015-03-12T08:10:00+02:00"),
            ("2015-03-12T08:10:05.25Z", Precision::Time, "2015-03-12T08:10:05.25Z"),
        ] {
            let moment = Moment::parse(text).unwrap();
            assert_eq!((moment.precision(), moment.to_xml().as_str(), moment.as_str()), (precision, xml, text));
        }
    }

    #[test]
    fn days_and_times_that_do_not_exist_are_refused() {
        for text in [
            "2015-02-30",
            "2015-13",
            "2015-00-01",
            "2015-03-12T24:00",
            "2015-03-12T10:60",
            "2015-03-12T10:00:60",
            "2015-03-12T10:00+15:00",
        ] {
            assert_eq!(Moment::parse(text), Err(MomentError::NoSuchMoment), "{text}");
        }
        for text in [
            "",
            "15",
            "2015-3-12",
            "12.03.2015",
            "2015-03-12 08:10",
            "2015-03-12T8:10",
            "2015-03-12T08:10+0200",
            "2015-03-12T08:10:5",
            "2015-03-12T08:10:05.",
            "å015",
        ] {
            assert_eq!(Moment::parse(text), Err(MomentError::Form), "{text}");
        }
    }

    #[test]
    fn later_today_is_the_future_but_today_is_not() {
        let now: jiff::Zoned = "2024-03-05T10:12:00+01:00[Europe/Oslo]".parse().unwrap();
        for text in ["2024-03-05T10:13", "2024-03-06", "2024-04", "2025", "2024-03-05T09:13Z"] {
            assert!(Moment::parse(text).unwrap().is_after(&now), "{text}");
        }
        for text in
            ["2024-03-05T10:12", "2024-03-05", "2024-03", "2024", "2024-03-05T09:12:00Z", "2024-03-05T11:12:00+02:00"]
        {
            assert!(!Moment::parse(text).unwrap().is_after(&now), "{text}");
        }
    }
}
