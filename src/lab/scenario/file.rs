//! The door to scenario files: a file that was read, with the variant and the edits that are in effect.

use super::document::{Document, Table, Value};
use super::edit;
use super::model::{Edit, Scenario, Variant};
use super::problem::{Problem, help};
use super::read::{self, Circumstances};
use std::sync::Arc;

/// A scenario file without problems.
///
/// Choosing a variant or making edits gives another one, and both can be done to it again; what comes later wins.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    name: Arc<str>,
    document: Arc<Document>,
    scenario: Arc<Scenario>,
    chosen: Option<String>,
    student: Option<Arc<str>>,
    dates_from: i64,
}

/// What a path goes through.
enum Inside<'d> {
    Table(&'d Table),
    List(&'d [Value]),
}

impl ScenarioFile {
    /// Reads the text of a file. The name is what it is called in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it. What is no TOML hides the rest.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::read_for(name, text, None)
    }

    /// Reads the text of a file for a student, whose number makes the seed where the file says `seed = "student"`.
    ///
    /// # Errors
    /// See [`read`](Self::read).
    pub fn read_for(name: &str, text: &str, student: Option<&str>) -> Result<Self, Vec<Problem>> {
        let document = Document::parse(text)?;
        let dates_from = read::clock(&document);
        let scenario = read::every_way(&document, Circumstances { student, variant: None, dates_from })?;
        Ok(Self {
            name: name.into(),
            document: Arc::new(document),
            scenario: Arc::new(scenario),
            chosen: None,
            student: student.map(Arc::from),
            dates_from,
        })
    }

    /// What it is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The scenario with the variant and the edits that are in effect.
    #[must_use]
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// The variants of the file.
    #[must_use]
    pub fn variants(&self) -> &[Variant] {
        &self.scenario.variants
    }

    /// The variant that is in effect, by its id.
    #[must_use]
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// The file with one of its variants.
    ///
    /// # Errors
    /// When there is no such variant, or when it does not go together with the edits that were made before.
    pub fn variant(&self, id: &str) -> Result<Self, Vec<Problem>> {
        let Some(edits) = read::variant_edits(&self.document, id) else {
            let known: Vec<&str> = self.variants().iter().map(|variant| variant.id.as_str()).collect();
            let (text, help) = (format!("there is no variant `{id}`"), help(id, "there are", &known));
            return Err(vec![Problem { line: 0, column: 0, length: 0, text, help: Some(help) }]);
        };
        self.again(self.document.edited(&edits), Some(id.to_owned()))
    }

    /// The file with values put in the places of others.
    ///
    /// # Errors
    /// When a path leads nowhere or a value does not fit; edits of the file itself were checked when it was read.
    pub fn with(&self, edits: &[Edit]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for edit in edits {
            if let Err((text, help)) = edit::check(self.document.root(), &edit.path) {
                problems.push(Problem { line: 0, column: 0, length: 0, text, help: Some(help) });
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        self.again(self.document.edited(&edit::outside(edits)), self.chosen.clone())
    }

    /// A problem with something that stands in the file: `ask.1.answer` is the answer of the second question. A part
    /// that is not there is told at what is around it.
    pub(crate) fn problem(&self, path: &str, text: String, help: Option<String>) -> Problem {
        let mut spot = None;
        let mut inside = Inside::Table(self.document.root());
        for part in path.split('.') {
            let found = match inside {
                Inside::Table(table) => table.entry(part).map(|entry| (&entry.key_at, &entry.value)),
                Inside::List(list) => part.parse().ok().and_then(|at: usize| list.get(at)).map(|item| (&item.at, item)),
            };
            let Some((at, value)) = found else { break };
            spot = Some(at);
            inside = match (value.as_table(), value.as_list()) {
                (Some(table), _) => Inside::Table(table),
                (None, Some(list)) => Inside::List(list),
                (None, None) => break,
            };
        }
        match spot {
            Some(spot) => self.document.problem(spot, text, help),
            None => Problem { line: 1, column: 1, length: 1, text, help },
        }
    }

    fn again(&self, document: Document, chosen: Option<String>) -> Result<Self, Vec<Problem>> {
        let (student, variant) = (self.student.as_deref(), chosen.as_deref());
        let scenario = read::scenario(&document, Circumstances { student, variant, dates_from: self.dates_from })?;
        Ok(Self { document: Arc::new(document), scenario: Arc::new(scenario), chosen, ..self.clone() })
    }
}
