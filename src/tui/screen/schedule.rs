//! The key schedule of one session: every secret with its place, what it is made of, and what it protects.
//!
//! Secret values stay hidden until somebody asks for them, and are in sight on this screen alone.

mod pane;
#[cfg(test)]
mod tests;
mod tree;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::hex;
use crate::capture::RecordId;
use crate::net::Direction;
use crate::session::{Event, EventKind};
use crate::tls::decrypt::Stage;
use crate::tls::decrypt::derivation::{Derivation, InputValue, Node, NodeId};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{DetailState, Model, Subject};
use crate::tui::overlay::page::Block;
use crate::tui::schedule::Shown;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{content_area, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::sync::Arc;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Schedule {
    shown: Option<Shown>,
    cursor: NodeId,
    top: usize,
    /// Whether the node has the focus, and not the tree.
    on_node: bool,
    /// The input under the cursor.
    input: usize,
    node_top: usize,
    /// The nodes from which links were followed.
    trail: Vec<NodeId>,
    /// Whether secret values are in sight.
    revealed: bool,
}

/// The width from which on tree and node stand side by side.
const BESIDE: u16 = 100;
/// How many links can be followed and gone back.
const MAX_TRAIL: usize = 64;

/// Where its parts lie.
#[derive(Clone, Copy, Debug)]
struct Regions {
    tree: Rect,
    divider: Rect,
    node: Rect,
}

fn regions(area: Rect, on_node: bool) -> Regions {
    let nothing = Rect { width: 0, height: 0, ..area };
    if area.width < BESIDE {
        // One pane at a time: half of it would show neither names nor values.
        let padded = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
        return if on_node {
            Regions { tree: nothing, divider: nothing, node: padded }
        } else {
            Regions { tree: area, divider: nothing, node: nothing }
        };
    }
    let width = (area.width / 2).min(76);
    let node = Rect { x: area.x + width + 2, width: area.width - width - 2, ..area };
    Regions { tree: Rect { width, ..area }, divider: Rect { x: area.x + width, width: 1, ..area }, node }
}

impl Schedule {
    fn derivation(&self) -> Option<&Derivation> {
        self.shown.as_ref().map(|shown| &*shown.derivation)
    }

    fn node(&self) -> Option<&Node> {
        self.derivation()?.nodes.get(self.cursor)
    }

    fn regions(&self, model: &Model) -> Regions {
        regions(content_area(model.size), self.on_node)
    }

    /// Puts the cursor on a node.
    fn stand_on(&mut self, node: NodeId) {
        let count = self.derivation().map_or(0, |derivation| derivation.nodes.len());
        self.cursor = node.min(count.saturating_sub(1));
        self.input = self.node().map_or(0, |node| node.inputs.iter().position(is_link).unwrap_or(0));
        self.node_top = 0;
    }

    fn move_by(&mut self, rows: isize, model: &Model) {
        if !self.on_node {
            self.trail.clear();
            return self.stand_on(self.cursor.saturating_add_signed(rows));
        }
        // The cursor goes from input to input; where it can go no further, the text goes.
        let before = self.input;
        let links: Vec<usize> = self
            .node()
            .map(|node| node.inputs.iter().enumerate().filter(|(_, input)| is_link(input)).map(|(at, _)| at).collect())
            .unwrap_or_default();
        let at = links.iter().position(|link| *link == self.input).unwrap_or(0);
        let to = at.saturating_add_signed(rows.signum());
        self.input = links.get(to).copied().unwrap_or(before);
        if self.input == before {
            self.scroll(rows, model);
        }
    }

    fn scroll(&mut self, rows: isize, model: &Model) {
        let area = self.regions(model).node;
        let lines = self.pane(model, &Theme::default(), area).len();
        let lowest = lines.saturating_sub(usize::from(area.height));
        self.node_top = self.node_top.saturating_add_signed(rows).min(lowest);
    }

    fn enter(&mut self) -> Outcome {
        if !self.on_node {
            self.on_node = true;
            return Outcome::none();
        }
        let Some(input) = self.node().and_then(|node| node.inputs.get(self.input)) else { return Outcome::none() };
        match input.value {
            InputValue::Node(id) => {
                if self.trail.len() < MAX_TRAIL {
                    self.trail.push(self.cursor);
                }
                self.stand_on(id);
                Outcome::none()
            }
            InputValue::Message { event, .. } => {
                Outcome::change(Change::Inside(event)).then(Navigate::Go(ScreenId::Detail))
            }
            _ => Outcome::none(),
        }
    }

    /// To the record before or behind the one whose protection is shown, those of the client before those of the
    /// server; without one, to the first.
    fn step_record(&self, forward: bool) -> Outcome {
        let Some(shown) = &self.shown else { return Outcome::none() };
        let of = |direction| (0..shown.detail.opened(direction).len()).map(move |index| RecordId { direction, index });
        let mut all = of(Direction::ToServer).chain(of(Direction::ToClient));
        let next = match shown.record {
            None => all.next(),
            Some(now) if forward => all.skip_while(|id| *id != now).nth(1),
            Some(now) => all.take_while(|id| *id != now).last(),
        };
        match next {
            Some(record) => Outcome::change(Change::Record(record)),
            None if shown.record.is_some() => {
                Outcome::problem(if forward { "that was the last record" } else { "that was the first record" })
            }
            None => {
                Outcome::problem("no record of this session was opened: there is nothing to show the protection of")
            }
        }
    }

    fn copy(&self) -> Outcome {
        let Some((node, value)) = self.node().and_then(|node| Some((node, node.value()?))) else {
            return Outcome::problem("there is no value to copy here");
        };
        if node.is_secret && !self.revealed {
            return Outcome::problem("the value is hidden; v shows it, and then it can be copied");
        }
        Outcome::effect(Effect::Copy { what: node.name.clone(), text: hex(value.bytes()) })
    }

    fn pane(&self, model: &Model, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
        let Some((derivation, node)) = self.derivation().zip(self.node()) else { return Vec::new() };
        let chosen = self.on_node.then_some(self.input);
        let view = pane::View { derivation, revealed: self.revealed, chosen, cells: usize::from(area.width) };
        let first = if self.cursor == 0 { derivation.remarks.as_slice() } else { &[] };
        view.lines(node, first, &model.settings.keymap, theme)
    }

    /// Takes a key schedule that was made anew, and puts the cursor where it belongs.
    fn take(&mut self, shown: &Shown) {
        let before = self.shown.replace(shown.clone());
        let same_session = before.as_ref().is_some_and(|before| Arc::ptr_eq(&before.detail, &shown.detail));
        let moved = !same_session || before.as_ref().is_some_and(|before| before.subject != shown.subject);
        let stepped = before.as_ref().is_none_or(|before| before.record != shown.record);
        let derivation = &shown.derivation;
        let of_record = || derivation.find("record").filter(|_| shown.record.is_some() && (moved || stepped));
        let of_event = || {
            let Some(Subject::Event(index)) = shown.subject.filter(|_| moved) else { return None };
            of_event(derivation, index, shown.detail.session.timeline.get(index)?)
        };
        let name = before.as_ref().and_then(|before| before.derivation.nodes.get(self.cursor)).map(|node| &node.name);
        let kept = || derivation.find(name?);
        let at = of_record().or_else(of_event).or_else(kept).unwrap_or(0);
        self.trail.clear();
        self.stand_on(at);
    }
}

fn is_link(input: &crate::tls::decrypt::derivation::Input) -> bool {
    matches!(input.value, InputValue::Node(_) | InputValue::Message { .. })
}

/// The node that an event is about: the hash behind a message, or what protects a record that stayed closed.
fn of_event(derivation: &Derivation, index: usize, event: &Event) -> Option<NodeId> {
    let is_it = |node: &Node| {
        let of_event = |value: &InputValue| matches!(value, InputValue::Message { event, .. } if *event == index);
        node.inputs.iter().any(|input| of_event(&input.value))
    };
    let hashed = derivation.nodes.iter().position(is_it);
    let from_client = event.direction == Direction::ToServer;
    let closed = || {
        let stage = match event.kind {
            EventKind::ApplicationData { maybe_handshake: true, .. } => Stage::Handshake,
            EventKind::ApplicationData { .. } => Stage::Application(0),
            _ => Stage::Cipher,
        };
        let of = |stage| derivation.protecting(from_client, stage);
        of(stage).or_else(|| of(Stage::Cipher))
    };
    hashed.or_else(|| Some(()).filter(|()| crate::tui::event::was_encrypted(event)).and_then(|()| closed()))
}

impl Screen for Schedule {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Schedule)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let regions = self.regions(model);
        let height = if self.on_node { regions.node.height } else { regions.tree.height };
        if let Some(rows) = command.rows(isize::try_from(height).unwrap_or(1).max(1)) {
            self.move_by(rows.clamp(-(1 << 30), 1 << 30), model);
            return Outcome::none();
        }
        match command {
            Command::NextPane | Command::PreviousPane => self.on_node = !self.on_node,
            Command::Left => self.on_node = false,
            Command::Right => self.on_node = true,
            Command::Enter => return self.enter(),
            Command::Reveal => self.revealed = !self.revealed,
            Command::CopyValue => return self.copy(),
            Command::NextEvent => return self.step_record(true),
            Command::PreviousEvent => return self.step_record(false),
            _ => {}
        }
        Outcome::none()
    }

    fn step_back(&mut self, _model: &Model) -> Option<Outcome> {
        if let Some(before) = self.trail.pop() {
            self.stand_on(before);
        } else if self.on_node {
            self.on_node = false;
        } else {
            // Whoever comes back has to ask again: nobody is to be surprised by secrets on the screen.
            self.revealed = false;
            return None;
        }
        Some(Outcome::none())
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, model: &Model) -> Outcome {
        let regions = self.regions(model);
        match mouse {
            Mouse::Wheel(at, rows) if regions.node.contains(at) => self.scroll(rows, model),
            Mouse::Wheel(_, rows) => self.move_by(rows, model),
            Mouse::Click(at) | Mouse::DoubleClick(at) if regions.tree.contains(at) => {
                self.on_node = matches!(mouse, Mouse::DoubleClick(_));
                self.trail.clear();
                self.stand_on(self.top + usize::from(at.y - regions.tree.y));
            }
            Mouse::Click(at) if regions.node.contains(at) => self.on_node = true,
            _ => {}
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        let Some(shown) = &model.schedule.shown else {
            self.shown = None;
            return;
        };
        let same = self.shown.as_ref().is_some_and(|before| Arc::ptr_eq(&before.derivation, &shown.derivation));
        if !same {
            self.take(shown);
        }
        let count = shown.derivation.nodes.len();
        self.top = text::top_row(self.top, self.cursor, usize::from(self.regions(model).tree.height), count);
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let regions = regions(area, self.on_node);
        let Some(derivation) = self.derivation().filter(|derivation| !derivation.nodes.is_empty()) else {
            let lines = text::wrap(&self.nothing(model), usize::from(area.width).saturating_sub(4));
            for (row, line) in (1..).zip(lines) {
                put(area, row, Line::styled(format!("  {line}"), theme.muted), buf);
            }
            return;
        };
        let cells = usize::from(regions.tree.width);
        let rows = derivation.nodes.iter().enumerate().skip(self.top).take(usize::from(regions.tree.height));
        for (row, (id, node)) in rows.enumerate() {
            let focus = (id == self.cursor).then_some(!self.on_node);
            put(regions.tree, row, tree::line(node, focus, self.revealed, cells, theme), buf);
        }
        for row in 0..usize::from(regions.divider.height) {
            put(regions.divider, row, Line::styled(theme.glyphs.vertical, theme.rule), buf);
        }
        let lines = self.pane(model, theme, regions.node);
        let height = usize::from(regions.node.height);
        let hidden = lines.len().saturating_sub(self.node_top + height);
        for (row, line) in lines.into_iter().skip(self.node_top).take(height).enumerate() {
            put(regions.node, row, line, buf);
        }
        if hidden > 0 && height > 0 {
            let more = Line::styled(format!(" {hidden} more lines "), theme.muted).right_aligned();
            put(regions.node, height - 1, more, buf);
        }
    }

    fn needs_detail(&self) -> bool {
        true
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        let mut line = super::detail::session_title(model, theme);
        if self.revealed {
            line.spans.push(Span::styled(" SECRETS IN SIGHT ", theme.warn));
        } else {
            line.spans.push(Span::styled(" key schedule ", theme.muted));
        }
        Some(line)
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        vec![
            Block::Heading("The key schedule".to_owned()),
            entry("\u{2713}  +", "the value is known; it stays hidden until v shows it, where it is a secret"),
            entry("?", "the value is not known; the pane says why, and what it would be made of"),
            entry("\u{2717}  X", "computed, and the key log or the wire has another value"),
            entry("indented", "made of what stands above it"),
            entry("record", "how the record that was looked at is protected; n goes to the next one"),
            Block::Text(
                "A key log begins at the traffic secrets. What stands above them is known in runs of the lab alone, \
                 whose peers hand over what their key exchange gave."
                    .to_owned(),
            ),
        ]
    }
}

impl Schedule {
    /// Why there is no tree.
    fn nothing(&self, model: &Model) -> String {
        match &model.detail {
            DetailState::Failed(_, text) => format!("no bytes: {}", crate::base::printable(text)),
            DetailState::Ready(..) => {
                let remark = self.derivation().and_then(|derivation| derivation.remarks.first());
                remark.cloned().unwrap_or_else(|| "there is no key schedule to show".to_owned())
            }
            _ => "reading the bytes of the session...".to_owned(),
        }
    }
}
