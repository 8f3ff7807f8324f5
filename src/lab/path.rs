//! Paths of fields: how a field of a message is named in a scenario file, shown on a screen, copied and pointed at.
//!
//! This is the rule, and the only place that knows it:
//!
//! * A path begins inside the message (or the record, where there is none) and goes down, its names parted by `/`:
//!   `cert[0]/tbs/validity/notAfter`.
//! * A name is the standard's word (`notAfter`), or the field's name in the registry of the program
//!   (`tls.handshake.random`), or the last word of that (`random_tail`, where the standard has no single word).
//! * `ext.NAME` is an extension of a message or certificate. `cert` is a certificate, `tbs` what is signed in it.
//! * Levels may be left out: a name means the field closest to the top below the name before it.
//! * `[2]` is the third field of that name. On a field that stands alone it counts bytes, as does a second index:
//!   `random[0]` is the first byte, `random[24..32]` are the last eight.
//!   `[-1]` is the last one.
//! * `record/…` leaves the message for the record around it: `record/length`. `payload` is what a record carries.
//!
//! [`path_of`] writes the shortest path that leaves out nothing but the lists around things; [`find`] reads any.

use crate::base::{Node, Span, Tree, Value};
use std::fmt;
use std::ops::Range;

/// Short words for fields whose names are long.
const SHORT: &[(&str, &str)] = &[("x509.certificate", "cert"), ("x509.tbs_certificate", "tbs")];

/// Lists of extensions; what stands in them is called `ext.NAME`.
const EXTENSION_LISTS: &[&str] = &["tls.handshake.extensions", "x509.extensions"];

/// Levels that paths leave out, since they only hold what comes next.
const LEFT_OUT: &[&str] = &["tls.handshake.extensions", "x509.extensions", "tls.handshake.certificates"];

/// What a record carries, whatever it is called there.
const PAYLOAD: &str = "payload";
const RECORD: &str = "tls.record";
const RECORD_LENGTH: &str = "tls.record.length";

/// How many names an error lists.
const MAX_LISTED: usize = 24;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The field, by its place in the tree.
    pub node: usize,
    /// The bytes that are meant: those of the field, or some of them where the path ends in an index of bytes.
    pub span: Span,
    /// Whether the path says which byte or which of several fields is meant.
    pub indexed: bool,
}

/// A path that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathError {
    /// It cannot be read.
    Form(String),
    /// There is no such field; and what there is on that level.
    Missing {
        /// The part of the path that fails.
        part: String,
        /// The names that would do.
        there: Vec<String>,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => f.write_str(text),
            Self::Missing { part, there } if there.is_empty() => write!(f, "there is no field `{part}`"),
            Self::Missing { part, there } => {
                write!(f, "there is no field `{part}`; there are {}", there.join(", "))
            }
        }
    }
}

impl std::error::Error for PathError {}

/// Finds the field that `path` names. The empty path is the whole message.
///
/// # Errors
/// When the path cannot be read, or leads nowhere in this tree.
pub fn find(tree: &Tree, path: &str) -> Result<Found, PathError> {
    let Some(root) = main_root(tree) else { return Err(missing(tree, 0..0, path)) };
    let Some(whole) = tree.nodes().get(root) else { return Err(missing(tree, 0..0, path)) };
    let mut found = Found { node: root, span: whole.span, indexed: false };
    if path.is_empty() {
        return Ok(found);
    }
    let mut scope = inside(tree, root);
    for (level, text) in path.split('/').enumerate() {
        let part = Part::read(text)?;
        let mut alike = named(tree, scope.clone(), part.name);
        if alike.is_empty() && level == 0 {
            alike = roots(tree).filter(|index| is_named(tree, *index, part.name)).collect();
        }
        found = pick(tree, &alike, &part).ok_or_else(|| missing(tree, scope.clone(), text))?;
        scope = inside(tree, found.node);
    }
    Ok(found)
}

/// The path of the field at `index` of the tree, as screens show it; empty for the message itself.
#[must_use]
pub fn path_of(tree: &Tree, index: usize) -> String {
    let Some(root) = main_root(tree) else { return String::new() };
    let mut chain = vec![index];
    while let Some(parent) = chain.last().and_then(|last| parent(tree, *last)) {
        chain.push(parent);
    }
    chain.reverse();
    let mut path = Path { tree, parts: Vec::new(), scope: inside(tree, root) };
    if chain.first() == Some(&root) {
        chain.remove(0);
    }
    for (level, node) in chain.iter().enumerate() {
        let is_last = level + 1 == chain.len();
        let left_out = tree.nodes().get(*node).is_some_and(|node| LEFT_OUT.contains(&node.field.name));
        if is_last || !left_out || !path.reaches(chain.get(level + 1..).unwrap_or_default()) {
            path.push(*node);
        }
    }
    path.parts.join("/")
}

/// A path that is being written.
struct Path<'a> {
    tree: &'a Tree,
    parts: Vec<String>,
    scope: Range<usize>,
}

impl Path<'_> {
    /// Whether the next field can be named without naming the level that is left out.
    fn reaches(&self, below: &[usize]) -> bool {
        below.first().is_some_and(|next| self.name(*next).is_some())
    }

    fn push(&mut self, node: usize) {
        let name = self.name(node).or_else(|| self.tree.nodes().get(node).map(|node| node.field.name.to_owned()));
        self.parts.extend(name);
        self.scope = inside(self.tree, node);
    }

    /// The name that leads from here to `node`, with its index.
    fn name(&self, node: usize) -> Option<String> {
        let spellings = spellings(self.tree, node);
        spellings.into_iter().find_map(|name| {
            let mut alike = named(self.tree, self.scope.clone(), &name);
            if alike.is_empty() && self.parts.is_empty() {
                alike = roots(self.tree).filter(|index| is_named(self.tree, *index, &name)).collect();
            }
            let at = alike.iter().position(|other| *other == node)?;
            Some(if alike.len() > 1 || name == "cert" { format!("{name}[{at}]") } else { name })
        })
    }
}

/// One name of a path with its indexes.
struct Part<'a> {
    name: &'a str,
    indexes: Vec<Index>,
}

/// Some of several: the first of them, counted from the end where it is negative, and how many.
#[derive(Clone, Copy)]
struct Index {
    first: isize,
    count: usize,
}

impl Index {
    fn read(text: &str) -> Option<Self> {
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (from.parse::<usize>().ok()?, to.parse::<usize>().ok()?);
            let count = to.checked_sub(from).filter(|count| *count > 0)?;
            return Some(Self { first: isize::try_from(from).ok()?, count });
        }
        Some(Self { first: text.parse().ok()?, count: 1 })
    }

    /// Which of `length` are meant; `None` where there are not so many.
    fn among(self, length: usize) -> Option<Range<usize>> {
        let back = self.first.unsigned_abs();
        let start = if self.first < 0 { length.checked_sub(back)? } else { back };
        let end = start.checked_add(self.count)?;
        (end <= length).then_some(start..end)
    }
}

impl<'a> Part<'a> {
    fn read(text: &'a str) -> Result<Self, PathError> {
        let bad = |why: &str| Err(PathError::Form(format!("`{text}` is no part of a path: {why}")));
        let (name, mut rest) = text.split_once('[').map_or((text, None), |(name, rest)| (name, Some(rest)));
        if name.is_empty() {
            return bad("a name is missing");
        }
        let mut indexes = Vec::new();
        while let Some(open) = rest {
            let Some((index, behind)) = open.split_once(']') else { return bad("`]` is missing") };
            let Some(index) = Index::read(index) else {
                return bad("an index is a number, or two as in `[24..32]`");
            };
            indexes.push(index);
            rest = match behind.strip_prefix('[') {
                None if behind.is_empty() => None,
                None => return bad("nothing stands behind an index"),
                again => again,
            };
        }
        if indexes.len() > 2 {
            return bad("there are at most two indexes, which field and which byte");
        }
        Ok(Self { name, indexes })
    }
}

/// Which of the fields of that name is meant, and which of its bytes.
fn pick(tree: &Tree, alike: &[usize], part: &Part<'_>) -> Option<Found> {
    let first = *alike.first()?;
    let alone = alike.len() == 1 && counts_bytes(tree, first);
    let (which, bytes) = match part.indexes.as_slice() {
        [] => (None, None),
        [only] if alone => (None, Some(only)),
        [which] => (Some(which), None),
        [which, bytes, ..] => (Some(which), Some(bytes)),
    };
    let node = match which {
        Some(index) if index.count == 1 => *alike.get(index.among(alike.len())?.start)?,
        Some(_) => return None,
        None => first,
    };
    let whole = tree.nodes().get(node)?.span;
    let span = match bytes {
        Some(index) => {
            let range = index.among((whole.end - whole.start) as usize)?;
            let at = |offset: usize| Some(whole.start + u32::try_from(offset).ok()?);
            Span::new(whole.buffer, at(range.start)?, at(range.end)?)
        }
        None => whole,
    };
    Some(Found { node, span, indexed: !part.indexes.is_empty() })
}

/// Whether an index on this field counts bytes when it stands alone: where it is shown as bytes, or holds no others.
fn counts_bytes(tree: &Tree, index: usize) -> bool {
    let is_bytes = tree.nodes().get(index).is_some_and(|node| node.value == Value::Bytes);
    is_bytes || inside(tree, index).is_empty()
}

/// The message, where there is one: it stands behind the records that carry it.
fn main_root(tree: &Tree) -> Option<usize> {
    roots(tree).last()
}

fn roots(tree: &Tree) -> impl Iterator<Item = usize> {
    tree.nodes().iter().enumerate().filter(|(_, node)| node.depth == 0).map(|(index, _)| index)
}

fn inside(tree: &Tree, index: usize) -> Range<usize> {
    index + 1..tree.end_of(index)
}

fn parent(tree: &Tree, index: usize) -> Option<usize> {
    let depth = tree.nodes().get(index)?.depth;
    tree.nodes().get(..index)?.iter().rposition(|node| node.depth < depth)
}

/// The fields of that name that are closest to the top, in order.
fn named(tree: &Tree, scope: Range<usize>, name: &str) -> Vec<usize> {
    let depth = |index: &usize| tree.nodes().get(*index).map(|node| node.depth);
    let all: Vec<usize> = scope.filter(|index| is_named(tree, *index, name)).collect();
    let top = all.iter().filter_map(depth).min();
    all.into_iter().filter(|index| depth(index) == top).collect()
}

fn is_named(tree: &Tree, index: usize, name: &str) -> bool {
    let Some(node) = tree.nodes().get(index) else { return false };
    match name.strip_prefix("ext.") {
        Some(extension) => is_extension(tree, index) && is_word_of(node, extension),
        None if name == PAYLOAD && is_payload(tree, index) => true,
        None => node.field.name == name || is_word_of(node, name) || short(node) == Some(name),
    }
}

/// Whether it is the last field of a record, behind the header.
fn is_payload(tree: &Tree, index: usize) -> bool {
    let Some(record) = parent(tree, index) else { return false };
    let is_record = tree.nodes().get(record).is_some_and(|record| record.field.name == RECORD);
    let is_length = tree.nodes().get(index).is_some_and(|node| node.field.name == RECORD_LENGTH);
    is_record && !is_length && tree.end_of(index) == tree.end_of(record)
}

fn is_word_of(node: &Node, word: &str) -> bool {
    node.field.label == word || last_word(node) == word
}

fn is_extension(tree: &Tree, index: usize) -> bool {
    let list = parent(tree, index).and_then(|parent| tree.nodes().get(parent));
    list.is_some_and(|list| EXTENSION_LISTS.contains(&list.field.name)) && !inside(tree, index).is_empty()
}

fn last_word(node: &Node) -> &'static str {
    node.field.name.rsplit('.').next().unwrap_or(node.field.name)
}

fn short(node: &Node) -> Option<&'static str> {
    SHORT.iter().find(|(name, _)| *name == node.field.name).map(|(_, short)| *short)
}

/// What a field can be called, best first.
fn spellings(tree: &Tree, index: usize) -> Vec<String> {
    let Some(node) = tree.nodes().get(index) else { return Vec::new() };
    let is_word =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let mut names = Vec::new();
    if is_payload(tree, index) {
        names.push(PAYLOAD.to_owned());
    }
    let word = if is_word(node.field.label) { node.field.label } else { last_word(node) };
    if is_extension(tree, index) {
        names.push(format!("ext.{word}"));
    }
    names.extend(short(node).map(str::to_owned));
    names.push(word.to_owned());
    names.push(last_word(node).to_owned());
    names.push(node.field.name.to_owned());
    names
}

fn missing(tree: &Tree, scope: Range<usize>, part: &str) -> PathError {
    let depth = tree.nodes().get(scope.start).map(|node| node.depth);
    let mut there: Vec<String> = Vec::new();
    for index in scope.filter(|index| tree.nodes().get(*index).map(|node| node.depth) == depth) {
        let names = spellings(tree, index);
        if let Some(name) = names.into_iter().next().filter(|name| !there.contains(name)) {
            there.push(name);
        }
    }
    there.truncate(MAX_LISTED);
    PathError::Missing { part: part.to_owned(), there }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::attack::sample::trees;

    #[test]
    fn every_field_of_every_sample_is_found_again_by_its_path() {
        let mut count = 0;
        for (name, tree) in trees() {
            for index in 0..tree.nodes().len() {
                let path = path_of(&tree, index);
                let found = find(&tree, &path).unwrap_or_else(|error| panic!("{name}: {path}: {error}"));
                assert_eq!(found.node, index, "{name}: {path}");
                assert_eq!(found.span, tree.nodes()[index].span, "{name}: {path}");
                count += 1;
            }
        }
        assert!(count > 5000, "{count}");
    }

    fn tree(name: &str, event: usize) -> Tree {
        let name = format!("{name} event {event}");
        trees().into_iter().find(|(other, _)| *other == name).unwrap().1
    }

    #[test]
    fn paths_are_short_and_use_the_words_of_the_standard() {
        let hello = tree("one-way-tls12", 0);
        let paths: Vec<_> = (0..hello.nodes().len()).map(|index| path_of(&hello, index)).collect();
        for path in
            ["", "random", "legacy_session_id", "cipher_suites", "ext.supported_groups", "length", "record/length"]
        {
            assert!(paths.iter().any(|other| other == path), "{path} is not in {paths:#?}");
        }
        let certificate = trees().into_iter().find(|(_, tree)| find(tree, "cert[0]/tbs").is_ok()).unwrap().1;
        let at = find(&certificate, "cert[0]/tbs/validity/notAfter").unwrap();
        assert_eq!(path_of(&certificate, at.node), "cert[0]/tbs/validity/notAfter");
        for same in ["notAfter", "x509.not_after", "certificate_list/cert/validity/not_after", "cert[0]/notAfter"] {
            assert_eq!(find(&certificate, same).map(|found| found.node), Ok(at.node), "{same}");
        }
    }

    #[test]
    fn indexes_count_fields_where_there_are_several_and_bytes_where_there_is_one() {
        let hello = tree("one-way-tls12", 0);
        let random = find(&hello, "random").unwrap().span;
        let start = random.start;
        let cases = [
            ("random[0]", start, start + 1),
            ("random[24..32]", start + 24, start + 32),
            ("random[-1]", start + 31, start + 32),
            ("record/payload[0]", 5, 6),
            ("legacy_version[1]", start - 1, start),
            ("record/legacy_record_version", 1, 3),
        ];
        for (path, from, to) in cases {
            let span = find(&hello, path).unwrap().span;
            assert_eq!((span.start, span.end), (from, to), "{path}");
        }
        let list = find(&hello, "cipher_suites").unwrap().span;
        let (list, suites) = (list.start, list.len() / 2);
        assert_eq!(find(&hello, "cipher_suite[1]").unwrap().span.start, list + 2);
        assert_eq!(find(&hello, "cipher_suite[-1][0]").unwrap().span.start, list + 2 * (suites - 1));
        assert_eq!(find(&hello, "cipher_suite[1][1]").unwrap().span.start, list + 3);
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is() {
        let hello = tree("one-way-tls12", 0);
        let cases = [
            ("randum", "there is no field `randum`; there are msg_type, length, legacy_version, random"),
            ("random/x", "there is no field `x`; there are gmt_unix_time"),
            ("random[-40]", "there is no field `random[-40]`"),
            ("random[32..24]", "`random[32..24]` is no part of a path"),
            ("random[40]", "there is no field `random[40]`"),
            ("random[", "`random[` is no part of a path: `]` is missing"),
            ("random[b]", "`random[b]` is no part of a path: an index is a number"),
            ("/random", "`` is no part of a path: a name is missing"),
        ];
        for (path, says) in cases {
            let error = find(&hello, path).unwrap_err().to_string();
            assert!(error.starts_with(says), "{path}: {error}");
        }
        assert!(find(&Tree::on(), "random").is_err());
    }
}
