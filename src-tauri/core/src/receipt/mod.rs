//! Application receipts (AppRec 1.0 and 1.1).
