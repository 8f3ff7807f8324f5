//! What the application said in a session: requests and responses, text, or bytes.
//!
//! Records are opened when they come into sight, on another thread. The screen holds a place (a record and a row of
//! it) and makes the rows that are seen from there on, so that a gigabyte scrolls like a page.

mod draw;
mod exchange;
mod find;
mod records;
#[cfg(test)]
mod tests;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{hex, printable};
use crate::capture::follow::{Message, Spoken};
use crate::net::Direction;
use crate::report::follow::{self, Wanted};
use crate::session::StreamId;
use crate::tui::effect::Content;
use crate::tui::following::{FollowState, Followed, MessageId, Need};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::export::{Exportable, stem};
use crate::tui::overlay::find::Find;
use crate::tui::overlay::page::Block;
use crate::tui::same::Same;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{content_area, put};
use exchange::{Open, Shown};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use records::{Layout, Place};
use std::sync::Arc;

/// The rows above the data.
const HEAD: u16 = 2;
/// What can be typed to find something.
const FIND_HELP: &str = "text in any case, or bytes as hex:16 03";

/// The screen's own state.
#[derive(Debug, Default)]
pub struct FollowScreen {
    /// How it is shown; by itself, as exchanges where there are any.
    view: Option<View>,
    wanted: Wanted,
    of: Option<(u64, StreamId)>,
    /// The exchange under the cursor, and the first row of the list.
    cursor: usize,
    top: usize,
    /// The exchange that is open, its lines, and the first of them in sight.
    open: Option<Open>,
    lines: Vec<Shown>,
    /// What the lines were made of; they are wrapped again when it changes.
    made_of: Option<MadeOf>,
    line: usize,
    /// The first row of records in sight.
    place: Place,
    /// Whether that is to be the last page.
    at_end: bool,
    /// How many answers to searches were seen; where the latest led to; whether it led nowhere.
    answers: u64,
    found: Option<(usize, usize)>,
    to_show: bool,
    not_found: bool,
}

/// What the lines of an exchange are made of.
#[derive(Debug, PartialEq)]
struct MadeOf {
    followed: Option<Same<Followed>>,
    open: Open,
    /// Whether the part of the body is there.
    has_page: bool,
    wanted: Wanted,
    cells: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Exchanges,
    Text,
    Hex,
}

impl View {
    fn word(self) -> &'static str {
        match self {
            Self::Exchanges => "exchanges",
            Self::Text => "text",
            Self::Hex => "hex",
        }
    }
}

impl FollowScreen {
    fn rows(area: Rect) -> Rect {
        let y = area.y.saturating_add(HEAD).min(area.bottom());
        Rect { y, height: area.bottom() - y, ..area }
    }

    fn view_of(&self, model: &Model) -> View {
        let http = model.follow.ready().is_some_and(|followed| followed.exchanges.spoken != Spoken::Other);
        match self.view {
            Some(View::Exchanges) | None if http => View::Exchanges,
            Some(View::Hex) => View::Hex,
            _ => View::Text,
        }
    }

    fn layout(&self, model: &Model) -> Layout {
        let rows = Self::rows(content_area(model.size));
        let (cells, height) = (usize::from(rows.width), usize::from(rows.height));
        Layout { hex: self.view_of(model) == View::Hex, wanted: self.wanted, cells, height }
    }

    fn move_by(&mut self, model: &Model, rows: isize) -> Outcome {
        let height = usize::from(Self::rows(content_area(model.size)).height);
        if self.view_of(model) != View::Exchanges {
            let layout = self.layout(model);
            self.at_end = rows == isize::MAX;
            self.place = match rows {
                isize::MIN => (0, 0),
                isize::MAX => layout.end(&model.follow),
                _ => layout.step(&model.follow, self.place, rows),
            };
        } else if let Some(open) = self.open {
            self.scroll(model, open, rows, height);
        } else {
            let count = model.follow.ready().map_or(0, |followed| followed.exchanges.list.len());
            self.cursor = self.cursor.saturating_add_signed(rows).min(count.saturating_sub(1));
        }
        Outcome::none()
    }

    /// Scrolls an open exchange; over its ends into the next part of the body, or the one before.
    fn scroll(&mut self, model: &Model, open: Open, rows: isize, height: usize) {
        let lowest = self.lines.len().saturating_sub(height);
        let page = open.page(&model.follow);
        if rows > 0 && self.line >= lowest && page.is_some_and(|page| !page.is_last) {
            let length = page.map_or(0, |page| page.bytes.len());
            self.show_part(Open { from: open.from + length as u64, ..open }, 0);
        } else if rows < 0 && self.line == 0 && open.from > 0 {
            let before = if rows == isize::MIN { 0 } else { open.from.saturating_sub(crate::tui::following::PAGE) };
            self.show_part(Open { from: before, ..open }, if rows == isize::MIN { 0 } else { usize::MAX });
        } else {
            self.line = self.line.saturating_add_signed(rows).min(lowest);
        }
    }

    fn show_part(&mut self, open: Open, line: usize) {
        (self.open, self.line) = (Some(open), line);
    }

    fn enter(&mut self, model: &Model) -> Outcome {
        let Some(followed) = model.follow.ready() else { return Outcome::none() };
        if self.view_of(model) == View::Exchanges && self.open.is_none() {
            self.open = Open::new(followed, self.cursor);
            self.line = 0;
            return Outcome::none();
        }
        self.show_record(model)
    }

    /// The next exchange or record, or the one before.
    fn turn(&mut self, model: &Model, forward: bool) -> Outcome {
        let Some(followed) = model.follow.ready() else { return Outcome::none() };
        if self.view_of(model) == View::Exchanges {
            self.move_in_list(followed, forward);
            return Outcome::none();
        }
        let layout = self.layout(model);
        self.at_end = false;
        match layout.neighbour(followed, self.place.0, forward) {
            Some(chunk) => self.place = (chunk, 0),
            None => {
                return Outcome::problem(if forward {
                    "that was the last record"
                } else {
                    "that was the first record"
                });
            }
        }
        Outcome::none()
    }

    fn move_in_list(&mut self, followed: &Followed, forward: bool) {
        let last = followed.exchanges.list.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(if forward { 1 } else { -1 }).min(last);
        if self.open.is_some() {
            self.open = Open::new(followed, self.cursor);
            self.line = 0;
        }
    }

    /// The record that is meant: of the message that is open, of the exchange under the cursor, or the first in sight.
    fn chunk(&self, model: &Model) -> Option<usize> {
        let followed = model.follow.ready()?;
        if self.view_of(model) != View::Exchanges {
            return Some(self.place.0);
        }
        let id = self.open.map_or(MessageId { exchange: self.cursor, message: 0 }, |open| open.id);
        followed.message(id).map(|message| message.chunk)
    }

    /// Opens the record in Detail: by its event where it begins one, else by its frame.
    fn show_record(&self, model: &Model) -> Outcome {
        let found = model.follow.ready().zip(self.chunk(model));
        let Some(chunk) = found.and_then(|(followed, number)| followed.follow.chunk(number)) else {
            return Outcome::problem("there is no record");
        };
        let timeline = model.follow.ready().map(|followed| followed.follow.session.timeline.as_slice());
        let event = timeline
            .unwrap_or_default()
            .iter()
            .position(|event| event.direction == chunk.direction && event.offset == chunk.offset && event.decrypted);
        let go = |subject| Outcome::change(Change::Subject(subject)).then(Navigate::Go(ScreenId::Detail));
        match event {
            Some(event) => go(Subject::Event(event)),
            None => go(Subject::Frame(chunk.frame)).with(Change::Frame(chunk.frame)),
        }
    }

    fn next_view(&mut self, model: &Model) -> Outcome {
        let http = model.follow.ready().is_some_and(|followed| followed.exchanges.spoken != Spoken::Other);
        let chunk = self.chunk(model);
        let next = match self.view_of(model) {
            View::Exchanges => View::Text,
            View::Text => View::Hex,
            View::Hex if http => View::Exchanges,
            View::Hex => View::Text,
        };
        if let Some(chunk) = chunk.filter(|_| next == View::Text && http) {
            self.place = (chunk, 0);
        }
        (self.view, self.at_end) = (Some(next), false);
        Outcome::none()
    }

    fn next_direction(&mut self) -> Outcome {
        self.wanted = match self.wanted {
            Wanted::Both => Wanted::Only(Direction::ToServer),
            Wanted::Only(Direction::ToServer) => Wanted::Only(Direction::ToClient),
            Wanted::Only(Direction::ToClient) => Wanted::Both,
        };
        self.at_end = false;
        Outcome::none()
    }
}

impl Screen for FollowScreen {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Follow)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(Self::rows(content_area(model.size)).height.max(1)).unwrap_or(1);
        if let Some(rows) = command.rows(page) {
            return self.move_by(model, rows);
        }
        match command {
            Command::Enter => self.enter(model),
            Command::NextView => self.next_view(model),
            Command::OneDirection => self.next_direction(),
            Command::ShowRecord => self.show_record(model),
            Command::NextEvent => self.turn(model, true),
            Command::PreviousEvent => self.turn(model, false),
            Command::NextPane | Command::PreviousPane => {
                self.open = self.open.zip(model.follow.ready()).map(|(open, followed)| open.next_message(followed));
                Outcome::none()
            }
            Command::Find => Outcome::go(Navigate::Push(Box::new(Find::new("find in application data", FIND_HELP)))),
            Command::FindNext => self.find(model, true),
            Command::FindPrevious => self.find(model, false),
            _ => Outcome::none(),
        }
    }

    fn step_back(&mut self, model: &Model) -> Option<Outcome> {
        (self.view_of(model) == View::Exchanges).then(|| self.open.take())?.map(|_| Outcome::none())
    }

    fn sync(&mut self, model: &Model) {
        let of = model.selected.map(|stream| (model.loading.job, stream));
        if self.of != of {
            *self = Self { of, view: self.view, wanted: self.wanted, ..Self::default() };
        }
        self.take_found(model);
        let layout = self.layout(model);
        self.place = if self.at_end { layout.end(&model.follow) } else { layout.fit(&model.follow, self.place) };
        let count = model.follow.ready().map_or(0, |followed| followed.exchanges.list.len());
        self.cursor = self.cursor.min(count.saturating_sub(1));
        self.top = text::top_row(self.top, self.cursor, layout.height, count);
        let made_of = self.open.map(|open| MadeOf {
            followed: model.follow.ready().map(Same::of),
            open,
            has_page: open.page(&model.follow).is_some(),
            wanted: self.wanted,
            cells: layout.cells,
        });
        // What is being read has its place when it is there.
        let waits = made_of.as_ref().is_some_and(|made_of| !made_of.has_page);
        if self.made_of != made_of {
            let lines = self.open.map(|open| open.lines(&model.follow, self.wanted, layout.cells));
            (self.lines, self.made_of) = (lines.unwrap_or_default(), made_of);
        }
        if !waits {
            self.line = self.line.min(self.lines.len().saturating_sub(layout.height));
        }
    }

    fn needs_follow(&self, model: &Model) -> Option<Need> {
        let mut need = Need::default();
        let Some(followed) = model.follow.ready() else { return Some(need) };
        if self.view_of(model) != View::Exchanges {
            need.chunks = self.layout(model).near(followed, self.place);
            need.chunks.extend(self.found.filter(|_| self.to_show).map(|(chunk, _)| chunk));
        }
        need.body = self.open.map(|open| open.body());
        Some(need)
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let rows = Self::rows(area);
        match mouse {
            Mouse::Wheel(_, steps) => self.move_by(model, steps),
            Mouse::Click(at) | Mouse::DoubleClick(at)
                if rows.contains(at) && self.open.is_none() && self.view_of(model) == View::Exchanges =>
            {
                self.cursor = self.top + usize::from(at.y - rows.y);
                if matches!(mouse, Mouse::DoubleClick(_)) { self.enter(model) } else { Outcome::none() }
            }
            _ => Outcome::none(),
        }
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let cells = usize::from(area.width);
        let rows = Self::rows(area);
        let problem = match &model.follow.state {
            FollowState::Ready(followed) => followed.follow.nothing(),
            FollowState::Failed(text) => Some(text.clone()),
            FollowState::None | FollowState::Loading => Some("reading the session".to_owned()),
        };
        if let Some(problem) = problem {
            let sentence = printable(&format!("nothing to follow: {problem}"));
            let loading = matches!(model.follow.state, FollowState::None | FollowState::Loading);
            let sentence = if loading { problem } else { sentence };
            for (row, line) in text::wrap(&sentence, cells.saturating_sub(2)).into_iter().enumerate() {
                put(area, row, Line::styled(format!(" {line}"), theme.muted), buf);
            }
            return;
        }
        put(area, 0, self.summary(model, theme, cells), buf);
        match (self.view_of(model), self.open) {
            (View::Exchanges, None) => self.view_list(model, theme, area, rows, buf),
            (View::Exchanges, Some(_)) => self.view_open(model, theme, area, rows, buf),
            _ => self.view_records(model, theme, area, rows, buf),
        }
    }

    fn copyable(&self, model: &Model) -> Vec<Copyable> {
        let mut out = Vec::new();
        let Some(followed) = model.follow.ready() else { return out };
        if self.view_of(model) != View::Exchanges {
            if let Some((_, bytes)) = model.follow.chunk(self.place.0) {
                let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').map(follow::text_line).collect();
                out.push(Copyable::new('v', "record as text", lines.join("\n")));
                out.push(Copyable::new('x', "record as hex", hex(bytes)));
            }
            return out;
        }
        if let Some(exchange) = followed.exchanges.list.get(self.cursor) {
            let head = |message: &Message| {
                let fields = message.fields.iter().chain(&message.trailers).map(follow::field);
                std::iter::once(follow::first_line(message)).chain(fields).collect::<Vec<_>>().join("\n")
            };
            let heads: Vec<_> = follow::messages(exchange).map(|(_, message)| head(message)).collect();
            out.push(Copyable::new('n', "heads of the exchange", heads.join("\n\n")));
        }
        if let Some(page) = self.open.and_then(|open| open.page(&model.follow)) {
            let lines: Vec<_> = page.bytes.split_inclusive(|byte| *byte == b'\n').map(follow::text_line).collect();
            out.push(Copyable::new('b', "this part of the body as text", lines.join("\n")));
        }
        out
    }

    fn exportable(&self, model: &Model) -> Vec<Exportable> {
        let Some((followed, session)) = model.follow.ready().zip(model.selected()) else { return Vec::new() };
        if followed.follow.nothing().is_some() {
            return Vec::new();
        }
        let stem = stem(session);
        let raw = |key, what: &str, end: &str, wanted| Exportable {
            key,
            what: what.to_owned(),
            name: format!("{stem}-{end}.bin"),
            content: Content::Raw(Arc::clone(followed), wanted),
        };
        let mut out = vec![
            raw('b', "application data of both directions", "data", Wanted::Both),
            raw('u', "what the client said", "client", Wanted::Only(Direction::ToServer)),
            raw('r', "what the server said", "server", Wanted::Only(Direction::ToClient)),
        ];
        let open = self.open.or_else(|| Open::new(followed, self.cursor)).map(|open| open.id);
        let id = open.filter(|id| followed.message(*id).is_some_and(|message| message.body.length > 0));
        if let Some(id) = id.filter(|_| self.view_of(model) == View::Exchanges) {
            let content = Content::Body(Arc::clone(followed), id);
            let name = format!("{stem}-body-{}.bin", id.exchange + 1);
            out.insert(0, Exportable { key: 'n', what: "body of the exchange, unpacked".to_owned(), name, content });
        }
        out
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        Some(super::detail::session_title(model, theme))
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        vec![
            Block::Heading("Signs".to_owned()),
            entry(">", "sent by the client"),
            entry("<", "sent by the server"),
            entry("!", "something is odd, or missing; the exchange says what"),
            Block::Heading("Columns".to_owned()),
            entry("body", "bytes of the response's body as they were sent, before unpacking"),
            entry("status", "of the final response; none: there was none"),
            Block::Heading("Views".to_owned()),
            entry("exchanges", "requests and responses of HTTP/1 and HTTP/2"),
            entry("text, hex", "each record on its own, under a line that says where it came from"),
        ]
    }
}
