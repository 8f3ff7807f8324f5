//! What lies over a screen: prompts, menus, pages of text, questions.
//!
//! An overlay is a [`Screen`](super::screen::Screen) that was pushed; its context says which keys hold while it is on
//! top. `menu` and `page` are made to be filled by screens; the others have one purpose each.

pub mod confirm;
pub mod copy;
pub mod edit_value;
pub mod export;
pub mod filter_bar;
pub mod find;
pub mod give_keys;
pub mod help;
pub mod menu;
pub mod number;
pub mod open_file;
pub mod page;
pub mod palette;
pub mod path;
pub mod question;
pub mod reasons;
pub mod save_as;
