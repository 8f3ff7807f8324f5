//! How the Detail screen is drawn.

use super::hex::Layout;
use super::regions::Regions;
use super::{DetailScreen, Tab, tabs};
use crate::base::{Node, Note, Span as ByteSpan};
use crate::net::Direction;
use crate::tui::event;
use crate::tui::explain;
use crate::tui::model::{DetailState, FrameState, Model, Subject};
use crate::tui::overlay::page::Block;
use crate::tui::subject::Opened;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::value;
use crate::tui::view::{put, rule};
use crate::tui::words;
use crate::{base::printable, tui::clock};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// How many bytes of a value stand in the tree.
const IN_TREE: usize = 16;
/// How many bytes of a value stand below it.
const IN_STRIP: usize = 64;

/// The session in the title line, with the word for how it is shown.
pub(in crate::tui) fn view_title(model: &Model, theme: &Theme) -> Line<'static> {
    let mut title = session_title(model, theme);
    let word = model.view_word();
    if !word.is_empty() {
        title.push_span(Span::styled(format!(" {word} "), theme.encrypted));
    }
    title
}

/// The session in the title line.
pub(in crate::tui) fn session_title(model: &Model, theme: &Theme) -> Line<'static> {
    let Some(session) = model.selected() else { return Line::styled(" tlslab ", theme.accent) };
    let name = text::shorten_middle(&words::server_name(session), 24, &theme.glyphs);
    let version = session.version.map_or_else(String::new, |version| version.to_string());
    let result = words::result(session, model.size.width >= 120);
    let glyph = words::outcome_glyph(session.outcome, &theme.glyphs);
    Line::from(vec![
        Span::styled(format!(" #{} ", session.number), theme.accent),
        Span::styled(name, theme.title),
        Span::styled(format!("  {version}  "), theme.text),
        Span::styled(format!("{glyph} {result} "), words::outcome_style(session.outcome, theme)),
    ])
}

impl DetailScreen {
    pub(super) fn draw(&self, model: &Model, theme: &Theme, regions: Regions, buf: &mut Buffer) {
        let Some(opened) = &model.opened else {
            return put(regions.heading, 0, Line::styled(format!(" {}", waiting(model)), theme.muted), buf);
        };
        let heading = text::shorten_end(&heading(opened, model), usize::from(regions.heading.width), &theme.glyphs);
        put(regions.heading, 0, Line::styled(heading, theme.strong), buf);
        self.draw_tree(opened, model, theme, regions.tree, buf);
        for row in 0..usize::from(regions.divider.height) {
            put(regions.divider, row, Line::styled(theme.glyphs.vertical, theme.rule), buf);
        }
        self.draw_tabs(opened, theme, regions.tabs, buf);
        self.draw_hex(opened, model, theme, regions.hex, buf);
        self.draw_strip(opened, model, theme, regions.strip, buf);
    }

    fn draw_tree(&self, opened: &Opened, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let visible = self.outline.visible();
        if visible.is_empty() {
            let text = fieldless(opened, model);
            for (row, line) in text::wrap(&text, usize::from(area.width).saturating_sub(2)).into_iter().enumerate() {
                put(area, row, Line::styled(format!(" {line}"), theme.text), buf);
            }
            return;
        }
        let rows = visible.iter().skip(self.tree_top).take(usize::from(area.height));
        for (row, index) in rows.enumerate() {
            let Some(node) = opened.dissection.tree.nodes().get(*index) else { continue };
            let line = self.tree_line(opened, *index, node, model, theme, usize::from(area.width));
            put(area, row, line, buf);
        }
        more(visible.len(), self.tree_top, area, theme, buf);
    }

    fn tree_line(
        &self,
        opened: &Opened,
        index: usize,
        node: &Node,
        model: &Model,
        theme: &Theme,
        cells: usize,
    ) -> Line<'static> {
        let glyphs = &theme.glyphs;
        let selected = index == self.cursor;
        let sign = match (self.outline.is_branch(index), self.outline.is_folded(index, &self.folding)) {
            (false, _) => " ",
            (true, true) => glyphs.folded,
            (true, false) => glyphs.unfolded,
        };
        let step = if cells < 60 { 1 } else { 2 };
        let indent = " ".repeat(usize::from(node.depth) * step);
        let cursor = if selected { glyphs.cursor } else { " " };
        let odd = opened.dissection.tree.notes().iter().any(|note| note.span == Some(node.span));
        let odd = if odd { format!("{} ", glyphs.suspect) } else { String::new() };
        let head = format!("{cursor}{indent}{sign} {odd}");
        let room = cells.saturating_sub(text::width(&head));
        let label = text::shorten_end(node.field.label, room, glyphs);
        let shown = value::shown(node, opened.dissection.bytes(node.span), IN_TREE, &model.settings);
        let gap = if shown.is_empty() { "" } else { "  " };
        let value = text::shorten_end(&shown, room.saturating_sub(text::width(&label) + gap.len()), glyphs);
        if selected {
            let style = if self.on_hex { theme.lit } else { theme.selected };
            return Line::styled(text::left(&format!("{head}{label}{gap}{value}"), cells), style);
        }
        Line::from(vec![
            Span::styled(head, if odd.is_empty() { theme.muted } else { theme.warn }),
            Span::styled(label, theme.text),
            Span::raw(gap),
            Span::styled(value, theme.accent),
        ])
    }

    fn draw_tabs(&self, opened: &Opened, theme: &Theme, area: Rect, buf: &mut Buffer) {
        rule(area, theme, buf);
        let mut spans = Vec::new();
        let now = self.buffer(opened);
        let mut tab = |name: String, on: bool| {
            let style = if on { theme.strong } else { theme.muted };
            let name = if on { format!("[{name}]") } else { format!(" {name} ") };
            spans.push(Span::styled(name, style));
        };
        for id in tabs(opened) {
            let at = usize::from(id.0);
            let derived = at.checked_sub(8).and_then(|at| opened.dissection.tree.derived().get(at));
            let name = derived.map(|(name, _)| (*name).to_owned());
            let name = name.or_else(|| opened.source(id).map(|buffer| short_name(&buffer.name)));
            tab(name.unwrap_or_default(), self.tab != Tab::Frame && id == now);
        }
        if !matches!(opened.subject, Subject::Frame(_)) {
            match self.frame(opened) {
                Some(frame) => tab(format!("frame {frame}"), self.tab == Tab::Frame),
                None if self.tab == Tab::Frame => tab("frame".to_owned(), true),
                None => {}
            }
        }
        spans.push(Span::styled(" b ", theme.accent));
        put(area, 0, Line::from(spans), buf);
    }

    fn draw_hex(&self, opened: &Opened, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let Some(shown) = self.bytes(opened, model) else {
            let text = match (&model.frame, self.frame(opened)) {
                (_, None) if opened.dissection.buffers.is_empty() => "no bytes of the stream belong to this".to_owned(),
                (_, None) => "these bytes came in no frame: they were computed".to_owned(),
                (FrameState::Failed(_, text), _) => printable(text),
                _ => "reading the frame...".to_owned(),
            };
            return put(area, 0, Line::styled(format!(" {text}"), theme.muted), buf);
        };
        let layout = Layout::new(usize::from(area.width), shown.bytes.len());
        let first = self.hex_top * layout.columns;
        let rows = shown.bytes.get(first..).unwrap_or_default().chunks(layout.columns);
        for (row, bytes) in rows.take(usize::from(area.height)).enumerate() {
            put(area, row, layout.line(first + row * layout.columns, bytes, &shown.lit, theme), buf);
        }
        if shown.bytes.is_empty() {
            put(area, 0, Line::styled(" there are no bytes to show", theme.muted), buf);
        }
    }

    fn draw_strip(&self, opened: &Opened, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        rule(area, theme, buf);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        let cells = usize::from(area.width).saturating_sub(1);
        let Some(node) = self.node(opened) else { return };
        let bytes = opened.dissection.bytes(node.span);
        let special = self.outside(opened, model).or_else(|| self.place_in_frame(opened, node.span));
        let place = special.unwrap_or_else(|| place(opened, node.span));
        let label = format!(" {}", node.field.label);
        let room = cells.saturating_sub(text::width(&label) + text::width(&place) + 4);
        let name = if room > 12 { text::shorten_end(node.field.name, room, &theme.glyphs) } else { String::new() };
        let first = vec![
            Span::styled(label, theme.strong),
            Span::styled(format!("  {name}"), theme.muted),
            Span::styled(format!("  {place}"), theme.text),
        ];
        put(below, 0, Line::from(first), buf);
        let shown = value::shown(node, bytes, IN_STRIP, &model.settings);
        let filter = value::filter(node, bytes, is_chosen(opened, model));
        let note = opened.dissection.tree.notes().iter().find(|note| concerns(note, node.span));
        let mut lines: Vec<(String, ratatui::style::Style)> = Vec::new();
        if let Some(note) = note {
            let text = format!(" {} {}: {}", theme.glyphs.suspect, note.severity.word(), printable(&note.text));
            lines.push((text, theme.warn));
        }
        if !shown.is_empty() {
            lines.push((format!(" value {shown}"), theme.accent));
        }
        if let Some(filter) = filter {
            lines.push((format!(" filter {filter}"), theme.note));
        }
        let gloss = node.field.text.split(". ").next().unwrap_or_default();
        let room = usize::from(below.height).saturating_sub(1 + lines.len()).max(1);
        let mut told = text::wrap(&format!("{}.  i explains", gloss.trim_end_matches('.')), cells.saturating_sub(1));
        if told.len() > room {
            let rest = told.split_off(room - 1).join(" ");
            told.push(rest);
        }
        lines.extend(told.into_iter().map(|line| (format!(" {line}"), theme.muted)));
        for (row, (line, style)) in lines.into_iter().enumerate() {
            put(below, row + 1, Line::styled(text::shorten_end(&line, cells, &theme.glyphs), style), buf);
        }
    }

    /// Where bytes lie in the frame of the tab.
    fn place_in_frame(&self, opened: &Opened, span: ByteSpan) -> Option<String> {
        let frame = self.frame(opened).filter(|_| self.tab == Tab::Frame)?;
        let pieces = super::in_frame(opened, span, frame);
        let (start, count) = (pieces.first()?.start, pieces.iter().map(ExactSizeIterator::len).sum::<usize>());
        let others = if count < span.len() as usize { format!(" of {}", span.len()) } else { String::new() };
        Some(format!("offset 0x{start:02x} of frame {frame}, {count}{others} bytes"))
    }

    /// The words for a byte of the frame that belongs to no field of the message.
    fn outside(&self, opened: &Opened, model: &Model) -> Option<String> {
        if self.tab != Tab::Frame || !self.on_hex {
            return None;
        }
        let number = self.frame(opened)?;
        if super::from_frame(opened, self.buffer(opened), number, self.byte).is_some() {
            return None;
        }
        let FrameState::Ready(_, frame) = &model.frame else { return None };
        let index = frame.tree.at(crate::base::BufferId(0), self.byte)?;
        let node = frame.tree.nodes().get(index)?;
        let value = value::shown(node, frame.bytes(node.span), IN_TREE, &model.settings);
        Some(format!("the byte under the cursor: {} {value}", node.field.label))
    }
}

/// Where bytes lie: offset, length, frames.
fn place(opened: &Opened, span: ByteSpan) -> String {
    let frames = match opened.frames_of(span) {
        _ if matches!(opened.subject, Subject::Frame(_)) => String::new(),
        None => String::new(),
        Some((first, last)) if first == last => format!(", frame {first}"),
        Some((first, last)) => format!(", frames {first} to {last}"),
    };
    let unit = if span.len() == 1 { "byte" } else { "bytes" };
    format!("offset 0x{:02x}, {} {unit}{frames}", span.start, span.len())
}

fn concerns(note: &Note, span: ByteSpan) -> bool {
    note.span.is_some_and(|of| of.buffer == span.buffer && of.start >= span.start && of.end <= span.end)
}

/// `Reassembled stream` is `stream`.
fn short_name(name: &str) -> String {
    match name {
        "Reassembled stream" => "stream".to_owned(),
        "Handshake message" => "message".to_owned(),
        "Decrypted record" => "decrypted".to_owned(),
        other => printable(other).to_lowercase(),
    }
}

/// A sign at the edge where there is more above or below.
fn more(rows: usize, top: usize, area: Rect, theme: &Theme, buf: &mut Buffer) {
    let height = usize::from(area.height);
    if height > 2 && rows > top + height {
        let text = format!("{} more", rows - top - height);
        let width = text::width(&text).min(usize::from(area.width));
        let x = area.right().saturating_sub(u16::try_from(width).unwrap_or(0));
        let corner = Rect { x, y: area.bottom() - 1, width: area.right() - x, height: 1 };
        put(corner, 0, Line::styled(text, theme.muted), buf);
    }
}

/// Whether the message is the server's, which holds what was chosen and not what was offered.
pub(super) fn is_chosen(opened: &Opened, model: &Model) -> bool {
    direction(opened, model) == Some(Direction::ToClient)
}

fn direction(opened: &Opened, model: &Model) -> Option<Direction> {
    match opened.subject {
        Subject::Event(index) => model.detail()?.session.timeline.get(index).map(|event| event.direction),
        Subject::Certificate { client, .. } => Some(if client { Direction::ToServer } else { Direction::ToClient }),
        Subject::Frame(_) => None,
    }
}

/// What is shown, in one line.
fn heading(opened: &Opened, model: &Model) -> String {
    let session = model.detail().map(|detail| &detail.session);
    match (opened.subject, session) {
        (Subject::Event(index), Some(session)) => {
            let Some(at) = session.timeline.get(index) else { return String::new() };
            let way = match at.direction {
                Direction::ToServer => "client > server",
                Direction::ToClient => "server > client",
            };
            let length = event::length(at).map_or_else(String::new, |bytes| format!("  {bytes} B"));
            let count = session.timeline.len();
            let title = event::title(session, at);
            format!(" frame {}  {title}  {way}{length}  event {} of {count}  {{ }} next", at.frame, index + 1)
        }
        (Subject::Certificate { client, index }, _) => {
            let side = if client { "client" } else { "server" };
            format!(" certificate {} of the {side}  {{ }} next", index + 1)
        }
        (Subject::Frame(number), _) => {
            let time = model.snapshot.frames.frame(number).map(|frame| clock::full(frame.time, &model.settings));
            format!(" frame {number}  {}", time.unwrap_or_default())
        }
        _ => String::new(),
    }
}

/// What stands where there are no fields.
fn fieldless(opened: &Opened, model: &Model) -> String {
    let session = model.detail().map(|detail| &detail.session);
    match (opened.subject, session) {
        (Subject::Event(index), Some(session)) => {
            let event = session.timeline.get(index);
            event.map_or_else(String::new, |event| explain::event_text(session, event))
        }
        _ => "there are no fields".to_owned(),
    }
}

/// What stands there while the bytes are on their way, or cannot be had.
fn waiting(model: &Model) -> String {
    match (&model.detail, &model.frame, model.subject) {
        (_, FrameState::Failed(_, text), Some(Subject::Frame(_))) => printable(text),
        (DetailState::Failed(_, text), ..) => printable(text),
        (DetailState::Ready(..), _, None) => "this session has no messages that can be shown".to_owned(),
        (DetailState::None, ..) => "there is no session to show".to_owned(),
        _ => "reading...".to_owned(),
    }
}

/// What the screen shows, for the help.
pub(super) fn explanation() -> Vec<Block> {
    let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
    vec![
        Block::Heading("The panes".to_owned()),
        entry("tree", "every field, labelled as its standard does; a ? marks what is odd"),
        entry(
            "hex",
            "the bytes; those of the field under the cursor are lit. Moving here selects the field of the byte",
        ),
        entry("stream", "the records as they lie in the stream of one direction"),
        entry("record as sent", "the same of what was encrypted: a header, and bytes that say nothing without keys"),
        entry("decrypted", "what the keys make of it; these bytes were on no wire"),
        entry("message", "a handshake message that was put together from several records"),
        entry("frame", "the whole frame in which the field's first byte came"),
        entry("filter", "what to type in the list of sessions to find those with the same value"),
        Block::Heading("Finding".to_owned()),
        entry("word", "in labels, names, values; then in the bytes as text"),
        entry("hex:1603", "these bytes"),
        entry("\"text\"", "the bytes of this text"),
    ]
}
