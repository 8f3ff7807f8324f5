//! Scenario files: what they say, how they are read, and what is wrong with them.
//!
//! ```text
//!   text ─► document (values with their places) ─┬─► check, read ─► scenario      as it stands
//!                 edits (with their places) ─────┴─► check, read ─► scenario      with a variant, a knob or a repair
//!                                                       │
//!           keyword (the table of all keys) ────────────┴─► JSON Schema, page of keywords
//! ```
//!
//! A scenario file never changes what happens by what it leaves out in silence: unknown keys are problems, and every
//! problem of a file is told at once with its place. The room must not know how a scenario is played.

pub mod catalogue;
mod check;
mod document;
mod edit;
mod fields;
mod file;
mod form;
pub mod keyword;
mod model;
mod names;
mod place;
mod problem;
mod read;
mod template;

pub use file::ScenarioFile;
pub(in crate::lab) use form::{is_oid, oid};
pub use model::*;
pub use problem::Problem;
pub use template::{is_id, template};

#[cfg(test)]
mod tests;
