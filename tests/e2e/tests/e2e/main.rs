//! What happens in an office, in the real window.

mod catalogue_files;
mod collecting;
mod composing;
mod following;
mod imaging;
mod keeping;
mod morning;
mod opening;
mod panels;
mod receipts;
mod screens;
mod steps;
mod surroundings;
mod trouble;
mod updates;
mod volume;
