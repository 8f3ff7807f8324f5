//! The node under the cursor: how it is made, of what, what came of it, and what it is for.

use crate::base::{hex, printable};
use crate::tls::decrypt::derivation::{Derivation, Input, InputValue, Node, Operation, Origin, Output};
use crate::tui::keymap::{Command, Context, Keymap};
use crate::tui::screen::ScreenId;
use crate::tui::text;
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};

/// What the pane is drawn with.
pub(super) struct View<'a> {
    pub(super) derivation: &'a Derivation,
    pub(super) revealed: bool,
    /// The input under the cursor, where the pane has the focus.
    pub(super) chosen: Option<usize>,
    pub(super) cells: usize,
}

impl View<'_> {
    /// The lines of a node; `remarks` stand before it.
    pub(super) fn lines(&self, node: &Node, remarks: &[String], keymap: &Keymap, theme: &Theme) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for remark in remarks {
            self.wrap(remark, theme.note, &mut lines);
        }
        self.heading(node, theme, &mut lines);
        lines.push(Line::default());
        if node.operation != Operation::Heading {
            let label = if node.operation == Operation::Input { "" } else { " of" };
            lines.push(Line::styled(format!("{}{label}", node.operation.name()), theme.accent));
            let names = node.inputs.iter().map(|input| text::width(input.name)).max().unwrap_or(0);
            for (index, input) in node.inputs.iter().enumerate() {
                self.input(index, input, names.min(self.cells / 3), theme, &mut lines);
            }
            lines.push(Line::default());
            self.output(node, keymap, theme, &mut lines);
            lines.push(Line::default());
        }
        self.wrap(node.text(), theme.text, &mut lines);
        lines
    }

    fn wrap(&self, words: &str, style: ratatui::style::Style, lines: &mut Vec<Line<'static>>) {
        lines.extend(text::wrap(words, self.cells).into_iter().map(|line| Line::styled(line, style)));
    }

    fn heading(&self, node: &Node, theme: &Theme, lines: &mut Vec<Line<'static>>) {
        let reference = node.reference();
        let (name, beside) = (text::width(&node.name), text::width(reference));
        if name + 2 + beside > self.cells {
            self.wrap(&node.name, theme.strong, lines);
            return self.wrap(reference, theme.muted, lines);
        }
        lines.push(Line::from(vec![
            Span::styled(text::left(&node.name, self.cells - beside), theme.strong),
            Span::styled(reference, theme.muted),
        ]));
    }

    fn input(&self, index: usize, input: &Input, column: usize, theme: &Theme, lines: &mut Vec<Line<'static>>) {
        let (words, is_link, is_known) = self.words(&input.value);
        let wrapped = text::wrap(&words, self.cells.saturating_sub(column + 5).max(8));
        let chosen = self.chosen == Some(index) && is_link;
        for (row, line) in wrapped.into_iter().enumerate() {
            let name = if row == 0 { input.name } else { "" };
            let sign = match (row, is_link, is_known) {
                (0, true, true) => theme.glyphs.ok,
                (0, true, false) => theme.glyphs.suspect,
                _ => " ",
            };
            let cursor = if chosen && row == 0 { theme.glyphs.cursor } else { " " };
            let head = format!("{cursor} {}", text::left(&text::shorten_end(name, column, &theme.glyphs), column));
            if chosen {
                lines.push(Line::styled(text::left(&format!("{head} {sign} {line}"), self.cells), theme.selected));
                continue;
            }
            let style = if is_link { theme.accent } else { theme.text };
            lines.push(Line::from(vec![
                Span::styled(head, theme.muted),
                Span::styled(format!(" {sign} "), if is_known { theme.ok } else { theme.encrypted }),
                Span::styled(line, style),
            ]));
        }
    }

    /// What an input is, whether it leads anywhere, and whether its value is known.
    fn words(&self, value: &InputValue) -> (String, bool, bool) {
        match value {
            InputValue::Node(id) => {
                let node = self.derivation.nodes.get(*id);
                let words = node.map(|node| match node.operation {
                    Operation::TranscriptHash => format!("the hash {} ({})", node.name, node.remark),
                    _ => node.name.clone(),
                });
                let words = words.unwrap_or_default().replace(" ()", "");
                (words, true, node.is_some_and(|node| !node.is_unknown()))
            }
            InputValue::Message { text, .. } => (text.clone(), true, true),
            InputValue::Text(text) => (printable(text), false, true),
            InputValue::Bytes(bytes) if bytes.is_empty() => ("empty".to_owned(), false, true),
            InputValue::Bytes(bytes) => (hex(bytes), false, true),
        }
    }

    fn output(&self, node: &Node, keymap: &Keymap, theme: &Theme, lines: &mut Vec<Line<'static>>) {
        match &node.output {
            Output::Nothing => {}
            Output::Words(words) => self.wrap(&printable(words), theme.strong, lines),
            Output::Unknown(why) => {
                let words = format!("{} not known: {why}.", theme.glyphs.suspect);
                self.wrap(&words, theme.encrypted, lines);
            }
            Output::Known { value, origin, confirmed } => {
                let bytes = value.bytes();
                if node.is_secret && !self.revealed {
                    let context = Context::Screen(ScreenId::Schedule);
                    let row = keymap.of(context).find(|row| row.command == Command::Reveal);
                    let key = row.map(|row| keymap.keys(row)).unwrap_or_default();
                    let words = format!("{} {} bytes, hidden: {key} shows them", theme.glyphs.ok, bytes.len());
                    self.wrap(&words, theme.strong, lines);
                } else {
                    lines.push(Line::styled(format!("{} {} bytes", theme.glyphs.ok, bytes.len()), theme.strong));
                    // Whole bytes in each line, so that lengths can be counted.
                    let column = (self.cells / 2).clamp(1, 32);
                    lines.extend(bytes.chunks(column).map(|row| Line::styled(hex(row), theme.strong)));
                }
                let style = if *confirmed == Some(false) { theme.failed } else { theme.muted };
                self.wrap(&origin_words(*origin, *confirmed, node), style, lines);
            }
        }
    }
}

/// Where a value came from, and whether a second source agrees.
fn origin_words(origin: Origin, confirmed: Option<bool>, node: &Node) -> String {
    let other = if node.is_secret { "the key log" } else { "the message on the wire" };
    match (origin, confirmed) {
        (Origin::Computed, None) => "computed from its inputs".to_owned(),
        (Origin::Computed, Some(true)) => format!("computed from its inputs, and {other} has the same"),
        (Origin::Computed, Some(false)) => format!(
            "computed from its inputs, and {other} has another value: something of the handshake was changed on its \
             way, or the secret is that of another connection"
        ),
        (Origin::KeyLog(label), _) => format!("from a key log, line {}", label.word()),
        (Origin::Learned, _) => {
            "found out with another key that was given: a private key, a pre-shared key, or that of another connection"
                .to_owned()
        }
        (Origin::PrivateKey, _) => "decrypted with the private key of the server that was given".to_owned(),
        (Origin::PreSharedKey, _) => "made of a pre-shared key that was given".to_owned(),
        (Origin::Lab, _) => "handed over by the lab; no other program writes it down".to_owned(),
        (Origin::EarlierConnection, _) => {
            "computed from an earlier connection of this run, whose ticket the client shows".to_owned()
        }
        (Origin::Public, _) => "everybody who listens has it".to_owned(),
    }
}
