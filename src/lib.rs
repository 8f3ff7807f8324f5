//! tlslab shows what a TLS connection really did: it opens captures, finds every TLS session in them, decodes each
//! byte of the handshake, and says how each session went.
//!
//! # The way of the data
//!
//! ```text
//!  file ─► packets ─► datagrams ─► flows ─► byte streams ─► records ─► messages ─► session ─┬─► tui
//!          (store)      net         net        net            tls        tls       session  └─► report ─► cli
//!                                                             x509 ┘
//! ```
//!
//! One way, no back and forth. Bytes are borrowed on this way, and what is kept is small. A field tree, in which every
//! field has its name, its bytes and its value, is made for what somebody looks at, by the same readers.
//!
//! # The rooms
//!
//! A room names only rooms that stand above it in this table; a test reads the sources and holds this.
//!
//! | room | its one concern | must not know |
//! |---|---|---|
//! | [`base`] | byte spans, the reader that cannot panic, notes, field trees, safe printing | protocols |
//! | [`net`] | link layers, tunnels, IP, TCP and UDP; flows; reassembly; what is said before TLS | TLS |
//! | [`x509`] | certificates, OCSP responses, timestamps of logs, names, chains by name | sockets, clocks |
//! | [`tls`] | records, messages, extensions, alerts, code points, fingerprints | flows, sessions |
//! | [`session`] | one connection: facts, timeline, outcome; what can be asked of it | views |
//! | [`capture`] | files in and out, the dissector, the index of frames, one session in detail | views |
//! | [`report`] | JSON, text, Markdown | threads, the terminal |
//! | [`tui`] | the screens: state, update, view | how packets become sessions |
//! | [`cli`] | arguments, commands, exit statuses; the only room that prints | |
//!
//! # What always holds
//!
//! 1. Decoding is total. Bad bytes give what could be read, and a [`Note`](base::Note); never an error, never a panic.
//! 2. What is decoded depends on the packets and the settings alone. There is no clock, no thread and no file in
//!    `base`, `net`, `x509`, `tls` and `session`. Packet by packet gives the same as all at once.
//! 3. Every fact points at its bytes.
//! 4. Each structure has one reader. Facts and field trees come from the same code.
//! 5. Memory has a ceiling: for a stream, a message, a session, a capture. A limit that was reached is a note.
//! 6. What is unknown is shown as unknown, and what was not checked is not claimed.
//! 7. Text from the wire is hostile. It reaches people through [`printable`](base::printable) alone.

pub mod base;
pub mod capture;
pub mod cli;
pub mod net;
pub mod report;
pub mod session;
pub mod tls;
pub mod tui;
pub mod x509;
