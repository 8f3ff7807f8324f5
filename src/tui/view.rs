//! Draws the state: title line, content, hint line. Changes nothing.

use super::app::App;
use super::live::LiveView;
use super::model::{Model, Tone};
use super::screen::ScreenId;
use super::text;
use super::theme::Theme;
use crate::base::printable;
use crate::capture::{Input, LoadState};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

/// The smallest terminal in which everything works.
pub const FLOOR: Size = Size { width: 60, height: 16 };

/// The part of the terminal between title line and hint line, which a screen gets.
#[must_use]
pub fn content_area(size: Size) -> Rect {
    Rect::new(0, 1.min(size.height), size.width, size.height.saturating_sub(2))
}

/// Draws everything.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    draw(app, area, frame.buffer_mut());
}

/// Draws everything into a buffer.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer) {
    if area.width < FLOOR.width || area.height < FLOOR.height {
        return too_small(area, buf);
    }
    let (model, theme) = (&app.model, &app.theme);
    let content = content_area(area.as_size());
    title_line(app, Rect { height: 1, ..area }, buf);
    app.base().view(model, theme, content, buf);
    for overlay in app.overlays() {
        overlay.view(model, theme, content, buf);
    }
    last_line(app, Rect { y: area.bottom() - 1, height: 1, ..area }, buf);
}

/// A framed box over the content, as wide and high as asked but never larger than `area`; gives the area inside.
pub fn popup(area: Rect, width: u16, height: u16, title: &str, theme: &Theme, buf: &mut Buffer) -> Rect {
    let (width, height) = (width.saturating_add(2).min(area.width), height.saturating_add(2).min(area.height));
    let outer = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame_box(outer, title, theme, buf)
}

/// A framed box in place of what was there; gives the area inside.
pub fn frame_box(outer: Rect, title: &str, theme: &Theme, buf: &mut Buffer) -> Rect {
    Clear.render(outer, buf);
    let glyphs = &theme.glyphs;
    let [top_left, top_right, bottom_left, bottom_right] = glyphs.corners;
    let across = usize::from(outer.width.saturating_sub(2));
    let line = |left: &str, right: &str| format!("{left}{}{right}", glyphs.horizontal.repeat(across));
    for (row, y) in (outer.top()..outer.bottom()).enumerate() {
        let text = match row {
            0 => line(top_left, top_right),
            _ if y + 1 == outer.bottom() => line(bottom_left, bottom_right),
            _ => format!("{}{}{}", glyphs.vertical, " ".repeat(across), glyphs.vertical),
        };
        Line::styled(text, theme.rule).render(Rect { y, height: 1, ..outer }, buf);
    }
    if across > 4 && outer.height > 0 && !title.is_empty() {
        let title = format!(" {} ", text::shorten_end(title, across - 4, glyphs));
        Line::styled(title, theme.strong)
            .render(Rect { x: outer.x + 2, width: outer.width - 2, height: 1, ..outer }, buf);
    }
    Rect {
        x: outer.x + 1.min(outer.width),
        y: outer.y + 1.min(outer.height),
        width: outer.width.saturating_sub(2),
        height: outer.height.saturating_sub(2),
    }
}

/// A horizontal line over the whole width.
pub fn rule(area: Rect, theme: &Theme, buf: &mut Buffer) {
    let line = theme.glyphs.horizontal.repeat(usize::from(area.width));
    Line::styled(line, theme.rule).render(Rect { height: area.height.min(1), ..area }, buf);
}

/// One line of an area, the `row`th; nothing where the area has no such row.
pub fn put(area: Rect, row: usize, line: impl Into<Line<'static>>, buf: &mut Buffer) {
    if let Some(y) = u16::try_from(row).ok().filter(|row| *row < area.height) {
        line.into().render(Rect { y: area.y + y, height: 1, ..area }, buf);
    }
}

fn too_small(area: Rect, buf: &mut Buffer) {
    let needed = format!("needs {}x{}, has {}x{}", FLOOR.width, FLOOR.height, area.width, area.height);
    Clear.render(area, buf);
    for (row, line) in text::wrap(&format!("tlslab {needed}"), usize::from(area.width)).into_iter().enumerate() {
        put(area, row, Line::raw(line), buf);
    }
}

fn title_line(app: &App, area: Rect, buf: &mut Buffer) {
    let (model, theme) = (&app.model, &app.theme);
    let title = app.base().title(model, theme).unwrap_or_else(|| source_line(model, theme, usize::from(area.width)));
    let used = title.width();
    title.render(area, buf);
    let tabs = tabs(app.base_id(), theme, usize::from(area.width).saturating_sub(used + 2));
    let width = u16::try_from(tabs.width()).unwrap_or(area.width).min(area.width);
    tabs.render(Rect { x: area.right() - width, width, ..area }, buf);
}

/// The tabs in the longest form that fits.
fn tabs(current: ScreenId, theme: &Theme, cells: usize) -> Line<'static> {
    let full = |id: ScreenId| if id == ScreenId::Certificates { "Certs" } else { id.title() };
    let forms: [&dyn Fn(ScreenId) -> &'static str; 3] =
        [&full, &|id| if id == current { full(id) } else { "" }, &|_| ""];
    for name in forms {
        let mut spans = Vec::new();
        for (digit, id) in ScreenId::TABS {
            let style = if id == current { theme.strong } else { theme.muted };
            let name = name(id);
            let gap = if name.is_empty() { "" } else { " " };
            spans.push(Span::styled(format!("{digit}{gap}{name}"), style));
            spans.push(Span::raw(" "));
        }
        let line = Line::from(spans);
        if line.width() <= cells {
            return line;
        }
    }
    Line::default()
}

/// The capture in one line: state word, name, packets, bytes, sessions.
fn source_line(model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
    let mut spans = vec![Span::styled(" tlslab ", theme.accent)];
    if model.inputs.is_empty() && model.live.is_none() {
        return Line::from(spans);
    }
    let (word, style) = state_word(model, theme);
    let counts = counts(model);
    let room = cells.saturating_sub(text::width(&counts) + text::width(&word) + 24).clamp(12, 40);
    let name = text::shorten_middle(&printable(&model.source_name()), room, &theme.glyphs);
    spans.push(Span::styled(format!(" {word} "), style));
    spans.push(Span::styled(format!(" {name} "), theme.title));
    spans.push(Span::styled(format!(" {counts}"), theme.text));
    Line::from(spans)
}

fn state_word(model: &Model, theme: &Theme) -> (String, ratatui::style::Style) {
    if model.load_problem.is_some() {
        return ("FAILED".to_owned(), theme.failed);
    }
    if let Some(live) = &model.live {
        return live_word(live, &model.snapshot.state, theme);
    }
    match model.snapshot.state {
        LoadState::Complete if model.inputs.iter().all(|input| matches!(input, Input::Memory(_))) => {
            ("LAB".to_owned(), theme.ok)
        }
        LoadState::Complete => ("FILE".to_owned(), theme.ok),
        LoadState::Cancelled => ("STOPPED".to_owned(), theme.warn),
        LoadState::Loading => {
            let progress = model.snapshot.progress;
            let percent =
                progress.total.filter(|total| *total > 0).map(|total| progress.bytes.saturating_mul(100) / total);
            let percent = percent.map(|percent| format!(" {}%", percent.min(100))).unwrap_or_default();
            (format!("LOADING{percent}"), theme.warn)
        }
    }
}

fn live_word(live: &LiveView, state: &LoadState, theme: &Theme) -> (String, ratatui::style::Style) {
    match state {
        LoadState::Loading if live.paused => ("PAUSED".to_owned(), theme.warn),
        LoadState::Loading => ("LIVE".to_owned(), theme.ok),
        LoadState::Complete | LoadState::Cancelled => ("ENDED".to_owned(), theme.warn),
    }
}

fn counts(model: &Model) -> String {
    if let Some(live) = &model.live {
        return live.line(model.snapshot.begun(), model.is_loading());
    }
    let snapshot = &model.snapshot;
    let packets = text::count(snapshot.frames.len() as u64);
    let mut out = format!("{packets} pkts {}", text::bytes(snapshot.progress.bytes));
    let milliseconds = u64::try_from(model.loading.elapsed.as_millis()).unwrap_or(u64::MAX);
    if model.is_loading() && milliseconds > 0 {
        let rate = snapshot.progress.bytes.saturating_mul(1000) / milliseconds;
        out = format!("{out} {}/s", text::bytes(rate));
    }
    let sessions = snapshot.sessions.len();
    let keys = match model.open {
        (_, 0) => String::new(),
        (open, of) => format!("  keys {open}/{of}"),
    };
    format!("{out}  {}{keys}", text::counted(sessions as u64, "session"))
}

/// The message, if there is one; the hints otherwise.
fn last_line(app: &App, area: Rect, buf: &mut Buffer) {
    let (model, theme) = (&app.model, &app.theme);
    if let Some(status) = &model.status {
        let (glyph, style) = match status.tone {
            Tone::Done => (theme.glyphs.ok, theme.ok),
            Tone::Problem => (theme.glyphs.failed, theme.failed),
        };
        let text = format!(" {glyph} {}", printable(&status.text));
        let text = text::shorten_end(&text, usize::from(area.width), &theme.glyphs);
        return Line::styled(text, style).render(area, buf);
    }
    hint_line(&model.settings.keymap.hints(app.top().context()), theme, usize::from(area.width)).render(area, buf);
}

/// As many hints as fit; the last two (palette, help, quit) stay whatever happens.
fn hint_line(hints: &[(String, &'static str)], theme: &Theme, cells: usize) -> Line<'static> {
    let width = |(key, word): &(String, &str)| text::width(key) + text::width(word) + 3;
    let last = hints.len().min(2);
    let (body, tail) = hints.split_at(hints.len() - last);
    let mut free = cells.saturating_sub(tail.iter().map(width).sum());
    let mut spans = Vec::new();
    for hint in body {
        let Some(rest) = free.checked_sub(width(hint)) else { continue };
        free = rest;
        push_hint(&mut spans, hint, theme);
    }
    for hint in tail {
        push_hint(&mut spans, hint, theme);
    }
    Line::from(spans)
}

fn push_hint(spans: &mut Vec<Span<'static>>, (key, word): &(String, &'static str), theme: &Theme) {
    spans.push(Span::styled(format!(" {key}"), theme.accent));
    spans.push(Span::styled(format!(" {word} "), theme.text));
}
