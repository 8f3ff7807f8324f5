//! The messages of one session in the order of the wire, client left, server right, and the facts of the one under
//! the cursor.

pub(super) mod draw;
mod facts;
pub(super) mod rows;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{Severity, hex};
use crate::session::rule::Finding;
use crate::session::{Session, StreamId};
use crate::tui::event;
use crate::tui::explain;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{DetailState, Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::find::Find;
use crate::tui::overlay::page::{self, Block};
use crate::tui::same::Same;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::verdict as why;
use crate::tui::view::{content_area, put, rule};
use crate::tui::words;
use draw::Columns;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use rows::{Row, reasons, rows, with_reasons};

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Ladder {
    rows: Vec<Row>,
    made_of: Option<MadeOf>,
    cursor: usize,
    top: usize,
    flights: bool,
    prelude_folded: bool,
    hex: bool,
    /// Whether the facts have the focus, and how far they are scrolled.
    on_facts: bool,
    facts_top: usize,
    subject: Option<Subject>,
}

/// What the rows were made of; they are made again when it changes.
#[derive(Debug, PartialEq)]
struct MadeOf {
    stream: StreamId,
    /// Frames and events: a session that goes on has more of them.
    frames: u32,
    events: usize,
    /// What was opened, and whether that is shown: then an event is another one, though there are as many.
    opened: u32,
    as_sent: bool,
    /// The session as it is known: with news it is another one, with other findings.
    known: Option<Same<Session>>,
    flights: bool,
    prelude_folded: bool,
}

/// Where its parts lie.
#[derive(Clone, Copy, Debug)]
struct Regions {
    verdict: Rect,
    heading: Rect,
    rows: Rect,
    divider: Rect,
    facts: Rect,
}

/// The width from which on the facts stand beside the ladder.
const BESIDE: u16 = 100;

fn regions(area: Rect) -> Regions {
    let line = |y: u16, height: u16| {
        let y = area.y.saturating_add(y).min(area.bottom());
        Rect { y, height: height.min(area.bottom() - y), ..area }
    };
    let body = line(1, area.height.saturating_sub(1));
    let (left, divider, facts) = if area.width >= BESIDE {
        let width = area.width * 3 / 5;
        let right = Rect { x: body.x + width + 2, width: body.width - width - 2, ..body };
        (Rect { width, ..body }, Rect { x: body.x + width, width: 1, ..body }, right)
    } else {
        let below = body.height * 2 / 5;
        let above = body.height - below;
        let facts = Rect { y: body.y + above + 1.min(below), height: below.saturating_sub(1), ..body };
        (
            Rect { height: above, ..body },
            Rect { y: body.y + above, height: 1.min(below), ..body },
            Rect { x: facts.x + 1.min(facts.width), width: facts.width.saturating_sub(2), ..facts },
        )
    };
    let heading = Rect { height: 1.min(left.height), ..left };
    let rows = Rect { y: left.y + heading.height, height: left.height - heading.height, ..left };
    Regions { verdict: line(0, 1), heading, rows, divider, facts }
}

/// The session as it is shown: with all its events, once they are there.
fn session(model: &Model) -> Option<&Session> {
    model.detail().map(|detail| &detail.session).or_else(|| model.selected().map(|session| &**session))
}

impl Ladder {
    fn event(&self) -> Option<usize> {
        self.rows.get(self.cursor).and_then(Row::event)
    }

    /// Puts the cursor on a row and makes its event the subject.
    fn stand_on(&mut self, row: usize, model: &Model) -> Outcome {
        self.cursor = row;
        self.facts_top = 0;
        let subject = match self.rows.get(row) {
            Some(Row::Events(events)) => Subject::Event(events.start),
            _ => return Outcome::none(),
        };
        self.subject = Some(subject);
        if model.subject == Some(subject) { Outcome::none() } else { Outcome::change(Change::Subject(subject)) }
    }

    /// Moves by rows on which the cursor can stand.
    fn move_by(&mut self, steps: isize, model: &Model) -> Outcome {
        let places: Vec<usize> =
            self.rows.iter().enumerate().filter(|(_, row)| row.is_place()).map(|(index, _)| index).collect();
        let now = places.partition_point(|place| *place < self.cursor);
        let wanted = now.saturating_add_signed(steps).min(places.len().saturating_sub(1));
        match places.get(wanted) {
            Some(row) => self.stand_on(*row, model),
            None => Outcome::none(),
        }
    }

    fn enter(&mut self) -> Outcome {
        match self.rows.get(self.cursor) {
            Some(Row::Events(events)) => {
                Outcome::change(Change::Subject(Subject::Event(events.start))).then(Navigate::Go(ScreenId::Detail))
            }
            Some(Row::Prelude { .. } | Row::Said(_)) => {
                self.prelude_folded = !self.prelude_folded;
                self.cursor = 0;
                Outcome::none()
            }
            _ => Outcome::none(),
        }
    }

    fn explain(&self, model: &Model) -> Outcome {
        let Some(session) = session(model) else { return Outcome::none() };
        let page = match (self.rows.get(self.cursor), self.event()) {
            (_, Some(event)) => explain::event(session, event, model),
            (Some(Row::Prelude { .. } | Row::Said(_)), _) => explain::prelude(session),
            _ => return Outcome::none(),
        };
        Outcome::go(Navigate::Push(Box::new(page)))
    }

    /// To the next row with what was searched for, or the one before.
    fn find(&mut self, forward: bool, model: &Model) -> Outcome {
        let wanted = model.wanted.to_lowercase();
        let Some(session) = session(model).filter(|_| !wanted.is_empty()) else {
            return Outcome::problem("nothing was searched for yet; / asks");
        };
        let count = self.rows.len();
        let holds = |row: &usize| {
            self.rows.get(*row).is_some_and(|row| row_text(row, session).to_lowercase().contains(&wanted))
        };
        let at = |step: usize| (self.cursor + if forward { step } else { count - step % count.max(1) }) % count.max(1);
        let found = (1..=count).map(at).find(holds);
        match found {
            Some(row) => self.stand_on(row, model),
            None => Outcome::problem(format!("\"{}\" is not in this ladder", model.wanted)),
        }
    }

    /// The words of the pane beside the ladder.
    fn blocks(&self, model: &Model) -> Vec<Block> {
        let Some(session) = session(model) else { return Vec::new() };
        match (self.rows.get(self.cursor), self.event()) {
            (_, Some(index)) => {
                let opened = model.opened.as_ref().filter(|opened| opened.subject == Subject::Event(index));
                let message = opened.and_then(|opened| opened.message.as_deref());
                let mut blocks = facts::facts(session, index, message, &model.settings);
                // Below the heading and the frame: what is inside is what the record is about.
                let at = blocks.len().min(2);
                blocks.splice(at..at, facts::inside(session, index, model));
                blocks.extend(found_at(model, index));
                if let Some(opened) = opened.filter(|_| self.hex) {
                    blocks.push(Block::Heading("bytes".to_owned()));
                    let buffer = opened.dissection.buffers.first().map(|buffer| buffer.bytes.as_slice());
                    let rows = buffer.unwrap_or_default().chunks(8).take(64).enumerate();
                    blocks.extend(rows.map(|(row, bytes)| Block::Line(super::detail::dump(row * 8, bytes))));
                }
                blocks
            }
            (Some(Row::Prelude { .. } | Row::Said(_)), _) => explain::prelude_blocks(session),
            _ => Vec::new(),
        }
    }

    fn scroll_facts(&mut self, rows: isize, model: &Model) {
        let area = regions(content_area(model.size)).facts;
        let lines = page::lines(&self.blocks(model), usize::from(area.width), &Theme::default()).len();
        let lowest = lines.saturating_sub(usize::from(area.height));
        self.facts_top = self.facts_top.saturating_add_signed(rows).min(lowest);
    }

    fn height(model: &Model) -> isize {
        isize::try_from(regions(content_area(model.size)).rows.height).unwrap_or(1).max(1)
    }
}

/// The text of a row, to be searched in.
fn row_text(row: &Row, session: &Session) -> String {
    match row {
        Row::Events(events) => {
            let events = session.timeline.get(events.clone()).unwrap_or_default();
            events.iter().map(|at| event::line(session, at)).collect::<Vec<_>>().join(", ")
        }
        Row::Said(index) => {
            let line = session.prelude.as_ref().and_then(|prelude| prelude.lines.get(*index));
            line.map(|line| crate::base::printable(&line.text)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

impl Screen for Ladder {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Ladder)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let steps = command.rows(Self::height(model)).unwrap_or(0).clamp(-(1 << 30), 1 << 30);
        match command {
            _ if steps != 0 && self.on_facts => self.scroll_facts(steps, model),
            _ if steps != 0 => return self.move_by(steps, model),
            Command::NextPane | Command::PreviousPane => self.on_facts = !self.on_facts,
            Command::Left => self.on_facts = false,
            Command::Right => self.on_facts = true,
            Command::Enter => return self.enter(),
            Command::Flights => self.flights = !self.flights,
            Command::Hex => self.hex = !self.hex,
            Command::Explain => return self.explain(model),
            Command::Verdict => return verdict_page(model),
            Command::Offers => return why::offers(model),
            Command::ShowInLab => return why::show_in_lab(model),
            Command::Find => {
                let find = Find::new(
                    "find in the ladder",
                    "a part of a message's name or words; Up brings the last search back",
                );
                return Outcome::go(Navigate::Push(Box::new(find)));
            }
            Command::FindNext => return self.find(true, model),
            Command::FindPrevious => return self.find(false, model),
            _ => {}
        }
        Outcome::none()
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let regions = regions(area);
        match mouse {
            Mouse::Wheel(at, rows) if regions.facts.contains(at) => self.scroll_facts(rows, model),
            Mouse::Wheel(_, rows) => return self.move_by(rows, model),
            Mouse::Click(at) | Mouse::DoubleClick(at) if regions.rows.contains(at) => {
                self.on_facts = false;
                let row = self.top + usize::from(at.y - regions.rows.y);
                if !self.rows.get(row).is_some_and(Row::is_place) {
                    return Outcome::none();
                }
                let outcome = self.stand_on(row, model);
                let opens = matches!(mouse, Mouse::DoubleClick(_)) && self.event().is_some();
                return if opens { outcome.then(Navigate::Go(ScreenId::Detail)) } else { outcome };
            }
            Mouse::Click(at) if regions.facts.contains(at) => self.on_facts = true,
            _ => {}
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        let Some(session) = session(model) else { return };
        let made_of = MadeOf {
            stream: session.stream,
            frames: session.frames,
            events: session.timeline.len(),
            opened: session.decryption.as_ref().map_or(0, |facts| facts.opened.iter().sum()),
            as_sent: model.shown_as_sent().is_some(),
            known: model.selected().map(Same::of),
            flights: self.flights,
            prelude_folded: self.prelude_folded,
        };
        let anew = self.made_of.as_ref() != Some(&made_of);
        if anew {
            self.made_of = Some(made_of);
            let reasons = model.selected().map(|known| reasons(known, |event| model.event_shown(event)));
            self.rows = rows(session, self.flights, self.prelude_folded);
            self.rows = with_reasons(std::mem::take(&mut self.rows), &reasons.unwrap_or_default());
            self.facts_top = 0;
        }
        let moved = model.subject != self.subject;
        let on_prelude = matches!(self.rows.get(self.cursor), Some(Row::Prelude { .. } | Row::Said(_)));
        if let Some(Subject::Event(index)) = model.subject
            && (moved || (anew && !on_prelude))
        {
            let holds = |row: &Row| matches!(row, Row::Events(events) if events.contains(&index));
            self.cursor = self.rows.iter().position(holds).unwrap_or(0);
        }
        self.subject = model.subject;
        if !self.rows.get(self.cursor).is_some_and(Row::is_place) {
            self.cursor = self.rows.iter().position(Row::is_place).unwrap_or(0);
        }
        let height = usize::from(regions(content_area(model.size)).rows.height);
        self.top = text::top_row(self.top, self.cursor, height, self.rows.len());
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let Some(session) = session(model) else {
            return put(area, 1, Line::styled("  there is no session to show", theme.muted), buf);
        };
        let regions = regions(area);
        verdict(model.selected().map_or(session, |known| known), model, theme, regions.verdict, buf);
        let cells = usize::from(regions.rows.width);
        let columns = Columns::new(session, &model.settings, cells);
        put(regions.heading, 0, columns.heading(session, &model.settings, theme), buf);
        for (row, index) in (self.top..self.rows.len()).take(usize::from(regions.rows.height)).enumerate() {
            let Some(shown) = self.rows.get(index) else { break };
            let before = self.rows.get(..index).unwrap_or_default().iter().rev().find_map(Row::event);
            let before = before.and_then(|before| session.timeline.get(before)).map(|before| before.time);
            let line = columns.line(shown, session, before, &model.settings, theme);
            put(regions.rows, row, self.under_cursor(line, index, cells, theme), buf);
        }
        if self.rows.is_empty() {
            put(regions.rows, 1, Line::styled(format!("  {}", nothing(session)), theme.muted), buf);
        }
        divider(regions.divider, theme, buf);
        let lines = page::lines(&self.blocks(model), usize::from(regions.facts.width), theme);
        let height = usize::from(regions.facts.height);
        let hidden = lines.len().saturating_sub(self.facts_top + height);
        for (row, line) in lines.into_iter().skip(self.facts_top).take(height).enumerate() {
            put(regions.facts, row, line, buf);
        }
        if hidden > 0 && height > 0 {
            let more = format!(" {hidden} more lines, Tab ");
            put(regions.facts, height - 1, Line::styled(more, theme.muted).right_aligned(), buf);
        }
    }

    fn needs_detail(&self) -> bool {
        true
    }

    fn copyable(&self, model: &Model) -> Vec<Copyable> {
        let Some((session, row)) = session(model).zip(self.rows.get(self.cursor)) else { return Vec::new() };
        let mut out = vec![Copyable::new('n', "the line of the ladder", row_text(row, session))];
        let opened = model.opened.as_ref().filter(|opened| self.event().map(Subject::Event) == Some(opened.subject));
        let bytes = opened.and_then(|opened| opened.dissection.buffers.first()).map(|buffer| buffer.bytes.as_slice());
        if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
            out.push(Copyable::new('x', "bytes of the records as hex", hex(bytes)));
        }
        out
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        Some(super::detail::view_title(model, theme))
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        let mut blocks = vec![Block::Heading("The ladder".to_owned())];
        blocks.extend(SIGNS.iter().map(|(name, meaning)| entry(name, meaning)));
        blocks
    }
}

impl Ladder {
    fn under_cursor(&self, line: Line<'static>, index: usize, cells: usize, theme: &Theme) -> Line<'static> {
        if index != self.cursor {
            return line;
        }
        let style = if self.on_facts { theme.lit } else { theme.selected };
        let content: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
        let content = content.strip_prefix(' ').unwrap_or(&content);
        let text = text::left(&format!("{}{content}", theme.glyphs.cursor), cells);
        Line::from(Span::styled(text, style))
    }
}

fn divider(area: Rect, theme: &Theme, buf: &mut Buffer) {
    if area.height > 1 {
        for row in 0..usize::from(area.height) {
            put(area, row, Line::styled(theme.glyphs.vertical, theme.rule), buf);
        }
    } else {
        rule(area, theme, buf);
    }
}

fn verdict(session: &Session, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
    // What is missing stands in front, where it is not cut off.
    let (missing, state) = match &model.detail {
        DetailState::Loading(_) => (String::new(), "  (reading the bytes of the session...)"),
        DetailState::Failed(_, text) => (format!(" (no bytes: {})", crate::base::printable(text)), ""),
        _ => (String::new(), ""),
    };
    let glyph = words::outcome_glyph(session.outcome, &theme.glyphs);
    let more: Vec<String> = words::closed(session).into_iter().chain(words::circumstances(session)).collect();
    let more = more.join(" ");
    let line = format!("{missing} {glyph} {} {more}{state}", words::verdict(session));
    let line = text::shorten_end(&line, usize::from(area.width), &theme.glyphs);
    put(area, 0, Line::styled(line, words::outcome_style(session.outcome, theme)), buf);
}

/// The page about the verdict.
fn verdict_page(model: &Model) -> Outcome {
    match model.selected() {
        Some(session) => Outcome::push(why::page(session)),
        None => Outcome::problem("there is no session to show"),
    }
}

/// What was found in an event, in full.
fn found_at(model: &Model, shown: usize) -> Vec<Block> {
    let Some((known, event)) = model.selected().zip(model.event_inside(shown)) else { return Vec::new() };
    let is_here = |found: &&Finding| {
        found.severity > Severity::Chat && found.evidence.iter().any(|evidence| evidence.event == Some(event))
    };
    let words = |found: &Finding| {
        let name = format!("{} {}", found.severity.word(), found.rule.id);
        Block::Entry(name, format!("{} ({}; v tells more)", found.text, found.confidence.word()))
    };
    known.findings.iter().filter(is_here).map(words).collect()
}

fn nothing(session: &Session) -> String {
    format!("{} is listed, not decoded: there are no messages to show", session.kind.word().to_uppercase())
}

/// What the signs of the ladder mean.
static SIGNS: &[(&str, &str)] = &[
    ("--->", "in clear: tlslab could read it"),
    ("===>", "encrypted: only its length is known. The words in brackets say what it can be, not what it is"),
    ("decrypted", "encrypted on the wire, and opened with the keys that were given; d shows it as it was sent"),
    ("verified", "the signature, the verify_data or the binder in it was checked and holds"),
    ("-X->", "the alert or the reset that ended the session"),
    ("CERT-01: ...", "what was found in the message above it, by the rule's name; v tells all of it"),
    ("....", "from here on messages are encrypted"),
    ("~ ~", "bytes that the capture does not have"),
    (
        "ms",
        "milliseconds since the first frame of the stream; t shows the time of day or the time since the row before",
    ),
    ("frame", "the frame in which the last byte arrived"),
    ("bytes", "the message with its header, or the payload of the record"),
];
