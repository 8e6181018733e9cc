//! The order document: one complete requisition with all codes resolved.
