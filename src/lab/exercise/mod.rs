//! Exercises: questions about a run, faults to find, configurations to mend; what an answer is worth, and what is kept.
//!
//! ```text
//!   scenario ─► Sheet (answers, locked before the bytes that would give them away)
//!                 │            run ─► facts ${…}, point (a field of a message in it)
//!                 └─► grade ◄──┘        │
//!                       └─► score, why ─┴─► progress (a text that others keep)
//! ```
//!
//! Whoever plays the scenario again for a repair is given from outside, so the room needs no engine. It must not know
//! how a question is shown, nor where progress lies.

mod answer;
mod fact;
mod grade;
mod point;
mod points;
mod progress;
#[cfg(test)]
pub(crate) mod sample;
mod sheet;
mod task;

pub use answer::{Answer, AnswerError};
pub use fact::{FACTS, Fact, UnknownFact, fill};
pub use grade::{Score, Tries, Verdict, grade};
pub use point::{Fields, NotThere, Pointed, place_of};
pub use points::Points;
pub use progress::{Kept, KeptAnswer, Progress, ProgressError};
pub use sheet::{Locked, Sheet};
pub use task::{FindAnswer, FixResult, GoalResult, NotEditable, Play, check_edits, grade_find, grade_fix};
