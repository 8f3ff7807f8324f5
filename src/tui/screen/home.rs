//! Where the program starts without a capture: what was opened before, what comes with it, and how to go on.

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::printable;
use crate::capture::Input;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::overlay::open_file::open_file;
use crate::tui::overlay::page::Block;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{put, rule};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::path::PathBuf;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Home {
    cursor: usize,
}

/// A line of the screen: a heading, or something that can be opened.
#[derive(Debug)]
enum Row {
    Heading(&'static str),
    Ask,
    Live,
    Lab,
    Recent(PathBuf),
    Sample(usize),
    Blank,
}

fn rows(model: &Model) -> Vec<Row> {
    let mut rows = vec![Row::Heading("Open"), Row::Ask, Row::Live, Row::Lab];
    if !model.settings.recent.is_empty() {
        rows.extend([Row::Blank, Row::Heading("Opened before")]);
        rows.extend(model.settings.recent.iter().cloned().map(Row::Recent));
    }
    if !model.samples.is_empty() {
        rows.extend([Row::Blank, Row::Heading("Samples: captures to look around in")]);
        rows.extend((0..model.samples.len()).map(Row::Sample));
    }
    rows
}

fn can_be_chosen(row: &Row) -> bool {
    !matches!(row, Row::Heading(_) | Row::Blank)
}

impl Home {
    fn chosen<'a>(&self, rows: &'a [Row]) -> Option<&'a Row> {
        rows.iter().filter(|row| can_be_chosen(row)).nth(self.cursor)
    }

    fn move_by(&mut self, model: &Model, steps: isize) {
        let last = rows(model).iter().filter(|row| can_be_chosen(row)).count().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(steps).min(last);
    }

    fn open(&self, model: &Model) -> Outcome {
        match self.chosen(&rows(model)) {
            Some(Row::Live) => Outcome::go(Navigate::Go(ScreenId::Capture)),
            Some(Row::Lab) => Outcome::go(Navigate::Go(ScreenId::Lab)),
            Some(Row::Recent(path)) => Outcome::change(Change::Open(vec![Input::Path(path.clone())])),
            Some(Row::Sample(index)) => model
                .samples
                .get(*index)
                .map_or_else(Outcome::none, |sample| Outcome::change(Change::Open(vec![Input::Sample(sample)]))),
            _ => open_file(),
        }
    }

    /// The first line to show so that the chosen one is in sight.
    fn top(&self, rows: &[Row], height: usize) -> usize {
        let place = rows.iter().enumerate().filter(|(_, row)| can_be_chosen(row)).nth(self.cursor);
        text::top_row(0, place.map_or(0, |(place, _)| place), height, rows.len())
    }
}

const LINES_ABOVE: u16 = 3;
/// The strip below, with what is known of the chosen line.
const LINES_BELOW: u16 = 4;

fn list_area(area: Rect) -> Rect {
    let above = LINES_ABOVE.min(area.height);
    Rect { y: area.y + above, height: (area.height - above).saturating_sub(LINES_BELOW), ..area }
}

impl Screen for Home {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Home)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        match command {
            Command::Enter => return self.open(model),
            Command::Down => self.move_by(model, 1),
            Command::Up => self.move_by(model, -1),
            Command::PageDown | Command::HalfPageDown => self.move_by(model, 10),
            Command::PageUp | Command::HalfPageUp => self.move_by(model, -10),
            Command::First => self.cursor = 0,
            Command::Last => self.move_by(model, isize::MAX),
            _ => {}
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        self.move_by(model, 0);
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let list = list_area(area);
        match mouse {
            Mouse::Wheel(_, steps) => self.move_by(model, steps),
            Mouse::Click(at) | Mouse::DoubleClick(at) if list.contains(at) => {
                let rows = rows(model);
                let place = self.top(&rows, usize::from(list.height)) + usize::from(at.y - list.y);
                if rows.get(place).is_some_and(can_be_chosen) {
                    self.cursor = rows.iter().take(place).filter(|row| can_be_chosen(row)).count();
                    if matches!(mouse, Mouse::DoubleClick(_)) {
                        return self.open(model);
                    }
                }
            }
            Mouse::Click(_) | Mouse::DoubleClick(_) => {}
        }
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let cells = usize::from(area.width);
        put(area, 1, Line::styled(" What a TLS connection really did: every session,", theme.strong), buf);
        put(area, 2, Line::styled(" how it went, and every byte of its handshake.", theme.strong), buf);
        let list = list_area(area);
        let rows = rows(model);
        let top = self.top(&rows, usize::from(list.height));
        let mut choice = rows.iter().take(top).filter(|row| can_be_chosen(row)).count();
        for (index, row) in rows.iter().enumerate().skip(top).take(usize::from(list.height)) {
            let selected = can_be_chosen(row) && choice == self.cursor;
            put(list, index - top, row_line(row, selected, model, theme, cells), buf);
            choice += usize::from(can_be_chosen(row));
        }
        let below = Rect { y: list.bottom(), height: area.bottom().saturating_sub(list.bottom()), ..area };
        rule(below, theme, buf);
        let about = text::wrap(&about(self.chosen(&rows), model), cells.saturating_sub(2));
        for (row, line) in about.into_iter().enumerate() {
            put(below, row + 1, Line::styled(format!(" {line}"), theme.text), buf);
        }
    }

    fn explanation(&self) -> Vec<Block> {
        vec![
            Block::Heading("Captures".to_owned()),
            Block::Text(
                "Files of pcap and pcapng are opened, compressed with gzip, zstd or lz4 too. Several at once, or standard \
                 input, are given on the command line: tlslab FILE... or tlslab -"
                    .to_owned(),
            ),
        ]
    }
}

/// What there is to say of a line.
fn about(row: Option<&Row>, model: &Model) -> String {
    match row {
        Some(Row::Sample(index)) => {
            model.samples.get(*index).map(|sample| sample.teaches.to_owned()).unwrap_or_default()
        }
        Some(Row::Live) => {
            "TLS on the interfaces of this machine, as it happens. It needs libpcap and the right to capture, \
             which is given up once the interfaces are open. I comes here from any screen."
                .to_owned()
        }
        Some(Row::Lab) => {
            "One-way and mutual authentication, played step by step between two peers inside the program: what \
                           each side says, what crosses the wire, every check of every certificate; with questions."
                .to_owned()
        }
        Some(Row::Recent(path)) => printable(&path.display().to_string()),
        _ => {
            "pcap and pcapng, also compressed. o opens one from any screen; several at once: tlslab FILE...".to_owned()
        }
    }
}

fn row_line(row: &Row, selected: bool, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
    let glyphs = &theme.glyphs;
    let cursor = if selected { glyphs.cursor } else { " " };
    let style = if selected { theme.selected } else { theme.text };
    let room = cells.saturating_sub(6);
    match row {
        Row::Blank => Line::default(),
        Row::Heading(heading) => Line::styled(format!(" {heading}"), theme.accent),
        Row::Ask => {
            Line::from(vec![Span::styled(format!(" {cursor} "), theme.text), Span::styled("a capture file...", style)])
        }
        Row::Live => Line::from(vec![
            Span::styled(format!(" {cursor} "), theme.text),
            Span::styled("capture live from interfaces...", style),
        ]),
        Row::Lab => Line::from(vec![
            Span::styled(format!(" {cursor} "), theme.text),
            Span::styled("the lab: scenarios to play, and exercises", style),
        ]),
        Row::Recent(path) => {
            let path = text::shorten_middle(&printable(&path.display().to_string()), room, glyphs);
            Line::from(vec![Span::styled(format!(" {cursor} "), theme.text), Span::styled(path, style)])
        }
        Row::Sample(index) => {
            let Some(sample) = model.samples.get(*index) else { return Line::default() };
            let title = text::left(&text::shorten_end(sample.title, 48, glyphs), 48);
            let name = text::shorten_end(sample.name, room.saturating_sub(50), glyphs);
            Line::from(vec![
                Span::styled(format!(" {cursor} "), theme.text),
                Span::styled(title, style),
                Span::styled(format!("  {name}"), theme.muted),
            ])
        }
    }
}
