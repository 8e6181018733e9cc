//! Catalogues: what each service provider offers, asks and demands.
//!
//! A catalogue is authored as text, built into a signed package, cached, searched and browsed. This module never decides
//! what is clinically right: every fact in it belongs to a provider and carries its source.

pub mod authoring;
pub mod cache;
pub mod conditions;
pub mod content;
pub mod delta;
pub mod diff;
pub mod facts;
mod listed;
pub mod model;
pub mod package;
pub mod search;
pub mod version;
