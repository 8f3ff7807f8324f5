//! The screens: one state, one way to change it, one way to draw it.
//!
//! ```text
//!   terminal events ┐                         ┌─► view(&App, &mut Frame)      changes nothing
//!   snapshots       ├─► Msg ─► update(&mut App, Msg)
//!   results of work ┘                         └─► Vec<Effect> ─► worker ─► Msg …   does everything else
//! ```
//!
//! `update` does no I/O and reads no clock: a test is a state, a script of keys and what came of it. The model holds
//! what is shown, each fact once; a screen holds its cursor and scroll position and asks for changes of the model by
//! returning them. The room must not know how packets become sessions, nor print anything but through the terminal.
//!
//! | file | its concern |
//! |---|---|
//! | `app` | the state, and `update`: what is told, what commands and screens ask for, what is needed then |
//! | `model` | what is shown: capture, selection, marks, filter, order, settings |
//! | `view` | title line, content, hint line; boxes for overlays |
//! | `screen` | what a screen is, and one file for each |
//! | `overlay` | prompts, menus, pages of text, questions |
//! | `keymap`, `key` | the one table of keys |
//! | `theme` | colours and signs by meaning; no other file names a colour |
//! | `column`, `words`, `clock`, `zone`, `text`, `prompt` | what lists show, and how text fits into cells |
//! | `subject` | what the Detail screen shows, dissected once for all who look at it |
//! | `schedule` | the key schedule, made ready while its screen is on top |
//! | `checks` | the words and signs of a check ladder |
//! | `event`, `value`, `explain` | events, values and fields in words |
//! | `filter`, `rows` | the one place that asks what a filter means; which rows pass it, in which order |
//! | `keys` | what is told of the keys that captures are opened with |
//! | `live` | a capture that goes on: what is told of it, and what would be lost |
//! | `same` | knowing again what was seen before |
//! | `frame_lines` | the headers of the frames that are in sight |
//! | `following` | the application data of a session, as far as it is in sight |
//! | `effect`, `worker` | what is asked of the world, and the doing of it |
//! | `terminal`, `input`, `run` | the terminal's modes, what comes from it, and the loop |
//! | `settings`, `config` | what can be set, and the file that it is kept in |
//!
//! # To add a screen
//! 1. A file in `screen/` with a type that implements [`screen::Screen`].
//! 2. A variant of [`screen::ScreenId`], with its place in `ALL`, its title, and an arm in `open`.
//! 3. Rows in [`keymap::BINDINGS`] under `Context::Screen(…)`. Moving, going back and going to other screens need
//!    none: what holds everywhere arrives as the same [`keymap::Command`]s. A new command is one line in `commands!`.
//! 4. Snapshots at three sizes: a line in the table of `tests`.
//!
//! # To add an overlay
//! Menus and pages of text are there to be filled: return
//! `Outcome::go(Navigate::Push(Box::new(Menu::new(title, choices))))` from a screen's `update`. One of another kind
//! is a file in `overlay/` that implements the same trait with the context `Prompt`, `Menu`, `Page` or `Confirm`.
//!
//! # What a screen can rely on
//! * `model.selected()` is the session under the cursor. A screen whose `needs_detail` is true gets
//!   `model.detail` loaded for it, and loaded anew when the selection changes (`[` and `]`).
//! * `model.subject` says which event, frame or certificate the Detail screen is to show; the screen that opens it
//!   returns `Change::Subject` and `Navigate::Go(ScreenId::Detail)`.
//! * `view` gets [`view::content_area`] of the model's size, so `update` can compute pages from the same layout.
//! * Text from the wire goes through `base::printable` before it is drawn; `text` has what makes it fit.

pub mod app;
mod checks;
pub mod clock;
pub mod column;
pub mod config;
pub mod effect;
pub mod event;
pub mod explain;
pub mod filter;
pub mod findings;
#[cfg(test)]
mod fixture;
pub mod following;
pub mod frame_lines;
mod input;
pub mod key;
pub mod keymap;
pub mod keys;
pub mod lab;
pub mod live;
pub mod model;
pub mod overlay;
mod password;
pub mod prompt;
mod rows;
mod run;
mod same;
pub mod schedule;
pub mod screen;
pub mod settings;
pub mod subject;
mod terminal;
#[cfg(test)]
mod tests;
pub mod text;
pub mod theme;
pub mod value;
pub mod verdict;
pub mod view;
pub mod words;
mod worker;
pub mod zone;

pub use app::{App, Msg, open, update};
pub use live::LiveStart;
pub use password::read_password;
pub use run::{Options, PATIENCE, run};
pub use view::view;
