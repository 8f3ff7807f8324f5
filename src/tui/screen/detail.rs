//! Fields and bytes of one message, frame or certificate, in step with each other: the field under the cursor lights
//! its bytes, and the byte under the cursor selects its field.

mod draw;
mod find;
mod hex;
mod in_frame;
mod outline;
mod regions;

pub(in crate::tui) use draw::{session_title, view_title};
pub(in crate::tui) use hex::dump;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{BufferId, Node, Span, hex};
use crate::capture::Dissection;
use crate::session::FrameNumber;
use crate::tui::effect::Content;
use crate::tui::explain;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{FrameState, Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::export::{Exportable, file_name};
use crate::tui::overlay::find::Find;
use crate::tui::overlay::page::Block;
use crate::tui::subject::Opened;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::value;
use crate::tui::view::content_area;
use find::Found;
use hex::{Layout, Lit};
use in_frame::{from_frame, in_frame};
use outline::{Folding, Outline};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use regions::{Panes, Regions, regions};
use std::sync::Arc;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct DetailScreen {
    shown: Option<Arc<Dissection>>,
    outline: Outline,
    folding: Folding,
    /// The field under the cursor, by its index in the tree.
    cursor: usize,
    /// The same in words that fit another message.
    place: Option<(u64, usize)>,
    tree_top: usize,
    hex_top: usize,
    tab: Tab,
    on_hex: bool,
    /// The byte under the cursor of the hex pane, in what its tab shows.
    byte: u32,
    found: Option<Span>,
    /// The last field that somebody came for, by its serial.
    taken: u32,
    hex_hidden: bool,
    zoomed: bool,
    shift: i16,
}

/// What the hex pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    /// The buffer that the field's bytes count in.
    #[default]
    Field,
    /// Another buffer.
    Buffer(BufferId),
    /// The frame in which the field's bytes came.
    Frame,
}

/// The bytes in the hex pane.
struct Bytes<'a> {
    bytes: &'a [u8],
    lit: Lit,
}

impl DetailScreen {
    fn panes(&self) -> Panes {
        match (self.zoomed, self.on_hex, self.hex_hidden) {
            (true, true, false) => Panes::Hex,
            (true, ..) | (_, _, true) => Panes::Tree,
            _ => Panes::Both,
        }
    }

    fn regions(&self, model: &Model) -> Regions {
        regions(content_area(model.size), self.panes(), self.shift)
    }

    fn node<'a>(&self, opened: &'a Opened) -> Option<&'a Node> {
        opened.dissection.tree.nodes().get(self.cursor)
    }

    /// The frame in which the field's bytes begin.
    fn frame(&self, opened: &Opened) -> Option<FrameNumber> {
        let span = self.node(opened)?.span;
        Some(opened.frames_of(opened.on_wire(span))?.0)
    }

    /// The buffer of the tab.
    fn buffer(&self, opened: &Opened) -> BufferId {
        match self.tab {
            Tab::Buffer(id) => id,
            _ => self.node(opened).map_or(BufferId(0), |node| node.span.buffer),
        }
    }

    /// What the hex pane shows: bytes, and those of the field and of the last find in them.
    fn bytes<'a>(&self, opened: &'a Opened, model: &'a Model) -> Option<Bytes<'a>> {
        let span = self.node(opened).map(|node| node.span).unwrap_or_default();
        let cursor = self.on_hex.then_some(self.byte as usize);
        if self.tab != Tab::Frame {
            let id = self.buffer(opened);
            let of = |span: Span| if span.buffer == id { span.range() } else { 0..0 };
            let found = self.found.map_or(0..0, of);
            let lit = Lit { field: vec![of(span)], found, cursor };
            return Some(Bytes { bytes: opened.dissection.buffer(id)?, lit });
        }
        let wanted = self.frame(opened)?;
        let FrameState::Ready(number, frame) = &model.frame else { return None };
        if *number != wanted {
            return None;
        }
        let lit = Lit { field: in_frame(opened, span, wanted), found: 0..0, cursor };
        Some(Bytes { bytes: frame.buffer(BufferId(0))?, lit })
    }

    /// Goes to the field that somebody came for, once.
    fn stand_on_wanted(&mut self, opened: &Opened, model: &Model) {
        let wanted = model.field_wanted;
        if self.taken == wanted.serial || wanted.subject != Some(opened.subject) {
            return;
        }
        self.taken = wanted.serial;
        let place = opened.dissection.tree.nodes().iter().position(|node| node.field.name == wanted.name);
        if let Some(index) = place {
            self.select(index, opened);
        }
    }

    /// Selects a field; its bytes come into sight.
    fn select(&mut self, index: usize, opened: &Opened) {
        self.cursor = index;
        self.place = self.outline.place(index);
        self.outline.reveal(index, &mut self.folding);
        if let Tab::Buffer(_) = self.tab {
            self.tab = Tab::Field;
        }
        let Some(node) = self.node(opened) else { return };
        self.byte = match (self.tab, self.frame(opened)) {
            (Tab::Frame, Some(frame)) => {
                let start = in_frame(opened, node.span, frame).first().map_or(0, |range| range.start);
                u32::try_from(start).unwrap_or(0)
            }
            _ => node.span.start,
        };
    }

    /// Puts the hex cursor on a byte and selects its field.
    fn stand_on(&mut self, byte: u32, opened: &Opened, model: &Model) {
        let Some(length) = self.bytes(opened, model).map(|shown| shown.bytes.len()) else { return };
        let byte = byte.min(u32::try_from(length.saturating_sub(1)).unwrap_or(u32::MAX));
        let tree = &opened.dissection.tree;
        let place = match (self.tab, self.frame(opened)) {
            (Tab::Frame, Some(frame)) => {
                let id = self.buffer(opened);
                from_frame(opened, id, frame, byte).map(|offset| (id, offset))
            }
            _ => Some((self.buffer(opened), byte)),
        };
        if let Some(index) = place.and_then(|(id, offset)| tree.at(id, offset)) {
            self.select(index, opened);
        }
        self.byte = byte;
    }

    fn move_rows(&mut self, rows: isize, opened: &Opened, model: &Model) {
        if self.on_hex {
            let columns = isize::try_from(self.layout(opened, model).columns).unwrap_or(16);
            return self.move_bytes(rows.saturating_mul(columns), opened, model);
        }
        let row = self.outline.row_of(self.cursor).saturating_add_signed(rows);
        let visible = self.outline.visible();
        if let Some(index) = visible.get(row.min(visible.len().saturating_sub(1))) {
            self.select(*index, opened);
        }
    }

    fn move_bytes(&mut self, bytes: isize, opened: &Opened, model: &Model) {
        let to = (self.byte as usize).saturating_add_signed(bytes);
        self.stand_on(u32::try_from(to).unwrap_or(u32::MAX), opened, model);
    }

    fn layout(&self, opened: &Opened, model: &Model) -> Layout {
        let length = self.bytes(opened, model).map_or(0, |shown| shown.bytes.len());
        Layout::new(usize::from(self.regions(model).hex.width), length)
    }

    fn page(&self, model: &Model) -> isize {
        let regions = self.regions(model);
        let height = if self.on_hex { regions.hex.height } else { regions.tree.height };
        isize::try_from(height).unwrap_or(1).max(1)
    }

    fn fold(&mut self, folded: bool, opened: &Opened) {
        let is_folded = self.outline.is_folded(self.cursor, &self.folding);
        let can = self.outline.is_branch(self.cursor) && is_folded != folded;
        if can {
            return self.outline.fold(self.cursor, folded, &mut self.folding);
        }
        let next = if folded { self.outline.parent(self.cursor) } else { Some(self.cursor + 1) };
        let deeper = folded || self.outline.is_branch(self.cursor);
        if let Some(index) = next.filter(|_| deeper) {
            self.select(index, opened);
        }
    }

    /// To the next tab: the buffers one after another, then the frame.
    fn next_tab(&mut self, opened: &Opened) {
        let ids = tabs(opened);
        let now = self.buffer(opened);
        let at = ids.iter().position(|id| *id == now).unwrap_or(0);
        let framed = self.frame(opened).is_some() && !matches!(opened.subject, Subject::Frame(_));
        self.tab = match (self.tab, ids.get(at + 1)) {
            (Tab::Frame, _) => ids.first().map_or(Tab::Field, |id| Tab::Buffer(*id)),
            (_, Some(id)) => Tab::Buffer(*id),
            (_, None) if framed => Tab::Frame,
            (_, None) => ids.first().map_or(Tab::Field, |id| Tab::Buffer(*id)),
        };
        let own = self.node(opened).map(|node| node.span);
        if own.is_some_and(|span| self.tab == Tab::Buffer(span.buffer)) {
            self.tab = Tab::Field;
        }
        self.byte = match (self.tab, own, self.frame(opened)) {
            (Tab::Field, Some(span), _) => span.start,
            (Tab::Frame, Some(span), Some(frame)) => {
                let start = in_frame(opened, span, frame).first().map_or(0, |range| range.start);
                u32::try_from(start).unwrap_or(0)
            }
            _ => 0,
        };
    }

    fn find(&mut self, forward: bool, opened: &Opened, model: &Model) -> Outcome {
        if model.wanted.is_empty() {
            return Outcome::problem("nothing was searched for yet; / asks");
        }
        let from = self.found.map_or((BufferId(0), 0), |span| (span.buffer, span.start));
        let from = if self.on_hex && self.tab != Tab::Frame { (self.buffer(opened), self.byte) } else { from };
        let dissection = &opened.dissection;
        match find::find(&model.wanted, dissection, self.cursor, from, forward, &model.settings) {
            Some(Found::Field(index)) => {
                self.found = None;
                self.select(index, opened);
            }
            Some(Found::Bytes(span)) => {
                self.tab = Tab::Buffer(span.buffer);
                if let Some(index) = dissection.tree.at(span.buffer, span.start) {
                    self.select(index, opened);
                }
                self.found = Some(span);
                self.byte = span.start;
            }
            None => return Outcome::problem(format!("\"{}\" is not in these fields and bytes", model.wanted)),
        }
        Outcome::none()
    }

    fn click(&mut self, at: Position, double: bool, opened: &Opened, model: &Model) {
        let regions = self.regions(model);
        if regions.tree.contains(at) {
            self.on_hex = false;
            let row = self.tree_top + usize::from(at.y - regions.tree.y);
            if let Some(index) = self.outline.visible().get(row).copied() {
                let again = double || self.cursor == index;
                self.select(index, opened);
                if again && double && self.outline.is_branch(index) {
                    let folded = self.outline.is_folded(index, &self.folding);
                    self.outline.fold(index, !folded, &mut self.folding);
                }
            }
        } else if regions.hex.contains(at) {
            self.on_hex = true;
            let layout = self.layout(opened, model);
            let row = self.hex_top + usize::from(at.y - regions.hex.y);
            if let Some(column) = layout.byte_at(usize::from(at.x - regions.hex.x)) {
                let byte = row * layout.columns + column;
                self.stand_on(u32::try_from(byte).unwrap_or(u32::MAX), opened, model);
            }
        } else if regions.tabs.contains(at) {
            self.next_tab(opened);
        }
    }
}

/// The buffers that have a tab: those that came in frames, then those that were computed.
fn tabs(opened: &Opened) -> Vec<BufferId> {
    let derived = (0..opened.dissection.tree.derived().len()).map(|at| at + 8);
    let all = (0..opened.dissection.buffers.len()).chain(derived);
    all.filter_map(|id| u8::try_from(id).ok()).map(BufferId).collect()
}

/// The subject before or after the one that is shown.
fn neighbour(forward: bool, model: &Model) -> Option<Subject> {
    let step = |at: usize| if forward { at.checked_add(1) } else { at.checked_sub(1) };
    match model.subject? {
        Subject::Event(index) => {
            let events = model.detail()?.session.timeline.len();
            step(index).filter(|index| *index < events).map(Subject::Event)
        }
        Subject::Certificate { client, index } => {
            let session = &model.detail()?.session;
            let chain = if client { &session.client_certificates } else { &session.server_certificates };
            step(index).filter(|index| *index < chain.len()).map(|index| Subject::Certificate { client, index })
        }
        Subject::Frame(number) => {
            let session = model.selected()?;
            let frames = &model.snapshot.frames;
            let mut of = frames.of_stream(session.stream, session.stream_first_frame, session.last_frame);
            let next = if forward {
                of.find(|(other, _)| *other > number)
            } else {
                of.take_while(|(other, _)| *other < number).last()
            };
            next.map(|(number, _)| Subject::Frame(number))
        }
    }
}

impl Screen for DetailScreen {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Detail)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        match command {
            Command::NextEvent | Command::PreviousEvent => {
                let forward = command == Command::NextEvent;
                let end = || Outcome::problem(if forward { "that was the last one" } else { "that was the first one" });
                return neighbour(forward, model).map_or_else(end, |to| Outcome::change(Change::Subject(to)));
            }
            Command::Find => {
                let help = "a label, name or value;  hex:16 03 or \"text\" for bytes;  Up brings the last back";
                return Outcome::go(Navigate::Push(Box::new(Find::new("find in tree and bytes", help))));
            }
            Command::Zoom => self.zoomed = !self.zoomed,
            Command::Narrower => self.shift = self.shift.saturating_sub(4).max(-120),
            Command::Wider => self.shift = self.shift.saturating_add(4).min(120),
            _ => {}
        }
        let Some(opened) = &model.opened else { return Outcome::none() };
        let rows = command.rows(self.page(model)).unwrap_or(0).clamp(-(1 << 40), 1 << 40);
        match command {
            Command::Last if self.on_hex => self.stand_on(u32::MAX, opened, model),
            _ if rows != 0 => self.move_rows(rows, opened, model),
            Command::Left if self.on_hex => self.move_bytes(-1, opened, model),
            Command::Right if self.on_hex => self.move_bytes(1, opened, model),
            Command::Left => self.fold(true, opened),
            Command::Right => self.fold(false, opened),
            Command::Enter if self.outline.is_branch(self.cursor) => {
                let folded = self.outline.is_folded(self.cursor, &self.folding);
                self.outline.fold(self.cursor, !folded, &mut self.folding);
            }
            Command::FoldAll => {
                let all = self.outline.visible().len() == opened.dissection.tree.nodes().len();
                self.outline.fold_all(all, &mut self.folding);
                if all {
                    let root = self.outline.visible().get(self.outline.row_of(self.cursor)).copied();
                    self.select(root.unwrap_or(0), opened);
                }
            }
            Command::NextPane | Command::PreviousPane => {
                self.on_hex = !self.on_hex;
                self.hex_hidden &= !self.on_hex;
            }
            Command::Hex => {
                self.hex_hidden = !self.hex_hidden;
                self.on_hex &= !self.hex_hidden;
            }
            Command::NextBuffer => self.next_tab(opened),
            Command::FindNext => return self.find(true, opened, model),
            Command::FindPrevious => return self.find(false, opened, model),
            Command::Explain => return self.explain(opened, model),
            Command::Answer => return super::lab::pointed(model, self.cursor),
            _ => {}
        }
        Outcome::none()
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, model: &Model) -> Outcome {
        let Some(opened) = &model.opened else { return Outcome::none() };
        match mouse {
            Mouse::Click(at) => self.click(at, false, opened, model),
            Mouse::DoubleClick(at) => self.click(at, true, opened, model),
            Mouse::Wheel(at, rows) => {
                self.on_hex = self.regions(model).hex.contains(at);
                self.move_rows(rows, opened, model);
            }
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        let Some(opened) = &model.opened else {
            self.shown = None;
            return;
        };
        let same = self.shown.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, &opened.dissection));
        if !same {
            self.outline = Outline::new(&opened.dissection.tree, &self.folding);
            self.shown = Some(Arc::clone(&opened.dissection));
            self.found = None;
            (self.tree_top, self.hex_top) = (0, 0);
            // A message without the field that was chosen does not end the choice.
            let chosen = self.place;
            let kept = chosen.and_then(|place| self.outline.at_place(place));
            self.select(kept.unwrap_or_else(|| opened.root()), opened);
            self.place = chosen;
        }
        self.stand_on_wanted(opened, model);
        let regions = self.regions(model);
        let row = self.outline.row_of(self.cursor);
        let height = usize::from(regions.tree.height);
        self.tree_top = text::top_row(self.tree_top, row, height, self.outline.visible().len());
        let layout = self.layout(opened, model);
        let rows = self.bytes(opened, model).map_or(0, |shown| shown.bytes.len().div_ceil(layout.columns));
        let row = (self.byte as usize / layout.columns).min(rows.saturating_sub(1));
        self.hex_top = text::top_row(self.hex_top, row, usize::from(regions.hex.height), rows);
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let regions = regions(area, self.panes(), self.shift);
        self.draw(model, theme, regions, buf);
    }

    fn needs_detail(&self) -> bool {
        true
    }

    fn needs_frame(&self, model: &Model) -> Option<FrameNumber> {
        let opened = model.opened.as_ref().filter(|_| self.tab == Tab::Frame)?;
        self.frame(opened)
    }

    fn copyable(&self, model: &Model) -> Vec<Copyable> {
        let Some((opened, node)) = model.opened.as_ref().and_then(|opened| Some((opened, self.node(opened)?))) else {
            return Vec::new();
        };
        let bytes = opened.dissection.bytes(node.span);
        let value = value::shown(node, bytes, usize::MAX, &model.settings);
        let mut out = Vec::new();
        if !value.is_empty() {
            out.push(Copyable::new('v', "value", value.clone()));
            out.push(Copyable::new('n', "name = value", format!("{} = {value}", node.field.name)));
        }
        out.push(Copyable::new('N', "name of the field", node.field.name));
        if !bytes.is_empty() {
            out.push(Copyable::new('x', "bytes as hex", hex(bytes)));
        }
        if let Some(filter) = value::filter(node, bytes, draw::is_chosen(opened, model)) {
            out.push(Copyable::new('f', "filter for this value", filter));
        }
        out
    }

    fn exportable(&self, model: &Model) -> Vec<Exportable> {
        let Some((opened, node)) = model.opened.as_ref().and_then(|opened| Some((opened, self.node(opened)?))) else {
            return Vec::new();
        };
        let bytes = opened.dissection.bytes(node.span);
        let name = format!("{}.bin", file_name("field", node.field.label));
        let what = format!("{} bytes of {}", bytes.len(), node.field.label);
        vec![Exportable { key: 'b', what, name, content: Content::Bytes(bytes.into()) }]
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        Some(view_title(model, theme))
    }

    fn explanation(&self) -> Vec<Block> {
        draw::explanation()
    }
}

impl DetailScreen {
    fn explain(&self, opened: &Opened, model: &Model) -> Outcome {
        let session = model.detail().map(|detail| &detail.session);
        let page = match (opened.subject, session) {
            (Subject::Event(index), Some(session)) if self.node(opened).is_none() => {
                explain::event(session, index, model)
            }
            _ => explain::field(opened, self.cursor, model),
        };
        Outcome::go(Navigate::Push(Box::new(page)))
    }
}
