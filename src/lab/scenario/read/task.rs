//! The task: what is to be mended or found.

use super::Reading;
use crate::lab::scenario::document::Value;
use crate::lab::scenario::fields::Fields;
use crate::lab::scenario::model::{Task, TaskKind};
use crate::lab::scenario::problem::help;

impl Reading<'_, '_> {
    pub(super) fn task(&mut self, top: Fields<'_>) -> Option<Task> {
        top.given("task")?;
        let fields = top.table("task")?;
        let kind = fields.word("kind", TaskKind::from_word)?;
        let editable = fields.texts("editable");
        let cheats = fields.tables("cheat");
        self.within(fields, "solution", &editable);
        for cheat in &cheats {
            self.within(*cheat, "edit", &editable);
        }
        for key in ["editable", "goal"] {
            if fields.given(key).and_then(Value::as_list).is_some_and(<[Value]>::is_empty) {
                self.faults.add(
                    fields.spot(key),
                    "the list is empty",
                    "there is something to change, and something to reach",
                );
            }
        }
        Some(Task {
            kind,
            editable,
            points: fields.number("points").unwrap_or_default(),
            goals: fields.tables("goal").into_iter().map(|goal| self.expect(top, goal)).collect(),
            cheats: cheats.iter().map(|cheat| cheat.edits("edit")).collect(),
            solution: fields.edits("solution"),
            field: fields.place("field"),
            hints: fields.texts("hint"),
            why: fields.text("why"),
        })
    }

    /// Whoever solves the task can change the editable paths and nothing else.
    fn within(&mut self, fields: Fields<'_>, key: &'static str, editable: &[String]) {
        let entries = fields.given(key).and_then(Value::as_table).map(|table| table.entries.as_slice());
        for entry in entries.unwrap_or_default() {
            if !editable.contains(&entry.key) {
                let allowed: Vec<&str> = editable.iter().map(String::as_str).collect();
                let text = format!("`{}` is not among the editable paths", entry.key);
                self.faults.add(&entry.key_at, text, help(&entry.key, "editable are", &allowed));
            }
        }
    }
}
