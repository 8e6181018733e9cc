//! Specimen labels: one layout, printed as PDF, ZPL II and picture.
