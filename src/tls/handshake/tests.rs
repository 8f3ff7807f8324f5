//! Handshake messages as data: bytes in; facts, notes and tree lines out.

mod cases;
mod facts;
mod oracle;
mod totality;

use super::*;
use crate::base::{BufferId, Node, Note, Span, parse_hex};
use crate::tls::code::{CipherSuite, ProtocolVersion};
use cases::CASES;
use std::fmt::Write as _;

/// A small self-signed certificate.
const CERTIFICATE: &str = "3081d230818502143e381889f366e55dbd88fa320e22288a458aaf66300506032b6570300c310a300806035504\
    030c0161301e170d3236313132323032313535305a170d3336313131393032313535305a300c310a3008060355\
    04030c0161302a300506032b65700321004bf399e948d4415a7d7a3fee3b10fe41510d64a1e681b21acdf712ee\
    78b009ef300506032b657003410037dab8437061f22c908d9e9566e45a712673f9737513a3b603013fd928b007\
    8fe8480d7cda877bf1b9ebd921fa4bba64632bae8898003136769962925bfb140d";

/// Which fields are of this room: what certificates and extensions add below theirs is tested there.
fn is_ours(node: &Node) -> bool {
    fields().contains(&node.field)
}

fn context(version: Option<u16>) -> Context {
    Context { version: version.map(ProtocolVersion), ..Context::default() }
}

fn bytes(hex: &str) -> Vec<u8> {
    parse_hex(hex).expect("tests are written in hexadecimal")
}

/// A message with its header.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

fn read_all(bytes: &[u8], context: &Context, mut tree: Tree) -> (Option<Message>, Tree) {
    let reader = Reader::new(bytes, BufferId(0));
    let facts = read_with_header(reader, context, &mut Cache::new(), &mut tree);
    (facts, tree)
}

/// One line for each field of this room, then one for each note.
fn lines(tree: &Tree, bytes: &[u8]) -> Vec<String> {
    let fields = tree.nodes().iter().filter(|node| is_ours(node)).map(|node| line(node, tree, bytes));
    fields.chain(tree.notes().iter().map(note_line)).collect()
}

fn line(node: &Node, tree: &Tree, bytes: &[u8]) -> String {
    let mut line = "  ".repeat(usize::from(node.depth));
    line.push_str(node.field.label);
    // Names of authorities are another room's matter.
    let is_foreign = node.field == &fields::AUTHORITY;
    let _ = match &node.value {
        _ if is_foreign => Ok(()),
        Value::Number(number) => write!(line, " {number}"),
        // The names of the large registries belong to another table.
        Value::Named(number, 0, name) => write!(line, " {name} ({number})"),
        Value::Named(number, digits, _) | Value::Hex(number, digits) => {
            write!(line, " 0x{number:0width$x}", width = usize::from(*digits))
        }
        Value::Text(text) => write!(line, " {text}"),
        Value::Bytes => write!(line, " {}", crate::base::hex(bytes_of(node.span, tree, bytes))),
        Value::Time(time) => write!(line, " {}s", time / 1_000_000_000),
        _ => Ok(()),
    };
    let _ = write!(line, " @{}+{}", node.span.start, node.span.len());
    line
}

fn note_line(note: &Note) -> String {
    let span = note.span.expect("each note of a reader has its bytes");
    format!("! {} {} @{}+{}", note.severity.word(), note.code, span.start, span.len())
}

fn bytes_of<'a>(span: Span, tree: &'a Tree, bytes: &'a [u8]) -> &'a [u8] {
    if span.buffer < Tree::FIRST_DERIVED {
        return span.of(bytes);
    }
    let index = usize::from(span.buffer.0 - Tree::FIRST_DERIVED.0);
    span.of(&tree.derived()[index].1)
}

#[test]
fn each_message_gives_its_tree_and_notes() {
    let mut wrong = String::new();
    for case in CASES {
        let bytes = bytes(case.hex);
        let (_, tree) = read_all(&bytes, &context(case.version), Tree::on());
        let lines = lines(&tree, &bytes);
        if lines != case.tree {
            let _ = writeln!(wrong, "=== {}\n{}\n--- end", case.name, lines.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "these trees differ:\n{wrong}");
}

#[test]
fn every_named_type_has_a_row_of_its_own() {
    for row in HandshakeType::TABLE {
        let kind = HandshakeType(row.value);
        let field = fields::message(kind, row.value == 6);
        let title = kind.title().unwrap_or_default();
        assert!(field.label.eq_ignore_ascii_case(title) || field.label == row.name, "{title}: {}", field.label);
    }
}
