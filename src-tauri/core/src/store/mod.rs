//! The durable, encrypted store of requisitions and the outbox.
