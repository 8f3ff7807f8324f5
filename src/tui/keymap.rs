//! The one table of keys: dispatch, hint line, help, palette, configuration and README all read it.
//!
//! A key that works is in the table, and what is in the table works; the tests at the end hold both.

mod command;
mod table;

pub use command::Command;
pub use table::BINDINGS;

use super::key::Key;
use super::screen::ScreenId;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where a binding holds: everywhere, on one screen, or in one overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Wherever no text prompt is open and the context on top has no binding of its own for the key.
    Global,
    /// A screen.
    Screen(ScreenId),
    /// Any prompt that takes text; it gets every key that is not bound in this context.
    Prompt,
    /// A list to choose from: copy and export menus, the choice of a theme.
    Menu,
    /// The help overlay and other pages of text.
    Page,
    /// A question to be answered with yes or no.
    Confirm,
    /// A page whose rows lead to what shows it.
    Reasons,
}

impl Context {
    /// The heading over its bindings.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Screen(screen) => screen.title(),
            Self::Prompt => "Prompts",
            Self::Menu => "Menus",
            Self::Page => "Text pages",
            Self::Confirm => "Questions",
            Self::Reasons => "Reasons",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// Its keys as [`Key::parse`] reads them; the first is the one that hints show.
    pub keys: &'static [&'static str],
    /// What it asks for.
    pub command: Command,
    /// A word or two for the hint line; empty keeps it out of there.
    pub hint: &'static str,
    /// What it does, in at most 40 characters.
    pub help: &'static str,
}

/// The table with the keys that the configuration changed.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<(&'static Binding, Vec<Key>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = |row: &Binding| row.keys.iter().filter_map(|key| Key::parse(key)).collect();
        Self { rows: BINDINGS.iter().map(|row| (row, keys(row))).collect() }
    }
}

impl Keymap {
    /// The table with the keys of some commands replaced, by command name. What cannot be used is told in sentences.
    #[must_use]
    pub fn with(changes: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let mut keymap = Self::default();
        let mut problems = Vec::new();
        for (name, keys) in changes {
            let parsed: Vec<Key> = keys.iter().filter_map(|key| Key::parse(key)).collect();
            if parsed.len() < keys.len() {
                problems.push(format!("keys.{name}: not every key is known"));
            }
            if !Command::ALL.iter().any(|command| command.name() == name) {
                problems.push(format!("keys.{name}: no such command"));
            }
            for (binding, keys) in &mut keymap.rows {
                if binding.command.name() == name && !matches!(binding.context, Context::Prompt) {
                    keys.clone_from(&parsed);
                }
            }
        }
        problems.extend(keymap.clashes());
        (keymap, problems)
    }

    /// What a key asks for in a context: the context's own row first, then, but for prompts and questions, the row that
    /// holds everywhere.
    #[must_use]
    pub fn command(&self, context: Context, key: Key) -> Option<Command> {
        let find = |wanted: Context| {
            self.rows
                .iter()
                .find(|(row, keys)| row.context == wanted && keys.contains(&key))
                .map(|(row, _)| row.command)
        };
        let closed = matches!(context, Context::Prompt | Context::Confirm);
        find(context)
            .or_else(|| if closed { None } else { find(Context::Global) })
            .or_else(|| find(Context::Global).filter(|command| *command == Command::Quit))
    }

    /// The rows of a context.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &'static Binding> {
        self.rows.iter().map(|(row, _)| *row).filter(move |row| row.context == context)
    }

    /// The keys of a row as people read them: `j Down`.
    #[must_use]
    pub fn keys(&self, binding: &Binding) -> String {
        let keys = self.rows.iter().find(|(row, _)| std::ptr::eq(*row, binding)).map(|(_, keys)| keys.as_slice());
        keys.unwrap_or_default().iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Key and word of each hint of a context, its own first, then those that hold everywhere.
    #[must_use]
    pub fn hints(&self, context: Context) -> Vec<(String, &'static str)> {
        let closed =
            matches!(context, Context::Prompt | Context::Confirm | Context::Menu | Context::Page | Context::Reasons);
        let of = |wanted: Context| {
            self.rows
                .iter()
                .filter(move |(row, _)| row.context == wanted && !row.hint.is_empty())
                .filter_map(|(row, keys)| keys.first().map(|key| (key.to_string(), row.hint)))
        };
        let mut hints: Vec<_> = of(context).collect();
        if !closed {
            hints.extend(of(Context::Global));
        }
        hints
    }

    /// Keys that two rows of a context share.
    fn clashes(&self) -> Vec<String> {
        let mut seen: BTreeMap<(Context, String), &'static str> = BTreeMap::new();
        let mut problems = Vec::new();
        for (row, keys) in &self.rows {
            for key in keys {
                if let Some(other) = seen.insert((row.context, key.to_string()), row.command.name()) {
                    let place = row.context.title();
                    problems.push(format!("{place}: {key} is bound to {other} and to {}", row.command.name()));
                }
            }
        }
        problems
    }
}

/// The table as Markdown, for the README.
#[must_use]
pub fn markdown() -> String {
    let keymap = Keymap::default();
    let mut out = String::new();
    let mut context = None;
    let mut rows: Vec<&Binding> = BINDINGS.iter().collect();
    rows.sort_by_key(|row| row.context);
    for row in rows {
        if context != Some(row.context) {
            context = Some(row.context);
            let _ = write!(out, "\n### {}\n\n| key | what it does |\n|---|---|\n", row.context.title());
        }
        let keys: Vec<String> =
            keymap.keys(row).split(' ').map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
        let _ = writeln!(out, "| {} | {} |", keys.join(" "), row.help);
    }
    out.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_is_bound_twice_in_a_context() {
        assert_eq!(Keymap::default().clashes(), Vec::<String>::new());
    }

    #[test]
    fn every_command_has_a_key_and_every_key_can_be_read() {
        let bound: BTreeSet<Command> = BINDINGS.iter().map(|row| row.command).collect();
        let missing: Vec<_> = Command::ALL.iter().filter(|command| !bound.contains(command)).collect();
        assert!(missing.is_empty(), "{missing:?} cannot be reached");
        for row in BINDINGS {
            assert!(!row.keys.is_empty(), "{row:?}");
            for key in row.keys {
                assert!(Key::parse(key).is_some(), "{key} of {row:?}");
            }
        }
    }

    #[test]
    fn helps_are_short_sentences_and_hints_are_words() {
        for row in BINDINGS {
            assert!(!row.help.is_empty() && row.help.chars().count() <= 40, "{}", row.help);
            assert!(row.hint.chars().count() <= 16, "{}", row.hint);
        }
    }

    #[test]
    fn no_screen_shadows_a_key_that_holds_everywhere() {
        let global: BTreeSet<_> =
            BINDINGS.iter().filter(|row| row.context == Context::Global).flat_map(|row| row.keys).collect();
        for row in BINDINGS.iter().filter(|row| matches!(row.context, Context::Screen(_))) {
            for key in row.keys {
                assert!(!global.contains(key), "{key} of {} hides the one that holds everywhere", row.context.title());
            }
        }
    }

    #[test]
    fn the_configuration_moves_a_command_and_is_told_what_it_broke() {
        let (keymap, problems) = Keymap::with(&BTreeMap::from([("sort".to_owned(), vec!["z".to_owned()])]));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(keymap.command(Context::Screen(ScreenId::Sessions), Key::parse("z").unwrap()), Some(Command::Sort));
        assert_eq!(keymap.command(Context::Screen(ScreenId::Sessions), Key::parse("s").unwrap()), None);
        let (_, problems) = Keymap::with(&BTreeMap::from([
            ("sort".to_owned(), vec!["S".to_owned()]),
            ("nonsense".to_owned(), vec!["hello".to_owned()]),
        ]));
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn a_prompt_owns_every_key_but_the_one_that_always_ends() {
        let keymap = Keymap::default();
        assert_eq!(keymap.command(Context::Prompt, Key::parse("q").unwrap()), None);
        assert_eq!(keymap.command(Context::Prompt, Key::parse("C-c").unwrap()), Some(Command::Quit));
        assert_eq!(keymap.command(Context::Confirm, Key::parse("C-c").unwrap()), Some(Command::Quit));
    }
}
