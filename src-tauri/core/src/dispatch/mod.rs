//! The delivery loop: the one place that waits.
