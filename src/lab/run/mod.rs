//! Playing a scenario: what happens, what crosses the wire, and what each side says about it.

mod model;

pub use model::*;
