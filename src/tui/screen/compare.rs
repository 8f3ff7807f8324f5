//! Two sessions side by side, message by message.

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::net::Direction;
use crate::session::{Comparison, Difference, Fact, Row, Session, compare};
use crate::tui::clock;
use crate::tui::effect::Content;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::export::Exportable;
use crate::tui::overlay::page::Block;
use crate::tui::text;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::view::{content_area, put};
use crate::tui::words;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::fmt::Write;
use std::sync::Arc;

/// From this width on the two stand side by side.
const WIDE: usize = 100;
/// The column of labels when they do.
const LABEL: usize = 30;
/// The rows above the list.
const HEAD: u16 = 3;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Compare {
    cursor: usize,
    top: usize,
    differences_only: bool,
    /// Whether Enter opens the second session's message.
    second: bool,
    pair: Option<[Arc<Session>; 2]>,
    comparison: Option<Comparison>,
}

/// One line of the list, and the row of the comparison that it belongs to.
struct Shown {
    row: usize,
    line: Line<'static>,
}

impl Compare {
    fn rows(area: Rect) -> Rect {
        let y = area.y.saturating_add(HEAD).min(area.bottom());
        Rect { y, height: area.bottom() - y, ..area }
    }

    /// Everything as lines. A comparison has a few hundred rows at most, so this is cheap.
    fn lines(&self, theme: &Theme, cells: usize) -> Vec<Shown> {
        let Some(comparison) = &self.comparison else { return Vec::new() };
        let mut out = Vec::new();
        for (index, row) in comparison.rows.iter().enumerate() {
            if self.differences_only && !row.differs() {
                continue;
            }
            let mut lines = vec![heading(row, theme, cells)];
            let mut facts: Vec<&Fact> = row.facts.iter().collect();
            facts.retain(|fact| !self.differences_only || fact.differs());
            facts.sort_by_key(|fact| !fact.differs());
            for fact in facts {
                lines.extend(if cells >= WIDE { beside(fact, theme, cells) } else { below(fact, theme, cells) });
            }
            out.extend(lines.into_iter().map(|line| Shown { row: index, line }));
        }
        out
    }

    fn count(&self, model: &Model) -> usize {
        self.lines(&Theme::default(), usize::from(model.size.width)).len()
    }

    fn move_by(&mut self, model: &Model, rows: isize) -> Outcome {
        self.cursor = self.cursor.saturating_add_signed(rows).min(self.count(model).saturating_sub(1));
        Outcome::none()
    }

    /// Opens the message under the cursor of the session that has the focus.
    fn open(&self, model: &Model) -> Outcome {
        let lines = self.lines(&Theme::default(), usize::from(model.size.width));
        let row = lines.get(self.cursor).and_then(|line| self.comparison.as_ref()?.rows.get(line.row));
        let Some((row, [first, second])) = row.zip(self.pair.as_ref()) else { return Outcome::none() };
        let session = if self.second { second } else { first };
        let name = if self.second { "B" } else { "A" };
        let shown = model.rows.order.iter().filter_map(|place| model.snapshot.sessions.get(*place));
        if shown.into_iter().all(|listed| listed.stream != session.stream) {
            return Outcome::problem(format!("the filter hides session {name}"));
        }
        let select = Outcome::change(Change::Select(session.stream));
        if row.direction.is_none() {
            return select.then(Navigate::Go(ScreenId::Ladder));
        }
        let [a, b] = row.events;
        match if self.second { b } else { a } {
            Some(event) => select.with(Change::Inside(event)).then(Navigate::Go(ScreenId::Detail)),
            None => Outcome::problem(format!("session {name} has no such message; Tab goes to the other one")),
        }
    }

    /// The comparison as text, differences only.
    fn text(&self) -> Option<String> {
        let (comparison, pair) = self.comparison.as_ref().zip(self.pair.as_ref())?;
        let mut out = String::new();
        for (name, session) in ["A", "B"].into_iter().zip(pair) {
            let _ = writeln!(out, "{name}: {}", title(session));
        }
        for row in comparison.rows.iter().filter(|row| row.differs()) {
            let _ = writeln!(out, "\n{}", called(row, ">", "<"));
            for (name, event) in ["A", "B"].into_iter().zip(row.events) {
                if row.direction.is_some() && event.is_none() {
                    let _ = writeln!(out, "  not in {name}");
                }
            }
            for fact in row.facts.iter().filter(|fact| fact.differs()) {
                let order = if fact.difference == Difference::Order { " (same entries, other order)" } else { "" };
                let [a, b] = &fact.values;
                let _ = writeln!(out, "  {}{order}\n    A: {}\n    B: {}", fact.label, or_nothing(a), or_nothing(b));
            }
        }
        if comparison.differences() == 0 {
            out.push_str("\nno differences\n");
        }
        Some(out)
    }

    fn head(&self, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let (Some(pair), Some(comparison)) = (&self.pair, &self.comparison) else { return };
        let cells = usize::from(area.width);
        for (row, ((name, session), second)) in ["A", "B"].into_iter().zip(pair).zip([false, true]).enumerate() {
            let focus = self.second == second;
            let sign = if focus { theme.glyphs.cursor } else { " " };
            let words = format!("{sign} {name}  {}", title(session));
            let style = if focus { theme.strong } else { theme.text };
            put(area, row, Line::styled(text::shorten_end(&words, cells, &theme.glyphs), style), buf);
        }
        let count = comparison.differences();
        let f = if self.differences_only { "f shows everything" } else { "f shows differences only" };
        let cut = if comparison.cut { "   only the first 512 events are compared" } else { "" };
        let words = match count {
            0 => format!("  no differences   {f}{cut}"),
            _ => format!("  {count} of {} rows differ   {f}   Tab: A or B{cut}", comparison.rows.len()),
        };
        put(area, 2, Line::styled(text::shorten_end(&words, cells, &theme.glyphs), theme.muted), buf);
    }
}

impl Screen for Compare {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Compare)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(Self::rows(content_area(model.size)).height.max(1)).unwrap_or(1);
        if let Some(rows) = command.rows(page) {
            return self.move_by(model, rows);
        }
        match command {
            Command::NextPane | Command::PreviousPane => {
                self.second = !self.second;
                Outcome::none()
            }
            Command::Flights => {
                self.differences_only = !self.differences_only;
                self.move_by(model, 0)
            }
            Command::Enter => self.open(model),
            _ => Outcome::none(),
        }
    }

    fn sync(&mut self, model: &Model) {
        let pair = match model.marks.as_slice() {
            [first, second, ..] => model.session(*first).cloned().zip(model.session(*second).cloned()),
            _ => None,
        };
        let pair = pair.map(|(first, second)| [first, second]);
        let same = match (&pair, &self.pair) {
            (Some(new), Some(known)) => new.iter().zip(known).all(|(a, b)| Arc::ptr_eq(a, b)),
            (None, None) => true,
            _ => false,
        };
        if !same {
            self.comparison = pair.as_ref().map(|[first, second]| compare(first, second));
            (self.pair, self.cursor, self.top) = (pair, 0, 0);
        }
        let height = usize::from(Self::rows(content_area(model.size)).height);
        let count = self.count(model);
        self.cursor = self.cursor.min(count.saturating_sub(1));
        self.top = text::top_row(self.top, self.cursor, height, count);
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let rows = Self::rows(area);
        match mouse {
            Mouse::Wheel(_, steps) => self.move_by(model, steps),
            Mouse::Click(at) | Mouse::DoubleClick(at) if rows.contains(at) => {
                let line = self.top + usize::from(at.y - rows.y);
                self.cursor = line.min(self.count(model).saturating_sub(1));
                if matches!(mouse, Mouse::DoubleClick(_)) { self.open(model) } else { Outcome::none() }
            }
            _ => Outcome::none(),
        }
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        if self.pair.is_none() {
            let words = "  Mark two sessions with Space in the list of sessions, then = compares them.";
            return put(area, 1, Line::styled(words, theme.muted), buf);
        }
        self.head(theme, area, buf);
        let rows = Self::rows(area);
        let lines = self.lines(theme, usize::from(area.width));
        for (row, shown) in lines.into_iter().skip(self.top).take(usize::from(rows.height)).enumerate() {
            let mut line = shown.line;
            if self.top + row == self.cursor {
                line.spans.insert(0, Span::styled(theme.glyphs.cursor, theme.strong));
            } else {
                line.spans.insert(0, Span::raw(" "));
            }
            put(rows, row, line, buf);
        }
    }

    fn copyable(&self, _model: &Model) -> Vec<Copyable> {
        self.text().map(|text| Copyable::new('c', "comparison as text, differences only", text)).into_iter().collect()
    }

    fn exportable(&self, _model: &Model) -> Vec<Exportable> {
        let content = self.text().map(Content::Text);
        let exportable = |content| Exportable {
            key: 'd',
            what: "comparison as text, differences only".to_owned(),
            name: "comparison.txt".to_owned(),
            content,
        };
        content.map(exportable).into_iter().collect()
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        vec![
            Block::Heading("Signs".to_owned()),
            entry("==", "the same in both"),
            entry("!=", "different, or only in one of them"),
            entry("~=", "the same entries in another order; some clients shuffle them on purpose"),
            entry("..", "differs between any two sessions, and is not compared: random values, ids, lengths"),
            entry("+1.2 ms", "time since the first event of its session; times are shown, not compared"),
        ]
    }
}

/// A session in a line: number, host name, version, result.
fn title(session: &Session) -> String {
    let (name, version) = (words::server_name(session), words::version(session));
    format!("session {}  {name}  {version}  {}", session.number, words::result(session, true))
}

fn sign(difference: Difference) -> &'static str {
    match difference {
        Difference::Same => "==",
        Difference::Different => "!=",
        Difference::Order => "~=",
        Difference::Always => "..",
    }
}

fn look(difference: Difference, theme: &Theme) -> Style {
    match difference {
        Difference::Same | Difference::Always => theme.muted,
        Difference::Different => theme.warn,
        Difference::Order => theme.note,
    }
}

fn called(row: &Row, to_server: &str, to_client: &str) -> String {
    match row.direction {
        None => "the session as a whole".to_owned(),
        Some(Direction::ToServer) => format!("client {to_server} {}", row.name),
        Some(Direction::ToClient) => format!("server {to_client} {}", row.name),
    }
}

fn or_nothing(value: &str) -> &str {
    if value.is_empty() { "(none)" } else { value }
}

/// When a message came, or that it did not.
fn presence(row: &Row) -> [String; 2] {
    let one = |event: Option<usize>, after: Option<i64>| match (row.direction, event, after) {
        (None, _, Some(after)) => format!("took {} ms", clock::milliseconds(after)),
        (None, _, None) => String::new(),
        (Some(_), Some(_), Some(after)) => format!("+{} ms", clock::milliseconds(after)),
        (Some(_), None, _) => "not there".to_owned(),
        (Some(_), Some(_), None) => String::new(),
    };
    let ([a, b], [after_a, after_b]) = (row.events, row.after);
    [one(a, after_a), one(b, after_b)]
}

fn heading(row: &Row, theme: &Theme, cells: usize) -> Line<'static> {
    let difference = if row.differs() { Difference::Different } else { Difference::Same };
    let name = format!("{} {}", sign(difference), called(row, theme.glyphs.to_server, theme.glyphs.to_client));
    let style = if row.differs() { theme.warn } else { theme.strong };
    let [a, b] = presence(row);
    if cells >= WIDE {
        let half = half(cells);
        let name = text::left(&text::shorten_end(&name, LABEL, &theme.glyphs), LABEL);
        let [a, b] = [a, b].map(|words| text::left(&text::shorten_end(&words, half, &theme.glyphs), half));
        return Line::from(vec![
            Span::styled(name, style),
            Span::styled(format!(" {a}"), theme.muted),
            Span::styled(format!(" {b}"), theme.muted),
        ]);
    }
    Line::from(vec![Span::styled(name, style), Span::styled(format!("   A {a}   B {b}"), theme.muted)])
}

fn half(cells: usize) -> usize {
    cells.saturating_sub(LABEL + 4) / 2
}

/// A fact with its values side by side.
fn beside(fact: &Fact, theme: &Theme, cells: usize) -> Vec<Line<'static>> {
    let half = half(cells).max(8);
    let style = look(fact.difference, theme);
    let label = format!("  {} {}", sign(fact.difference), fact.label);
    let label = text::shorten_end(&label, LABEL, &theme.glyphs);
    // What is not compared gets one line: it is there to be seen, not to be read.
    let lines = if fact.difference == Difference::Always { 1 } else { 4 };
    let [a, b] = values(fact, &theme.glyphs, half * lines);
    if fact.difference == Difference::Same {
        let value = text::shorten_end(&a, half * 2, &theme.glyphs);
        return vec![Line::styled(format!("{} {value}", text::left(&label, LABEL)), style)];
    }
    let [left, right] = [a, b].map(|value| text::wrap(&value, half));
    let cell = |lines: &[String], row: usize| text::left(lines.get(row).map_or("", String::as_str), half);
    let line = |row: usize| {
        Line::from(vec![
            Span::styled(text::left(if row == 0 { &label } else { "" }, LABEL), style),
            Span::styled(format!(" {}", cell(&left, row)), style_of_value(fact, theme)),
            Span::styled(format!(" {}", cell(&right, row)), style_of_value(fact, theme)),
        ])
    };
    (0..left.len().max(right.len())).map(line).collect()
}

/// A fact with its values one below the other.
fn below(fact: &Fact, theme: &Theme, cells: usize) -> Vec<Line<'static>> {
    let style = look(fact.difference, theme);
    let label = format!("  {} {}", sign(fact.difference), fact.label);
    let room = cells.saturating_sub(10).max(8);
    let lines = if fact.difference == Difference::Always { 1 } else { 4 };
    let [a, b] = values(fact, &theme.glyphs, room * lines);
    if fact.difference == Difference::Same {
        let words = text::shorten_end(&format!("{label}: {a}"), cells.saturating_sub(1), &theme.glyphs);
        return vec![Line::styled(words, style)];
    }
    let mut lines = vec![Line::styled(label, style)];
    for (name, value) in [("A", a), ("B", b)] {
        for (row, line) in text::wrap(&value, room).into_iter().enumerate() {
            let name = if row == 0 { name } else { " " };
            lines.push(Line::styled(format!("     {name} {line}"), style_of_value(fact, theme)));
        }
    }
    lines
}

fn style_of_value(fact: &Fact, theme: &Theme) -> Style {
    if fact.differs() { theme.text } else { theme.muted }
}

fn values(fact: &Fact, glyphs: &Glyphs, most: usize) -> [String; 2] {
    fact.values.each_ref().map(|value| text::shorten_end(or_nothing(value), most, glyphs))
}

#[cfg(test)]
mod tests;
