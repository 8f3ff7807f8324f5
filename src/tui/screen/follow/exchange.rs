//! Requests and responses: the list of them, and one of them with headers and body.

use crate::base::printable;
use crate::capture::follow::{BodyPage, Exchange, Line as First, Message};
use crate::net::Direction;
use crate::report::follow::{self, HEX_ROW, Wanted};
use crate::tui::following::{BodyAt, Followed, Following, MessageId};
use crate::tui::text;
use crate::tui::theme::{Glyphs, Theme};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// An exchange that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// Whose body is shown.
    pub(super) id: MessageId,
    /// Where in the body the part begins that is shown.
    pub(super) from: u64,
}

/// A line of an open exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) look: Look,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    First(Direction),
    Field,
    Remark,
    Heading,
    Body,
}

impl Look {
    pub(super) fn style(self, theme: &Theme) -> Style {
        match self {
            Self::First(Direction::ToServer) => theme.client,
            Self::First(Direction::ToClient) => theme.server,
            Self::Field | Self::Body => theme.text,
            Self::Remark => theme.warn,
            Self::Heading => theme.muted,
        }
    }
}

impl Open {
    /// An exchange with the body of its response or, where that has none, of its request.
    pub(super) fn new(followed: &Followed, exchange: usize) -> Option<Self> {
        let messages = followed.exchanges.list.get(exchange).map(|found| follow::messages(found).count())?;
        let id = |message| MessageId { exchange, message };
        let has_body = |id: &MessageId| followed.message(*id).is_some_and(|message| message.body.length > 0);
        let last = (0..messages).rev().map(id).find(has_body).unwrap_or(id(messages.saturating_sub(1)));
        Some(Self { id: last, from: 0 })
    }

    /// The part of the body that it needs.
    pub(super) fn body(&self) -> BodyAt {
        BodyAt { of: self.id, from: self.from }
    }

    /// The body of the next message.
    pub(super) fn next_message(&self, followed: &Followed) -> Self {
        let exchange = followed.exchanges.list.get(self.id.exchange);
        let count = exchange.map_or(1, |exchange| follow::messages(exchange).count().max(1));
        let message = (self.id.message + 1) % count;
        Self { id: MessageId { message, ..self.id }, from: 0 }
    }

    /// The part of the body, once it is there.
    pub(super) fn page<'a>(&self, following: &'a Following) -> Option<&'a BodyPage> {
        following.body.as_ref().filter(|(at, _)| *at == self.body()).map(|(_, page)| page)
    }

    /// All lines.
    pub(super) fn lines(&self, following: &Following, wanted: Wanted, cells: usize) -> Vec<Shown> {
        let mut lines = Vec::new();
        let exchange = following.ready().and_then(|followed| followed.exchanges.list.get(self.id.exchange));
        let Some(exchange) = exchange else { return lines };
        for (index, (direction, message)) in follow::messages(exchange).enumerate() {
            if !wanted.takes(direction) {
                continue;
            }
            head(direction, message, cells, &mut lines);
            if message.body.length > 0 {
                let here = index == self.id.message;
                self.body_lines(message, following, here, cells, &mut lines);
            }
            add("", Look::Field, cells, &mut lines);
        }
        for remark in &exchange.remarks {
            add(&format!("! {}", printable(remark)), Look::Remark, cells, &mut lines);
        }
        lines
    }

    fn body_lines(&self, message: &Message, following: &Following, here: bool, cells: usize, lines: &mut Vec<Shown>) {
        let words = follow::body_words(message);
        if !here {
            return add(&format!("[{words}; Tab shows it]"), Look::Heading, cells, lines);
        }
        add(&format!("[{words}]"), Look::Heading, cells, lines);
        let Some(page) = self.page(following) else {
            return add("reading the body", Look::Heading, cells, lines);
        };
        if self.from > 0 {
            add(&format!("[from byte {} on]", text::count(self.from)), Look::Heading, cells, lines);
        }
        if follow::is_text(&page.bytes) {
            for line in page.bytes.split_inclusive(|byte| *byte == b'\n') {
                add(&follow::text_line(line), Look::Body, cells, lines);
            }
        } else {
            for (row, bytes) in page.bytes.chunks(HEX_ROW).enumerate() {
                let at = self.from + (row * HEX_ROW) as u64;
                add(&follow::hex_row(at, bytes), Look::Body, cells, lines);
            }
        }
        if let Some(problem) = &page.problem {
            add(&format!("! {}", printable(problem)), Look::Remark, cells, lines);
        } else if !page.is_last {
            add("[there is more: go on downwards]", Look::Heading, cells, lines);
        }
    }
}

fn head(direction: Direction, message: &Message, cells: usize, lines: &mut Vec<Shown>) {
    let sign = follow::sign(direction);
    let first = format!("{sign} {}   frame {}", follow::first_line(message), message.frame);
    add(&first, Look::First(direction), cells, lines);
    for field in message.fields.iter().chain(&message.trailers) {
        add(&format!("{sign} {}", follow::field(field)), Look::Field, cells, lines);
    }
    for remark in &message.remarks {
        add(&format!("! {}", printable(remark)), Look::Remark, cells, lines);
    }
}

/// Adds a text in as many lines as it takes.
fn add(text: &str, look: Look, cells: usize, lines: &mut Vec<Shown>) {
    let cells = cells.max(8);
    let (mut line, mut used) = (String::new(), 0);
    for c in text.chars() {
        let width = text::width(c.encode_utf8(&mut [0; 4]));
        if used + width > cells {
            lines.push(Shown { text: std::mem::take(&mut line), look });
            used = 0;
        }
        line.push(c);
        used += width;
    }
    lines.push(Shown { text: line, look });
}

/// What the columns of the list are called.
pub(super) fn heading(cells: usize) -> String {
    let Columns { target, kind, .. } = Columns::fit(cells);
    let kind = if kind > 0 { format!(" {}", text::left("type", kind)) } else { String::new() };
    format!(
        "  {} {} {} {}{kind} {}",
        text::right("#", 4),
        text::left("method", 7),
        text::left("target", target),
        text::left("status", 6),
        text::right("body", 9)
    )
}

struct Columns {
    target: usize,
    kind: usize,
}

impl Columns {
    fn fit(cells: usize) -> Self {
        let kind = if cells >= 100 { 24 } else { 0 };
        let around = 2 + 4 + 1 + 7 + 1 + 1 + 6 + 1 + 9 + if kind > 0 { kind + 1 } else { 0 };
        Self { target: cells.saturating_sub(around).max(8), kind }
    }
}

/// A row of the list.
pub(super) fn row(number: usize, exchange: &Exchange, selected: bool, theme: &Theme, cells: usize) -> Line<'static> {
    let Columns { target, kind } = Columns::fit(cells);
    let style = |style: Style| if selected { theme.selected } else { style };
    let glyphs: &Glyphs = &theme.glyphs;
    let fit = |value: &str, cells: usize| text::left(&text::shorten_end(&printable(value), cells, glyphs), cells);
    let (method, path) = match exchange.request.as_ref().map(|message| &message.line) {
        Some(First::Request { method, target, .. }) => (method.as_str(), target.as_str()),
        _ => ("?", "(the request was not seen)"),
    };
    let (status, good) = match exchange.response.as_ref().and_then(Message::status) {
        Some(0) => ("?".to_owned(), false),
        Some(status) => (status.to_string(), status < 400),
        None => ("none".to_owned(), false),
    };
    let body = exchange.response.as_ref().map_or(0, |message| message.body.length);
    let odd =
        !exchange.remarks.is_empty() || follow::messages(exchange).any(|(_, message)| !message.remarks.is_empty());
    let mut spans = vec![
        Span::styled(
            format!(
                "{}{}{} ",
                if selected { glyphs.cursor } else { " " },
                if odd { "!" } else { " " },
                text::right(&number.to_string(), 4)
            ),
            style(if odd { theme.warn } else { theme.text }),
        ),
        Span::styled(format!("{} {} ", fit(method, 7), fit(path, target)), style(theme.client)),
        Span::styled(fit(&status, 6), style(if good { theme.ok } else { theme.warn })),
    ];
    if kind > 0 {
        let of = exchange.response.as_ref().and_then(|message| message.values("content-type").next());
        spans.push(Span::styled(format!(" {}", fit(of.unwrap_or_default(), kind)), style(theme.text)));
    }
    spans.push(Span::styled(format!(" {}", text::right(&text::bytes(body), 9)), style(theme.text)));
    Line::from(spans)
}

/// Whether an exchange has a text in its first lines or header fields.
pub(super) fn holds(exchange: &Exchange, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    follow::messages(exchange).any(|(_, message)| {
        let fields = message.fields.iter().chain(&message.trailers).map(follow::field);
        std::iter::once(follow::first_line(message)).chain(fields).any(|line| line.to_lowercase().contains(&wanted))
    })
}
