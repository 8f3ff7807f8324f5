//! Scenario files: what they say, how they are read, and what is wrong with them.
//!
//! ```text
//!   text ─► document (values with their places) ─┬─► scenario      as it stands
//!                                    edits ──────┴─► scenario      with a variant, a knob or a repair
//! ```
//!
//! A scenario file never changes what happens by what it leaves out in silence: unknown keys are problems, and every
//! problem of a file is told at once with its place.

mod model;

pub use model::*;
