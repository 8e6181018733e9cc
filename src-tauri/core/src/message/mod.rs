//! The national requisition message, written from a finished order.
