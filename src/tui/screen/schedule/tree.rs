//! One line of the tree: sign, name, what is beside it, and the value where it may be seen.

use crate::base::hex;
use crate::tls::decrypt::derivation::{Node, Operation, Output};
use crate::tui::text;
use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// How many bytes of a value stand in a line.
const BYTES: usize = 8;

/// The line of a node. `focus`: whether it is under the cursor, and then whether the tree has the focus.
pub(super) fn line(node: &Node, focus: Option<bool>, revealed: bool, cells: usize, theme: &Theme) -> Line<'static> {
    let (sign, style) = sign(node, theme);
    let cursor = if focus.is_some() { theme.glyphs.cursor } else { " " };
    let head = format!("{cursor}{}{sign} ", "  ".repeat(usize::from(node.depth)));
    let room = cells.saturating_sub(text::width(&head));
    let name = text::shorten_end(&node.name, room, &theme.glyphs);
    let mut left = room.saturating_sub(text::width(&name));
    let mut beside = |words: String| {
        let words = format!("  {words}");
        let fits = text::width(&words) > 2 && text::width(&words) <= left;
        left -= if fits { text::width(&words) } else { 0 };
        if fits { words } else { String::new() }
    };
    let remark = beside(node.remark.clone());
    let value = beside(short(node, revealed, theme));
    if let Some(focused) = focus {
        let style = if focused { theme.selected } else { theme.lit };
        return Line::styled(text::left(&format!("{head}{name}{remark}{value}"), cells), style);
    }
    let name_style = if node.operation == Operation::Heading { theme.strong } else { theme.text };
    Line::from(vec![
        Span::styled(head, style),
        Span::styled(name, name_style),
        Span::styled(remark, theme.muted),
        Span::styled(value, theme.accent),
    ])
}

/// Whether the value is known, as a sign.
fn sign(node: &Node, theme: &Theme) -> (&'static str, Style) {
    match node.output {
        Output::Nothing => (" ", theme.text),
        Output::Known { confirmed: Some(false), .. } => (theme.glyphs.failed, theme.failed),
        Output::Known { .. } | Output::Words(_) => (theme.glyphs.ok, theme.ok),
        Output::Unknown(_) => (theme.glyphs.suspect, theme.encrypted),
    }
}

fn short(node: &Node, revealed: bool, theme: &Theme) -> String {
    let Some(value) = node.value().filter(|_| revealed || !node.is_secret) else { return String::new() };
    let bytes = value.bytes();
    match bytes.get(..BYTES).filter(|head| head.len() < bytes.len()) {
        Some(head) => format!("{}{}", hex(head), theme.glyphs.ellipsis),
        None => hex(bytes),
    }
}
