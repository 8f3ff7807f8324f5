//! What `[[ask]]` and `[task]` say: what whoever plays it is asked, and what is to be found or mended.

use super::{Edit, Expect, Place};
use std::fmt;

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Its name in the file.
    pub id: String,
    /// When it is asked.
    pub when: When,
    /// For [`When::At`]: which pause of the run, from 1 on.
    pub pause: u32,
    /// The question.
    pub text: String,
    /// What can be answered, and what is right.
    pub question: Question,
    /// How many points it gives.
    pub points: u32,
    /// Hints, each costing a part of the points.
    pub hints: Vec<String>,
    /// Why the right answer is right; `${…}` stands for a fact of the run.
    pub why: Option<String>,
    /// The variant whose run answers it; the first one without.
    pub variant: Option<String>,
}

/// When a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// Before the first byte moves; the answer is locked then.
    Before,
    /// At a pause.
    At,
    /// When all is over.
    After,
}

words!(When { Before = "before", At = "at", After = "after" });

/// The kinds of questions.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// One of these is right, counted from 1.
    Choice {
        /// What can be chosen.
        options: Vec<String>,
        /// The right one, from 1 on.
        answer: u32,
    },
    /// Some of these are right, counted from 1.
    Multi {
        /// What can be chosen.
        options: Vec<String>,
        /// The right ones, from 1 on.
        answer: Vec<u32>,
    },
    /// A short text or number; `${…}` is computed from the run.
    Value {
        /// The right answer.
        answer: String,
    },
    /// These are to be put in order.
    Order {
        /// The items as they are shown.
        items: Vec<String>,
        /// Their right order, as numbers of items from 1 on.
        answer: Vec<u32>,
    },
    /// A field of the run is to be pointed at.
    PointAt {
        /// The field.
        answer: Place,
    },
    /// Free text, which a person grades.
    Text,
}

/// What is to be found or mended.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Which of the two.
    pub kind: TaskKind,
    /// Paths that may be changed.
    pub editable: Vec<String>,
    /// How many points the whole gives.
    pub points: u32,
    /// What must hold when it is mended.
    pub goals: Vec<Expect>,
    /// Repairs that must not pass.
    pub cheats: Vec<Vec<Edit>>,
    /// A repair that passes.
    pub solution: Vec<Edit>,
    /// For [`TaskKind::Find`]: the field that shows the fault.
    pub field: Option<Place>,
    /// Hints, each costing a part of the points.
    pub hints: Vec<String>,
    /// What was wrong, told when it is done.
    pub why: Option<String>,
}

/// The kinds of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// Mend the configuration.
    Fix,
    /// Find the fault: the title and the check are hidden until then.
    Find,
}

words!(TaskKind { Fix = "fix", Find = "find" });
