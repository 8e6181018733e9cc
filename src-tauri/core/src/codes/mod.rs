//! Code systems and code lists of the national message.
