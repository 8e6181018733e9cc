//! A requisition as a value: frozen catalogue facts, specimens, and its life.
