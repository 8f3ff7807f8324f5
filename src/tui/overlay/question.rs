//! A question of the lab: its options, an answer, and what that was worth as soon as it may be told.

use crate::base::printable;
use crate::lab::exercise::{Answer, Score, Verdict};
use crate::lab::scenario::{Ask, Question, When};
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::lab::LabChange;
use crate::tui::lab::quiz::Pointing;
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::lab::point;
use crate::tui::screen::{Change, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyCode;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The question on top.
#[derive(Debug)]
pub struct QuestionBox {
    ask: Ask,
    /// What the lab is to do afterwards: the key that was pressed when the question came in between.
    then: Option<Command>,
    cursor: usize,
    /// Options that were marked, or items in the order in which they were put.
    chosen: Vec<u32>,
    prompt: Prompt,
    /// Whether an answer was handed in here.
    answered: bool,
}

const WIDTH: u16 = 74;

impl QuestionBox {
    /// Asks; `then` is what the lab does when it was answered.
    #[must_use]
    pub fn new(ask: Ask, then: Option<Command>) -> Self {
        Self { ask, then, cursor: 0, chosen: Vec::new(), prompt: Prompt::default(), answered: false }
    }

    /// Shows what came of an answer that was just given.
    #[must_use]
    pub fn answered(ask: Ask) -> Self {
        Self { answered: true, ..Self::new(ask, None) }
    }

    fn options(&self) -> &[String] {
        match &self.ask.question {
            Question::Choice { options, .. } | Question::Multi { options, .. } => options,
            Question::Order { items, .. } => items,
            _ => &[],
        }
    }

    fn is_typed(&self) -> bool {
        matches!(self.ask.question, Question::Value { .. } | Question::Text)
    }

    fn score<'a>(&self, model: &'a Model) -> Option<&'a Score> {
        model.lab.quiz.as_ref()?.score(&self.ask.id).filter(|_| self.answered)
    }

    /// The answer as it stands; `None` while it is not complete.
    fn answer(&self) -> Option<Answer> {
        let at = u32::try_from(self.cursor + 1).unwrap_or(u32::MAX);
        Some(match &self.ask.question {
            Question::Choice { .. } => Answer::Choice(at),
            Question::Multi { .. } => Answer::Multi(self.chosen.clone()),
            Question::Order { items, .. } => {
                return (self.chosen.len() == items.len()).then(|| Answer::Order(self.chosen.clone()));
            }
            Question::Value { .. } => Answer::Value(self.prompt.text().trim().to_owned()),
            Question::Text => Answer::Text(self.prompt.text().trim().to_owned()),
            Question::PointAt { .. } => return None,
        })
    }

    fn enter(&mut self, model: &Model) -> Outcome {
        if self.answered {
            return self.close();
        }
        if let Question::PointAt { .. } = self.ask.question {
            return point(model, Pointing::Ask(self.ask.id.clone()));
        }
        let Some(answer) = self.answer() else {
            return Outcome::problem("put all items in order first: their digits, one after the other");
        };
        if let Err(problem) = answer.fits(&self.ask) {
            return Outcome::problem(problem.to_string());
        }
        self.answered = true;
        let given = Outcome::change(Change::Lab(LabChange::Answer(self.ask.id.clone(), answer)));
        // A prediction is told in the end; there is nothing to show now.
        if self.ask.when == When::Before { given.then(self.away()) } else { given }
    }

    fn away(&self) -> Navigate {
        self.then.map_or(Navigate::Back, Navigate::Run)
    }

    fn close(&self) -> Outcome {
        Outcome::go(self.away())
    }

    /// Marks an option, or puts an item behind those that stand.
    fn mark(&mut self, number: u32) {
        let position = self.chosen.iter().position(|known| *known == number);
        match (&self.ask.question, position) {
            (Question::Multi { .. } | Question::Order { .. }, Some(position)) => {
                self.chosen.remove(position);
            }
            (Question::Multi { .. } | Question::Order { .. }, None) => self.chosen.push(number),
            _ => {}
        }
    }

    fn option_lines(&self, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for (index, option) in self.options().iter().enumerate() {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let place = self.chosen.iter().position(|known| *known == number);
            let sign = match (&self.ask.question, place) {
                (Question::Order { .. }, Some(place)) => format!("{}.", place + 1),
                (Question::Multi { .. }, Some(_)) => "[x]".to_owned(),
                (Question::Multi { .. }, None) => "[ ]".to_owned(),
                _ => String::new(),
            };
            let selected = index == self.cursor && !self.answered;
            let cursor = if selected { theme.glyphs.cursor } else { " " };
            let words = format!("{number} {}{}{}", sign, if sign.is_empty() { "" } else { " " }, printable(option));
            for (part, line) in text::wrap(&words, cells.saturating_sub(4)).into_iter().enumerate() {
                let head = if part == 0 { format!("{cursor} ") } else { "    ".to_owned() };
                let style = if selected { theme.selected } else { theme.text };
                lines.push(Line::from(vec![Span::raw(head), Span::styled(line, style)]));
            }
        }
        lines
    }

    fn lines(&self, model: &Model, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        let words = text::one_line(&self.ask.text);
        let styled = |line, style| Line::styled(line, style);
        let mut lines: Vec<Line<'static>> =
            text::wrap(&printable(&words), cells).into_iter().map(|line| styled(line, theme.strong)).collect();
        lines.push(Line::default());
        lines.extend(self.option_lines(cells, theme));
        if self.is_typed() && !self.answered {
            lines.push(self.prompt.line(cells, theme));
        }
        let hints = model.lab.quiz.as_ref().map(|quiz| quiz.hints(&self.ask.id)).unwrap_or_default();
        for hint in hints {
            let hint = format!("hint: {}", printable(hint));
            lines.extend(text::wrap(&hint, cells).into_iter().map(|line| styled(line, theme.note)));
        }
        if let Some(score) = self.score(model) {
            lines.extend(result_lines(score, cells, theme));
        }
        lines.push(Line::default());
        lines.extend(text::wrap(self.keys(), cells).into_iter().map(|line| styled(line, theme.muted)));
        lines
    }

    /// What can be pressed.
    fn keys(&self) -> &'static str {
        if self.answered {
            return "Enter goes on";
        }
        match self.ask.question {
            Question::Choice { .. } => "a digit or Enter answers   Tab hint   Esc later",
            Question::Multi { .. } => "digits or Space mark, Enter answers   Tab hint   Esc later",
            Question::Order { .. } => "digits put the items in order, Enter answers   Tab hint   Esc later",
            Question::Value { .. } | Question::Text => "Enter answers   Tab hint   Esc later",
            Question::PointAt { .. } => {
                "Enter opens the run: find the message, open its fields, and press a on the field   Tab hint   Esc later"
            }
        }
    }
}

/// What an answer was worth, and why. The right one is not told while there may be another attempt.
fn result_lines(score: &Score, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (word, style) = match score.verdict {
        Verdict::Right => ("right", theme.ok),
        Verdict::Partly => ("not quite", theme.warn),
        Verdict::Wrong => ("wrong", theme.failed),
        Verdict::Open => ("kept: a person has to read it", theme.note),
    };
    let mut lines = vec![Line::default()];
    lines.push(Line::styled(format!("{word}: {} of {} points", score.points, score.of), style));
    let right = score.verdict == Verdict::Right;
    let mut say = |words: &str, style| {
        lines.extend(text::wrap(words, cells).into_iter().map(|line| Line::styled(line, style)));
    };
    if right {
        say(&score.why.as_deref().map(printable).unwrap_or_default(), theme.text);
    } else if score.verdict != Verdict::Open {
        say("a asks it again, each attempt for fewer points.", theme.muted);
    }
    lines
}

impl Screen for QuestionBox {
    fn context(&self) -> Context {
        if self.is_typed() && !self.answered { Context::Prompt } else { Context::Menu }
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let last = self.options().len().saturating_sub(1);
        match command {
            Command::Back | Command::Close if self.answered => return self.close(),
            Command::Back | Command::Close => return Outcome::go(Navigate::Back),
            Command::Enter => return self.enter(model),
            Command::Down => self.cursor = (self.cursor + 1).min(last),
            Command::Up => self.cursor = self.cursor.saturating_sub(1),
            Command::NextPane | Command::Complete if !self.answered => {
                return Outcome::change(Change::Lab(LabChange::Hint(self.ask.id.clone())));
            }
            _ => {}
        }
        Outcome::none()
    }

    fn takes(&self, key: Key) -> bool {
        let digit = key.character().and_then(|c| c.to_digit(10)).map(|digit| digit as usize);
        !self.is_typed() && digit.is_some_and(|digit| digit > 0 && digit <= self.options().len())
    }

    fn input(&mut self, key: Key, model: &Model) -> Outcome {
        if self.answered {
            return Outcome::none();
        }
        if self.is_typed() {
            self.prompt.edit(key);
            return Outcome::none();
        }
        match (key.code, key.character().and_then(|c| c.to_digit(10))) {
            (_, Some(digit)) if self.takes(key) => {
                self.cursor = digit.saturating_sub(1) as usize;
                self.mark(digit);
                if let Question::Choice { .. } = self.ask.question {
                    return self.enter(model);
                }
            }
            (KeyCode::Char(' '), _) => self.mark(u32::try_from(self.cursor + 1).unwrap_or(u32::MAX)),
            (KeyCode::Backspace, _) => {
                self.chosen.pop();
            }
            _ => {}
        }
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let width = WIDTH.min(area.width.saturating_sub(4));
        let lines = self.lines(model, usize::from(width).saturating_sub(2), theme);
        let when = match self.ask.when {
            When::Before => "before it starts: locked when the first byte moves",
            When::At => "at this pause",
            When::After => "now that it is over",
        };
        let title = format!("{when}, {} points", self.ask.points);
        let inside = popup(area, width, u16::try_from(lines.len()).unwrap_or(u16::MAX), &title, theme, buf);
        let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
        for (row, line) in lines.into_iter().enumerate() {
            put(inside, row, line, buf);
        }
    }
}
