//! The filter bar: a filter under construction, judged with every key. The filter in force stays until a valid one is
//! accepted.

use crate::tui::filter::{Filter, Problem, Proposal};
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Change, Mouse, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_box, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

/// The bar.
#[derive(Debug)]
pub struct FilterBar {
    prompt: Prompt,
    problem: Option<Problem>,
    proposals: Vec<Proposal>,
    cursor: Option<usize>,
    /// How far back in the history, and what was typed before going there.
    past: Option<(usize, String)>,
}

const LABEL: &str = " filter: ";
const ROWS: usize = 8;

impl FilterBar {
    /// A bar that holds the filter in force.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let mut bar = Self {
            prompt: Prompt::new(model.filter().text()),
            problem: None,
            proposals: Vec::new(),
            cursor: None,
            past: None,
        };
        // What it says of the filter in force is known.
        bar.judge();
        bar
    }

    /// Reads the text anew and has the filter tried, if it is one.
    fn judge(&mut self) -> Outcome {
        self.cursor = None;
        self.proposals = Filter::complete(self.prompt.text(), self.prompt.cursor());
        match Filter::parse(self.prompt.text()) {
            Ok(filter) => {
                self.problem = None;
                Outcome::change(Change::Try(filter))
            }
            Err(problem) => {
                self.problem = Some(problem);
                Outcome::none()
            }
        }
    }

    fn accept(&mut self) -> Outcome {
        if self.cursor.is_some() {
            return self.complete();
        }
        match Filter::parse(self.prompt.text()) {
            Ok(filter) => Outcome::change(Change::Filter(filter)).then(Navigate::Back),
            Err(problem) => {
                self.problem = Some(problem);
                Outcome::none()
            }
        }
    }

    fn complete(&mut self) -> Outcome {
        let Some(proposal) = self.proposals.get(self.cursor.unwrap_or(0)) else { return Outcome::none() };
        let text = self.prompt.text();
        let before = text.get(..proposal.replace.start).unwrap_or_default();
        let after = text.get(proposal.replace.end..).unwrap_or_default();
        let before = format!("{before}{}", proposal.text);
        let text = format!("{before}{after}");
        self.prompt.replace_at(&text, before.len());
        self.judge()
    }

    /// Up: the proposals first, if one is chosen; the history otherwise.
    fn up(&mut self, model: &Model) -> Outcome {
        if let Some(cursor) = self.cursor {
            self.cursor = cursor.checked_sub(1);
            return Outcome::none();
        }
        let (back, typed) = self.past.take().unwrap_or_else(|| (0, self.prompt.text().to_owned()));
        let back = (back + 1).min(model.filter_history.len());
        self.recall(back, typed, model)
    }

    fn down(&mut self, model: &Model) -> Outcome {
        if let Some((back, typed)) = self.past.take() {
            return self.recall(back - 1, typed, model);
        }
        if let Some(last) = self.proposals.len().checked_sub(1) {
            self.cursor = Some(self.cursor.map_or(0, |cursor| (cursor + 1).min(last)));
        }
        Outcome::none()
    }

    fn recall(&mut self, back: usize, typed: String, model: &Model) -> Outcome {
        let history = &model.filter_history;
        let entry = history.len().checked_sub(back).and_then(|place| history.get(place));
        self.prompt.replace(entry.map_or(typed.as_str(), |entry| entry.as_str()));
        self.past = (back > 0).then_some((back, typed));
        self.judge()
    }

    fn note(&self, theme: &Theme, model: &Model) -> Line<'static> {
        if let Some(problem) = &self.problem {
            let typed = self.prompt.text().get(..problem.at).unwrap_or(self.prompt.text());
            let caret = text::right("^", text::width(LABEL) + text::width(typed) + 1);
            return Line::styled(format!("{caret} {}", crate::base::printable(&problem.text)), theme.failed);
        }
        let all = model.snapshot.sessions.len();
        let indent = " ".repeat(text::width(LABEL));
        let (passing, asked) = model.passing();
        let asked = asked.map(|percent| format!(", {percent}% were asked")).unwrap_or_default();
        Line::styled(format!("{indent}{passing} of {all} sessions pass{asked}"), theme.muted)
    }
}

impl Screen for FilterBar {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => self.accept(),
            Command::Complete => self.complete(),
            Command::Up => self.up(model),
            Command::Down => self.down(model),
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        if self.prompt.edit(key) {
            self.past = None;
        }
        self.judge()
    }

    fn mouse(&mut self, _mouse: Mouse, _area: Rect, _model: &Model) -> Outcome {
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let bar = Rect { height: 2.min(area.height), ..area };
        Clear.render(bar, buf);
        let cells = usize::from(area.width).saturating_sub(text::width(LABEL));
        let style = if self.problem.is_some() { theme.failed } else { theme.ok };
        let mut line = Line::styled(LABEL, style);
        line.spans.extend(self.prompt.line(cells, theme).spans);
        put(bar, 0, line, buf);
        put(bar, 1, self.note(theme, model), buf);
        if self.proposals.is_empty() || area.height < 5 {
            return;
        }
        let rows = self.proposals.len().min(ROWS).min(usize::from(area.height) - 4);
        let width = 64.min(area.width.saturating_sub(11));
        let outer = Rect { x: 8.min(area.width), y: area.y + 2, width, height: u16::try_from(rows + 2).unwrap_or(2) };
        let inside = frame_box(outer, "Tab completes", theme, buf);
        let top = text::top_row(0, self.cursor.unwrap_or(0), rows, self.proposals.len());
        for (row, proposal) in self.proposals.iter().enumerate().skip(top).take(rows) {
            let selected = self.cursor == Some(row);
            let style = if selected { theme.selected } else { theme.text };
            let cursor = if selected { theme.glyphs.cursor } else { " " };
            let text = text::left(&format!("{cursor} {}", proposal.text), 24);
            let help = text::shorten_end(&proposal.help, usize::from(inside.width).saturating_sub(25), &theme.glyphs);
            put(inside, row - top, Line::from(vec![Span::styled(text, style), Span::styled(help, theme.muted)]), buf);
        }
    }
}
