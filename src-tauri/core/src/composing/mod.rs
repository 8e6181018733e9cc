//! Drafts: what was picked and answered, and everything that follows from it.
