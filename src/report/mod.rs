//! Sessions and runs written down: JSON for programs, text and Markdown for people.
//!
//! The room must not know threads or terminals: it turns facts into bytes and says nothing about where they go. The
//! names of JSON are its own, versioned by `schema`, so that the facts can change without breaking a reader.
//!
//! ```text
//!   Session ─┬─► json              one object a session: a line of NDJSON, or an element of the document
//!            ├─► fact ──┬─► text      what is pasted into a ticket: the facts and the ladder
//!            └─► ladder ┼─► markdown  the same for documents
//!   Run ───────────────┴─► run       a play of the lab: testimonies, ladder, checks, expectations
//!   rules ──────────────────► rules     the table of rules, as a list and as a page
//!   scenario files ─► problems, scenarios, schema, keywords
//! ```

mod fact;
pub mod follow;
pub mod json;
pub mod keywords;
mod ladder;
pub mod markdown;
mod moment;
pub mod problems;
mod proof;
pub mod rules;
pub mod run;
pub mod scenarios;
pub mod schema;
pub mod text;
mod validation;

pub use fact::{decryption, outcome};
pub use proof::proofs;
