//! What is held of specimen numbers: the station that each provider leased, and how far the counter of each station may have
//! gone. Who may number by them is decided in [`crate::numbers`]; here they are made durable.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Changes, Error, Result, Store, open::millis};
use crate::numbers::{DevicePrint, Enrolment, HighWaterMark, Station};

/// Stations as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldStations {
    /// By the provider that leased it or gave it on paper.
    pub stations: BTreeMap<String, Enrolment>,
    /// From before it was written down whose a station is.
    pub unclaimed: Option<Enrolment>,
}

impl Store {
    /// The stations that are held.
    ///
    /// # Errors
    /// Those of any read.
    pub fn stations(&self) -> Result<HeldStations> {
        let rows: Vec<(String, String, String)> = self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT provider, station, device FROM stations ORDER BY provider")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let mut held = HeldStations::default();
        for (provider, station, device) in rows {
            // What is no station numbers nothing.
            let Some(station) = read_station(&station) else { continue };
            let enrolment = Enrolment { station, device: DevicePrint::from_store(device) };
            if provider.is_empty() {
                held.unclaimed = Some(enrolment);
            } else {
                held.stations.insert(provider, enrolment);
            }
        }
        Ok(held)
    }

    /// Keeps a provider's station, in place of the one there was. An unclaimed station of the same digits is the provider's from
    /// now on.
    ///
    /// # Errors
    /// Those of any write.
    pub fn keep_station(&self, provider: &str, enrolment: &Enrolment, now: Timestamp) -> Result<Changes> {
        let station = station_name(enrolment.station);
        self.write(|tx| {
            tx.prepare_cached("DELETE FROM stations WHERE provider = '' AND station = ?1")?.execute([&station])?;
            tx.prepare_cached(
                "INSERT INTO stations (provider, station, device, kept_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (provider) DO UPDATE SET station = excluded.station, device = excluded.device, kept_at = excluded.kept_at",
            )?
            .execute(params![provider, station, enrolment.device.as_str(), millis(now)])?;
            Ok(Changes::SETTINGS)
        })
    }

    /// Forgets every station: this store's device holds none. Their marks stay.
    ///
    /// # Errors
    /// Those of any write.
    pub fn forget_stations(&self) -> Result<Changes> {
        self.write(|tx| {
            tx.execute("DELETE FROM stations", [])?;
            Ok(Changes::SETTINGS)
        })
    }

    /// The numbers up to which specimen numbers of each station may be in use, of all that were ever numbered for here.
    ///
    /// # Errors
    /// Those of any read.
    pub fn number_marks(&self) -> Result<BTreeMap<Station, HighWaterMark>> {
        let rows: Vec<(String, i64)> = self.read(|db| {
            let mut statement = db.prepare_cached("SELECT station, high_water FROM number_marks")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let mark = |mark: i64| HighWaterMark::new(u32::try_from(mark).unwrap_or(u32::MAX));
        Ok(rows.into_iter().filter_map(|(station, high)| Some((read_station(&station)?, mark(high)))).collect())
    }

    /// Makes a new high-water mark durable. Do this before a number below it is used.
    ///
    /// # Errors
    ///
    /// [`Error::NotNow`] where the mark would fall.
    pub fn raise_number_mark(&self, station: Station, high_water: u32, now: Timestamp) -> Result<()> {
        let station = station_name(station);
        self.write(|tx| {
            let known: Option<i64> = tx
                .prepare_cached("SELECT high_water FROM number_marks WHERE station = ?1")?
                .query_row([&station], |row| row.get(0))
                .optional()?;
            if known.is_some_and(|known| known > i64::from(high_water)) {
                return Err(Error::NotNow { why: "a number mark never falls" });
            }
            tx.prepare_cached(
                "INSERT INTO number_marks (station, high_water, changed_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (station) DO UPDATE SET high_water = excluded.high_water, changed_at = excluded.changed_at",
            )?
            .execute(params![station, i64::from(high_water), millis(now)])?;
            Ok(())
        })
    }
}

/// Five digits, as they are printed on paper.
fn station_name(station: Station) -> String {
    format!("{:05}", station.get())
}

fn read_station(text: &str) -> Option<Station> {
    text.parse().ok().and_then(|number| Station::new(number).ok())
}
