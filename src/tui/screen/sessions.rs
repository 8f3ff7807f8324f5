//! The list of sessions, and the verdict on the one under the cursor.

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{counted, printable};
use crate::capture::FileNote;
use crate::session::{Outcome as SessionOutcome, Session};
use crate::tui::column::{self, COLUMNS, ColumnId, Placed};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{Model, Sort};
use crate::tui::overlay::page::Block;
use crate::tui::overlay::reasons::Reasons;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::verdict;
use crate::tui::view::{put, rule};
use crate::tui::words;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Sessions {
    top: usize,
}

/// Where its parts lie.
#[derive(Clone, Copy, Debug)]
struct Regions {
    filter: Rect,
    left: Rect,
    heading: Rect,
    rows: Rect,
    verdict: Rect,
}

const VERDICT_ROWS: u16 = 5;
/// The cells before the first column: cursor and mark.
const MARGIN: u16 = 2;

fn regions(area: Rect, model: &Model) -> Regions {
    let left = u16::from(model.snapshot.left > 0).min(area.height.saturating_sub(1));
    let line = |y: u16, height: u16| Rect { y: area.y.saturating_add(y).min(area.bottom()), height, ..area };
    let verdict = VERDICT_ROWS.min(area.height.saturating_sub(4));
    Regions {
        filter: line(0, 1.min(area.height)),
        left: line(1, left),
        heading: line(1 + left, 1.min(area.height.saturating_sub(1 + left))),
        rows: line(2 + left, area.height.saturating_sub(2 + left + verdict)),
        verdict: line(area.height.saturating_sub(verdict), verdict),
    }
}

impl Sessions {
    fn move_by(model: &Model, rows: isize) -> Outcome {
        model.neighbour(rows).map_or_else(Outcome::none, |stream| Outcome::change(Change::Select(stream)))
    }

    fn toggle_mark(model: &Model) -> Outcome {
        let Some(stream) = model.selected else { return Outcome::none() };
        let mut outcome = Outcome::change(Change::ToggleMark(stream));
        if let Some(next) = model.neighbour(1) {
            outcome = outcome.with(Change::Select(next));
        }
        outcome
    }

    fn compare(model: &Model) -> Outcome {
        match model.marks.len() {
            2 => Outcome::go(Navigate::Go(ScreenId::Compare)),
            1 if model.selected.is_some_and(|stream| !model.marks.contains(&stream)) => {
                let selected = model.selected.map(Change::ToggleMark).into_iter().collect();
                Outcome { changes: selected, ..Outcome::go(Navigate::Go(ScreenId::Compare)) }
            }
            count => Outcome::problem(format!("mark two sessions with Space to compare them; marked: {count}")),
        }
    }

    fn explain(model: &Model) -> Outcome {
        let mut parts = model.selected().map(|session| verdict::parts(session)).unwrap_or_default();
        if !model.snapshot.notes.is_empty() {
            parts.push(Block::Heading("Remarks about the file".to_owned()).into());
        }
        let note =
            |note: &FileNote| Block::Entry(format!("after packet {}", note.after), verdict::remark(&note.note)).into();
        parts.extend(model.snapshot.notes.iter().map(note));
        if parts.is_empty() {
            return Outcome::none();
        }
        Outcome::go(Navigate::Push(Box::new(Reasons::new("what was found", parts))))
    }
}

fn next_column(model: &Model) -> Outcome {
    let shown = column::layout(usize::from(model.size.width.saturating_sub(MARGIN)), model);
    let now = shown.iter().position(|placed| placed.id == model.sort.column);
    let next = now.map_or(0, |now| (now + 1) % shown.len().max(1));
    let Some(placed) = shown.get(next) else { return Outcome::none() };
    Outcome::change(Change::Sort(Sort { column: placed.id, descending: false })).with(sorted_by(placed.id, false))
}

fn sorted_by(id: ColumnId, descending: bool) -> Change {
    let title = COLUMNS.iter().find(|column| column.id == id).map_or("", |column| column.title);
    let order = if descending { "greatest first" } else { "smallest first" };
    Change::Status(crate::tui::model::Tone::Done, format!("sorted by {title}, {order}"))
}

impl Screen for Sessions {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Sessions)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let area = crate::tui::view::content_area(model.size);
        let page = isize::try_from(regions(area, model).rows.height.max(1)).unwrap_or(1);
        if let Some(rows) = command.rows(page) {
            return Self::move_by(model, rows);
        }
        match command {
            Command::Enter if model.selected.is_some() => Outcome::go(Navigate::Go(ScreenId::Ladder)),
            Command::Mark => Self::toggle_mark(model),
            Command::Compare => Self::compare(model),
            Command::Explain => Self::explain(model),
            Command::ShowInLab => verdict::show_in_lab(model),
            Command::Offers => verdict::offers(model),
            Command::Pause if model.live.is_some() => Outcome::change(Change::Pause),
            Command::Pause => Outcome::problem("only a live capture can be paused"),
            Command::Sort => next_column(model),
            Command::SortReverse => {
                let sort = Sort { descending: !model.sort.descending, ..model.sort };
                Outcome::change(Change::Sort(sort)).with(sorted_by(sort.column, sort.descending))
            }
            _ => Outcome::none(),
        }
    }

    fn sync(&mut self, model: &Model) {
        let height = usize::from(regions(crate::tui::view::content_area(model.size), model).rows.height);
        self.top = text::top_row(self.top, model.rows.cursor, height, model.rows.order.len());
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let regions = regions(area, model);
        match mouse {
            Mouse::Wheel(_, rows) => Self::move_by(model, rows),
            Mouse::Click(at) if regions.heading.contains(at) => click_heading(at, regions.heading, model),
            Mouse::Click(at) | Mouse::DoubleClick(at) if regions.rows.contains(at) => {
                let row = self.top + usize::from(at.y - regions.rows.y);
                let Some(session) = model.row(row) else { return Outcome::none() };
                let outcome = Outcome::change(Change::Select(session.stream));
                if matches!(mouse, Mouse::DoubleClick(_)) {
                    return outcome.then(Navigate::Go(ScreenId::Ladder));
                }
                outcome
            }
            _ => Outcome::none(),
        }
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let regions = regions(area, model);
        put(regions.filter, 0, filter_line(model, theme, usize::from(area.width)), buf);
        if let Some(live) = model.live.as_ref().filter(|_| model.snapshot.left > 0) {
            let left = text::shorten_end(&live.left(&model.snapshot), usize::from(area.width), &theme.glyphs);
            put(regions.left, 0, Line::styled(left, theme.muted), buf);
        }
        let columns = column::layout(usize::from(area.width.saturating_sub(MARGIN)), model);
        put(regions.heading, 0, heading(&columns, model, theme), buf);
        let height = usize::from(regions.rows.height);
        let top = text::top_row(self.top, model.rows.cursor, height, model.rows.order.len());
        for row in 0..height {
            let Some(session) = model.row(top + row) else { break };
            let before = (top + row).checked_sub(1).and_then(|before| model.row(before)).map(|before| before.started);
            let selected = model.selected == Some(session.stream);
            let line = row_line(&columns, session, before, selected, model, theme, usize::from(area.width));
            put(regions.rows, row, line, buf);
        }
        if model.rows.order.is_empty() {
            let cells = usize::from(area.width.saturating_sub(4));
            let lines = nothing(model).into_iter().flat_map(|text| text::wrap(&text, cells));
            for (row, line) in lines.enumerate() {
                put(regions.rows, row + 1, Line::styled(format!("  {line}"), theme.muted), buf);
            }
        }
        strip(model, theme, regions.verdict, buf);
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        let mut blocks = vec![Block::Heading("Columns (as many as have room)".to_owned())];
        blocks.extend(COLUMNS.iter().map(|column| entry(column.title, column.help)));
        blocks.push(Block::Heading("Results".to_owned()));
        blocks.extend(RESULTS.iter().map(|(name, meaning)| entry(name, meaning)));
        blocks.push(Block::Heading("In front of a row".to_owned()));
        blocks.extend(SIGNS.iter().map(|(name, meaning)| entry(name, meaning)));
        blocks
    }
}

fn click_heading(at: Position, heading: Rect, model: &Model) -> Outcome {
    let mut x = heading.x + MARGIN;
    for placed in column::layout(usize::from(heading.width.saturating_sub(MARGIN)), model) {
        let end = x.saturating_add(u16::try_from(placed.width).unwrap_or(u16::MAX));
        if (x..end).contains(&at.x) {
            let descending = model.sort.column == placed.id && !model.sort.descending;
            let sort = Sort { column: placed.id, descending };
            return Outcome::change(Change::Sort(sort)).with(sorted_by(placed.id, descending));
        }
        x = end.saturating_add(1);
    }
    Outcome::none()
}

fn filter_line(model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
    let all = model.snapshot.sessions.len();
    let shown = model.rows.order.len();
    let live = model.live.as_ref();
    let mut right: Vec<String> = live.iter().flat_map(|live| live.news(&model.snapshot)).collect();
    if !model.marks.is_empty() {
        right.push(format!("{} {} marked", theme.glyphs.mark, model.marks.len()));
    }
    if let Some(awaited) = model.awaited() {
        right.push(awaited);
    } else if !model.filter().is_empty() {
        right.push(format!("{shown} of {all} shown   Esc clears"));
    }
    let lost = live.is_some_and(|live| !live.counts.is_complete());
    let style = if lost { theme.warn } else { theme.muted };
    let right = right.join("   ");
    let room = cells.saturating_sub(text::width(&right) + 11);
    let left = if let (true, Some(note)) = (model.filter().is_empty(), model.snapshot.notes.last()) {
        Span::styled(text::shorten_end(&file_note(note, model, theme), room, &theme.glyphs), theme.warn)
    } else if model.filter().is_empty() {
        let about = live.map(|live| live.about.text()).unwrap_or_default();
        let room = cells.saturating_sub(text::width(&right) + 2);
        Span::styled(text::shorten_end(&format!(" no filter{about}"), room, &theme.glyphs), theme.muted)
    } else {
        let filter = text::shorten_middle(&printable(model.filter().text()), room, &theme.glyphs);
        Span::styled(format!(" filter: {filter}"), theme.accent)
    };
    let gap = cells.saturating_sub(text::width(&left.content) + text::width(&right) + 1);
    Line::from(vec![left, Span::raw(" ".repeat(gap)), Span::styled(right, style)])
}

/// What is wrong with a file, such as that it ends in the middle of a packet.
fn file_note(note: &FileNote, model: &Model, theme: &Theme) -> String {
    let name = note.path.file_name().unwrap_or(note.path.as_os_str()).to_string_lossy();
    let more = match model.snapshot.notes.len() {
        0 | 1 => String::new(),
        count => format!(" (1 of {count} remarks, i shows all)"),
    };
    format!(" {} {} after packet {}: {}{more}", theme.glyphs.suspect, printable(&name), note.after, note.note.text)
}

fn heading(columns: &[Placed], model: &Model, theme: &Theme) -> Line<'static> {
    let mut line = " ".repeat(usize::from(MARGIN));
    for (index, placed) in columns.iter().enumerate() {
        let Some(column) = COLUMNS.iter().find(|column| column.id == placed.id) else { continue };
        let mut title = column::title(*placed).to_owned();
        if model.sort.column == placed.id && (placed.id != ColumnId::Number || model.sort.descending) {
            let sign = if model.sort.descending { theme.glyphs.descending } else { theme.glyphs.ascending };
            title = format!("{}{sign}", text::shorten_end(&title, placed.width.saturating_sub(1), &theme.glyphs));
        }
        let title = text::shorten_end(&title, placed.width, &theme.glyphs);
        if index > 0 {
            line.push(' ');
        }
        line.push_str(&if column.right { text::right(&title, placed.width) } else { text::left(&title, placed.width) });
    }
    Line::styled(line, theme.strong)
}

fn row_line(
    columns: &[Placed],
    session: &Session,
    before: Option<i64>,
    selected: bool,
    model: &Model,
    theme: &Theme,
    cells: usize,
) -> Line<'static> {
    let glyphs = &theme.glyphs;
    let marked = model.marks.contains(&session.stream);
    let style = |style: Style| if selected { theme.selected } else { style };
    let sign = if selected { glyphs.cursor } else { " " };
    let mark = match (marked, model.snapshot.is_bare(session)) {
        (true, _) => glyphs.mark,
        (false, true) => glyphs.bare,
        (false, false) => " ",
    };
    let mut spans = vec![Span::styled(sign, style(theme.text)), Span::styled(mark, style(theme.marked))];
    for (index, placed) in columns.iter().enumerate() {
        let text = column::cell(*placed, session, before, model, glyphs);
        let right = COLUMNS.iter().any(|column| column.id == placed.id && column.right);
        let text = if right { text::right(&text, placed.width) } else { text::left(&text, placed.width) };
        if index > 0 {
            spans.push(Span::styled(" ", style(theme.text)));
        }
        spans.push(Span::styled(text, style(cell_style(placed.id, session, theme))));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push(Span::styled(" ".repeat(cells.saturating_sub(used)), style(theme.text)));
    Line::from(spans)
}

fn cell_style(id: ColumnId, session: &Session, theme: &Theme) -> Style {
    match id {
        ColumnId::Result => words::outcome_style(session.outcome, theme),
        ColumnId::Auth if words::auth(session) == "hidden" => theme.encrypted,
        ColumnId::Open if words::open(session) == "yes" => theme.ok,
        ColumnId::Open => theme.encrypted,
        _ if session.outcome == SessionOutcome::NotDecoded => theme.muted,
        ColumnId::Number | ColumnId::Start => theme.muted,
        _ => theme.text,
    }
}

/// What stands where there is no row.
fn nothing(model: &Model) -> Vec<String> {
    let is_open = model.load_problem.is_none() && model.awaited().is_none();
    match &model.live {
        Some(live) if is_open && model.snapshot.sessions.is_empty() => live.waiting(model.is_loading()),
        _ => vec![why_nothing(model)],
    }
}

fn why_nothing(model: &Model) -> String {
    if let Some(problem) = &model.load_problem {
        return printable(problem);
    }
    if let Some(awaited) = model.awaited() {
        return awaited;
    }
    if !model.filter().is_empty() && !model.snapshot.sessions.is_empty() {
        return "no session passes the filter; Esc drops it".to_owned();
    }
    if model.is_loading() {
        return "reading...".to_owned();
    }
    if model.inputs.is_empty() {
        return "nothing is open; o opens a capture".to_owned();
    }
    format!("no TLS, DTLS or QUIC in {} packets", text::count(model.snapshot.frames.len() as u64))
}

/// The verdict on the session under the cursor, what it rests on, and what to do.
fn strip(model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
    rule(area, theme, buf);
    let cells = usize::from(area.width);
    let Some(session) = model.selected() else { return };
    let glyph = words::outcome_glyph(session.outcome, &theme.glyphs);
    let style = words::outcome_style(session.outcome, theme);
    let mut lines: Vec<(String, Style)> = Vec::new();
    let basis = verdict::basis(session).map(|basis| format!(" ({basis})")).unwrap_or_default();
    let sentence = format!("{glyph} {}{basis}", words::verdict(session));
    lines.extend(text::wrap(&sentence, cells.saturating_sub(2)).into_iter().map(|line| (line, style)));
    let room = usize::from(area.height.saturating_sub(2));
    if let Some(closed) = words::closed(session) {
        lines.push((format!("  {closed}"), theme.encrypted));
    }
    let fix = session.verdict_finding().map(|found| format!("What to do: {}.", found.rule.fix));
    let fix = fix.or_else(|| verdict::worst(session));
    let (details, left_out) = whole_sentences(session, fix, cells.saturating_sub(4), room.saturating_sub(lines.len()));
    lines.extend(details.into_iter().map(|line| (format!("  {line}"), theme.text)));
    lines.truncate(room);
    for (row, (line, style)) in lines.into_iter().enumerate() {
        let line = text::shorten_end(&line, cells.saturating_sub(2), &theme.glyphs);
        put(area, row + 1, Line::styled(format!(" {line}"), style), buf);
    }
    let more = if left_out > 0 { format!("i tells {left_out} more   ") } else { String::new() };
    let bare = if model.snapshot.is_bare(session) { "its first packets are there no more   " } else { "" };
    let seen = format!("   {more}{bare}{}", evidence(session));
    let seen = text::shorten_end(&seen, cells, &theme.glyphs);
    put(area, usize::from(area.height.saturating_sub(1)).max(1), Line::styled(seen, theme.muted), buf);
}

/// What to do, and as many of the circumstances as fit into `rows` lines, each whole or not at all, and how many did not fit.
fn whole_sentences(session: &Session, fix: Option<String>, cells: usize, rows: usize) -> (Vec<String>, usize) {
    let mut fitting = (String::new(), Vec::new());
    let mut left_out = 0;
    for sentence in fix.into_iter().chain(words::circumstances(session)) {
        let longer = format!("{}{}{sentence}", fitting.0, if fitting.0.is_empty() { "" } else { " " });
        let lines = text::wrap(&longer, cells);
        if lines.len() <= rows {
            fitting = (longer, lines);
        } else {
            left_out += 1;
        }
    }
    (fitting.1, left_out)
}

/// Where the session lies in the capture, and what was counted.
fn evidence(session: &Session) -> String {
    let mut parts =
        vec![format!("frames {} to {}", session.first_frame, session.last_frame), session.stream.to_string()];
    parts.extend(session.alerts().map(|(event, alert)| {
        format!("{} alert {} in frame {}", words::sender(event.direction), alert.description, event.frame)
    }));
    if !session.notes.is_empty() {
        parts.push(counted(session.notes.len() as u64, "note"));
    }
    parts.join("   ")
}

/// What the signs before the first column mean.
static SIGNS: &[(&str, &str)] = &[
    ("● or *", "the session is marked"),
    (
        "× or x",
        "live: the first packets of the session gave way to newer ones; what was read of it stays, its bytes are gone",
    ),
];

/// What the words of the result column mean.
static RESULTS: &[(&str, &str)] = &[
    ("ok", "the handshake was completed"),
    ("alert N", "one side ended it with a fatal alert that can be read"),
    ("not TLS", "the other side answered with something else, often a plain text protocol"),
    ("reset, closed", "TCP was ended before the handshake was through"),
    ("suspect", "most likely refused: an encrypted record, then the end. A guess, as TLS 1.3 hides alerts"),
    ("incomplete", "the capture ends, or has lost too much, before it can be told"),
    ("midstream", "the capture starts after the handshake"),
    ("undecoded", "DTLS or QUIC: listed, not decoded"),
];
