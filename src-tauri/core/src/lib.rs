//! Composing, labelling, freezing and delivering medical requisitions.
//!
//! The core of Rekvirent. It knows the domain, the catalogues, the national message and the durable queue. It never knows
//! a window, a keyring, a printer or the language of the screens, and reads no clock: time, randomness and ids are
//! arguments everywhere but in [`dispatch`] and [`transport`].
//!
//! The modules point one way, upwards in this list; `tests/it` holds them to it:
//!
//! | Layer | Modules |
//! |---|---|
//! | 9 | [`dispatch`] |
//! | 8 | [`store`], [`transport`] |
//! | 7 | [`paper`] |
//! | 6 | [`outbox`], [`receipt`], [`message`] |
//! | 5 | [`requisition`], [`labels`] |
//! | 4 | [`composing`] |
//! | 3 | [`catalogue`], [`order`] |
//! | 2 | [`parties`], [`numbers`] |
//! | 1 | [`ids`], [`codes`], [`pages`] |

pub mod catalogue;
pub mod codes;
pub mod composing;
pub mod dispatch;
pub mod ids;
pub mod labels;
pub mod message;
pub mod numbers;
pub mod order;
pub mod outbox;
pub mod pages;
pub mod paper;
pub mod parties;
pub mod receipt;
pub mod requisition;
pub mod store;
pub mod transport;
