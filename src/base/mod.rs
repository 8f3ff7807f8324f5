//! The ground floor: byte spans, the reader that cannot panic, expert notes, field trees, and safe printing.
//!
//! Every other room stands on this one. It must not know a protocol: whatever needs the words record, packet or
//! certificate to be explained belongs further up.
//!
//! ```text
//!   bytes ─► Reader ─► values ─┬─► Tree   (what a field is called, where it lies, what it says)
//!                  Span ───────┘    Note   (what was odd about it)
//!   text from the wire ─► printable / hex ─► anything a person or a terminal sees
//! ```

mod count;
mod hex;
mod nearest;
mod note;
mod print;
mod reader;
mod span;
mod tree;

pub(crate) use tree::fields;

pub use count::counted;
pub use hex::{hex, hex_colon, parse_hex};
pub use nearest::nearest;
pub use note::{Group, Note, Severity};
pub use print::{is_printable, printable, printable_bytes};
pub use reader::Reader;
pub use span::{BufferId, Span};
pub use tree::{Field, Node, Tree, Value};
