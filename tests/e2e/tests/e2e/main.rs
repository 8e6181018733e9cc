//! What happens in an office, in the real window.

mod catalogue_files;
mod collecting;
mod composing;
mod decision_support;
mod following;
mod handbook;
mod handover;
mod imaging;
mod keeping;
mod morning;
mod numbers;
mod opening;
mod ordered;
mod panels;
mod pathology;
mod printing;
mod receipts;
mod screens;
mod splitting;
mod steps;
mod surroundings;
mod tray;
mod trouble;
mod updates;
mod volume;
