//! Every scenario of the program in every variant, played.

use std::sync::OnceLock;
use tlslab::lab::batch::{Job, Played, jobs, play_all};
use tlslab::lab::scenario::catalogue::{self, Shipped};

/// A play with its name: scenario and variant, `-` where there are none.
pub struct Case {
    pub name: String,
    pub played: Played,
}

/// Plays all of them.
pub fn play() -> Vec<Case> {
    let read = |shipped: &Shipped| {
        let file = shipped.file().unwrap_or_else(|problems| panic!("{}: {problems:#?}", shipped.path()));
        jobs(&file)
    };
    let all: Vec<Job> = catalogue::all().iter().flat_map(read).collect();
    let mut cases = Vec::new();
    let take = |job: &Job, result: Result<Played, _>| {
        let name = format!("{} {}", job.file.scenario().id, job.variant.as_deref().unwrap_or("-"));
        let played = result.unwrap_or_else(|error| panic!("{name}: {error}"));
        cases.push(Case { name, played });
        Ok::<(), std::io::Error>(())
    };
    play_all(&all, take).unwrap();
    cases
}

/// The plays, each once for all tests of a program.
pub fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(play)
}
