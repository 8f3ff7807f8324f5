//! What can be captured from, with what passes there now; the choice of some of it, and of a filter.

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::printable;
use crate::tui::effect::Effect;
use crate::tui::keymap::{Command, Context};
use crate::tui::live::LiveWork;
use crate::tui::live::picker::Listed;
use crate::tui::model::Model;
use crate::tui::overlay::capture_filter::CaptureFilter;
use crate::tui::overlay::page::Block;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{put, rule};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct CaptureScreen {
    cursor: usize,
}

/// The lines above the list, and those below it.
const ABOVE: u16 = 4;
const BELOW: u16 = 10;
/// The widths of name, state and traffic.
const WIDTHS: [usize; 3] = [16, 20, 12];

fn list_area(area: Rect) -> Rect {
    let above = ABOVE.min(area.height);
    let below = BELOW.min(area.height.saturating_sub(above) / 2);
    Rect { y: area.y + above, height: area.height - above - below, ..area }
}

impl CaptureScreen {
    fn move_by(&mut self, model: &Model, rows: isize) {
        let last = model.picker.interfaces.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
    }

    fn name(&self, model: &Model) -> Option<String> {
        model.picker.interfaces.get(self.cursor).map(|listed| listed.interface.name.clone())
    }

    fn start(&self, model: &Model) -> Outcome {
        let Some(name) = self.name(model) else { return Outcome::problem("there is nothing to capture from") };
        let options = model.picker.options(&name);
        Outcome {
            effects: vec![Effect::Live(LiveWork::Start(Box::new(options)))],
            ..Outcome::change(Change::PickerProblem(None))
        }
    }

    fn top(&self, model: &Model, height: usize) -> usize {
        text::top_row(0, self.cursor, height, model.picker.interfaces.len())
    }

    fn line(&self, place: usize, listed: &Listed, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
        let interface = &listed.interface;
        let selected = place == self.cursor;
        let sign = if selected { theme.glyphs.cursor } else { " " };
        let chosen = model.picker.chosen.contains(&interface.name);
        let mark = if chosen { theme.glyphs.mark } else { " " };
        let rate = listed.rate.map(|rate| format!("{}/s", text::bytes(rate))).unwrap_or_default();
        let addresses: Vec<_> = interface.addresses.iter().map(ToString::to_string).collect();
        let rest = [addresses.join(" "), printable(&interface.description)];
        let rest: Vec<_> = rest.into_iter().filter(|part| !part.is_empty()).collect();
        let [name, state, traffic] = WIDTHS;
        let fit = |text: &str, width| text::left(&text::shorten_end(text, width, &theme.glyphs), width);
        let text = format!(
            "{sign}{mark} {} {} {}  {}",
            fit(&printable(&interface.name), name),
            fit(state_word(listed), state),
            text::right(&rate, traffic),
            rest.join("   ")
        );
        let style = match (selected, interface.up) {
            (true, _) => theme.selected,
            (false, true) => theme.text,
            (false, false) => theme.muted,
        };
        Line::styled(text::left(&text::shorten_end(&text, cells, &theme.glyphs), cells), style)
    }
}

/// In the words of libpcap. What is not up need not be down: pseudo-devices have no state at all.
fn state_word(listed: &Listed) -> &'static str {
    let interface = &listed.interface;
    match (interface.loopback, interface.up, interface.running) {
        (true, true, _) => "up, loopback",
        (_, true, true) => "up, running",
        (_, true, false) => "up, not connected",
        (_, false, _) => "not up",
    }
}

impl Screen for CaptureScreen {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Capture)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(list_area(crate::tui::view::content_area(model.size)).height.max(1)).unwrap_or(1);
        if let Some(rows) = command.rows(page) {
            self.move_by(model, rows);
            return Outcome::none();
        }
        match command {
            Command::Enter => self.start(model),
            Command::Mark => {
                self.name(model).map_or_else(Outcome::none, |name| Outcome::change(Change::Interface(name)))
            }
            Command::CaptureFilter => Outcome::go(Navigate::Push(Box::new(CaptureFilter::new(model)))),
            _ => Outcome::none(),
        }
    }

    fn sync(&mut self, model: &Model) {
        self.move_by(model, 0);
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let list = list_area(area);
        match mouse {
            Mouse::Wheel(_, rows) => self.move_by(model, rows),
            Mouse::Click(at) | Mouse::DoubleClick(at) if list.contains(at) => {
                let place = self.top(model, usize::from(list.height)) + usize::from(at.y - list.y);
                if place < model.picker.interfaces.len() {
                    self.cursor = place;
                    if matches!(mouse, Mouse::DoubleClick(_)) {
                        return self.start(model);
                    }
                }
            }
            Mouse::Click(_) | Mouse::DoubleClick(_) => {}
        }
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let picker = &model.picker;
        let cells = usize::from(area.width);
        put(
            area,
            0,
            Line::styled(" Capture from these interfaces; Space chooses several, Enter begins.", theme.strong),
            buf,
        );
        let filter = if picker.filter.is_empty() { "none, all packets" } else { &picker.filter };
        let filter = text::shorten_end(&format!(" filter: {}", printable(filter)), cells, &theme.glyphs);
        put(area, 1, Line::styled(filter, theme.accent), buf);
        let [name, state, traffic] = WIDTHS;
        let [name, state] = [text::left("interface", name), text::left("state", state)];
        let heading = format!("   {name} {state} {}  addresses and description", text::right("traffic", traffic));
        put(area, 3, Line::styled(text::shorten_end(&heading, cells, &theme.glyphs), theme.strong), buf);
        let list = list_area(area);
        let height = usize::from(list.height);
        let top = self.top(model, height);
        for (row, (place, listed)) in picker.interfaces.iter().enumerate().skip(top).take(height).enumerate() {
            put(list, row, self.line(place, listed, model, theme, cells), buf);
        }
        if picker.interfaces.is_empty() && picker.unlisted.is_none() {
            put(list, 1, Line::styled("  looking for interfaces...", theme.muted), buf);
        }
        let below = Rect { y: list.bottom(), height: area.bottom().saturating_sub(list.bottom()), ..area };
        rule(below, theme, buf);
        let (said, style) = match picker.problem.as_ref().or(picker.unlisted.as_ref()) {
            Some(problem) => (problem.as_str(), theme.failed),
            None => (ABOUT, theme.muted),
        };
        let lines = said.lines().flat_map(|line| text::wrap(line, cells.saturating_sub(2)));
        for (row, line) in lines.enumerate() {
            put(below, row + 1, Line::styled(format!(" {line}"), style), buf);
        }
    }

    fn explanation(&self) -> Vec<Block> {
        vec![Block::Heading("Capturing".to_owned()), Block::Text(ABOUT.replace('\n', " "))]
    }
}

const ABOUT: &str = "lo is what this machine sends to itself; any, on Linux, stands for all.\nThe packets go to a private \
temporary file, the newest 128 MiB of them; `tlslab live -w FILE` keeps all.\nOnce the interfaces are open, every right \
to capture is given up; a process of its own keeps it for the next capture, and decodes nothing.\nA capture that begins \
ends the one before.";
