//! A page whose rows lead somewhere: a verdict with what shows it, each piece of evidence one Enter away.

use super::page::{Block, column};
use crate::capture::{Input, LoadState};
use crate::session::{FrameNumber, StreamId};
use crate::tui::keymap::{Command, Context};
use crate::tui::lab::{Beside, LabChange};
use crate::tui::model::{Model, Subject};
use crate::tui::screen::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Where a row leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To an event of a session, which counts as the session is inside.
    Event {
        /// The session.
        stream: StreamId,
        /// Its place in the timeline.
        event: usize,
        /// The field that shows it, where there is one.
        field: Option<&'static str>,
    },
    /// To a frame.
    Frame(FrameNumber),
    /// To the ladder of a session.
    Session(StreamId),
    /// To a scenario of the lab, to be played beside a session.
    Scenario {
        /// Its id.
        id: &'static str,
        /// The session.
        beside: Option<StreamId>,
    },
}

impl Goal {
    /// The way there.
    #[must_use]
    pub fn outcome(self, model: &Model) -> Outcome {
        match self {
            Self::Event { stream, event, field } => {
                let screen = if field.is_some() { ScreenId::Detail } else { ScreenId::Ladder };
                let show = Change::Show { stream, subject: Some(Subject::Event(event)), field };
                Outcome::change(show).then(Navigate::Go(screen))
            }
            Self::Frame(number) => {
                Outcome::change(Change::Subject(Subject::Frame(number))).then(Navigate::Go(ScreenId::Detail))
            }
            Self::Session(stream) => Outcome::change(Change::Show { stream, subject: None, field: None })
                .then(Navigate::Go(ScreenId::Ladder)),
            Self::Scenario { id, beside } => {
                let beside = beside.and_then(|stream| beside_of(stream, model));
                Outcome::change(Change::Lab(LabChange::Ask(id.to_owned(), beside))).then(Navigate::Go(ScreenId::Lab))
            }
        }
    }
}

/// A session as something that a run can be compared with; `None` where its capture cannot be opened once more.
fn beside_of(stream: StreamId, model: &Model) -> Option<Beside> {
    let session = model.session(stream)?;
    let again = |input: &Input| matches!(input, Input::Path(_) | Input::Sample(_) | Input::Memory(_));
    let inputs = model.inputs.clone();
    let frames = u32::try_from(model.snapshot.frames.len()).ok()?;
    let complete = model.snapshot.state == LoadState::Complete && inputs.iter().all(again);
    complete.then_some(Beside { inputs, frames, first_frame: session.first_frame, number: session.number })
}

/// A paragraph, and where Enter leads from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The paragraph.
    pub block: Block,
    /// Where it leads.
    pub goal: Option<Goal>,
}

impl From<Block> for Part {
    fn from(block: Block) -> Self {
        Self { block, goal: None }
    }
}

/// The page.
#[derive(Debug, Default)]
pub struct Reasons {
    title: String,
    parts: Vec<Part>,
    /// Which of the parts that lead somewhere.
    cursor: usize,
    top: usize,
}

const WIDTH: u16 = 76;

/// A line of the page, and which of the goals it belongs to.
struct Shown {
    line: Line<'static>,
    goal: Option<usize>,
}

impl Reasons {
    /// A page with a title.
    #[must_use]
    pub fn new(title: impl Into<String>, parts: Vec<Part>) -> Self {
        Self { title: title.into(), parts, ..Self::default() }
    }

    fn goals(&self) -> impl Iterator<Item = Goal> {
        self.parts.iter().filter_map(|part| part.goal)
    }

    fn lines(&self, cells: usize, theme: &Theme) -> Vec<Shown> {
        let column = column(self.parts.iter().map(|part| &part.block), cells);
        let mut out = Vec::new();
        let mut goals = 0;
        for part in &self.parts {
            let goal = part.goal.map(|_| goals);
            goals += usize::from(goal.is_some());
            let first = out.is_empty() && matches!(part.block, Block::Heading(_));
            let lines = part.block.lines(column, cells.saturating_sub(1), theme).into_iter().skip(usize::from(first));
            out.extend(lines.enumerate().map(|(row, line)| Shown { line: self.signed(line, goal, row, theme), goal }));
        }
        out
    }

    /// The line with the sign of the cursor in front of it.
    fn signed(&self, mut line: Line<'static>, goal: Option<usize>, row: usize, theme: &Theme) -> Line<'static> {
        let chosen = goal == Some(self.cursor);
        let sign = match goal {
            Some(_) if row == 0 && chosen => theme.glyphs.cursor,
            _ => " ",
        };
        line.spans.insert(0, Span::raw(sign));
        if chosen { line.patch_style(theme.selected) } else { line }
    }

    fn move_by(&mut self, rows: isize, model: &Model) {
        let cells = cells(model.size.width);
        let height = height(model);
        let lowest = self.lines(cells, &Theme::default()).len().saturating_sub(height);
        let last = self.goals().count().saturating_sub(1);
        let next = self.cursor.saturating_add_signed(rows).min(last);
        if next == self.cursor || rows.unsigned_abs() > 1 {
            // Text above the first goal and below the last is read by going on.
            self.top = self.top.saturating_add_signed(rows).min(lowest);
            return;
        }
        self.cursor = next;
        let lines = self.lines(cells, &Theme::default());
        let of_goal = |line: &Shown| line.goal == Some(next);
        if let (Some(first), Some(end)) = (lines.iter().position(of_goal), lines.iter().rposition(of_goal)) {
            self.top = self.top.clamp((end + 1).saturating_sub(height).min(first), first).min(lowest);
        }
    }
}

fn cells(width: u16) -> usize {
    usize::from(WIDTH.min(width.saturating_sub(4)))
}

/// The rows of the page.
fn height(model: &Model) -> usize {
    usize::from(model.size.height.saturating_sub(4)).max(1)
}

impl Screen for Reasons {
    fn context(&self) -> Context {
        Context::Reasons
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(height(model)).unwrap_or(isize::MAX);
        match command {
            Command::Back | Command::Close => return Outcome::go(Navigate::Back),
            Command::Enter => {
                return self
                    .goals()
                    .nth(self.cursor)
                    .map_or_else(|| Outcome::go(Navigate::Back), |goal| goal.outcome(model));
            }
            Command::ShowInLab => {
                let scenario = self.goals().find(|goal| matches!(goal, Goal::Scenario { .. }));
                return scenario
                    .map_or_else(|| Outcome::problem("no scenario of the lab shows this"), |goal| goal.outcome(model));
            }
            _ => {}
        }
        if let Some(rows) = command.rows(page) {
            self.move_by(rows.clamp(-(1 << 30), 1 << 30), model);
        }
        Outcome::none()
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, model: &Model) -> Outcome {
        if let Mouse::Wheel(_, rows) = mouse {
            self.move_by(rows, model);
        }
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let width = cells(area.width);
        let lines = self.lines(width, theme);
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let inside = popup(area, u16::try_from(width).unwrap_or(0) + 2, height, &self.title, theme, buf);
        let hidden = lines.len().saturating_sub(self.top + usize::from(inside.height));
        for (row, shown) in lines.into_iter().skip(self.top).take(usize::from(inside.height)).enumerate() {
            put(inside, row, shown.line, buf);
        }
        if hidden > 0 {
            let more = Line::styled(format!(" {hidden} more lines "), theme.muted).right_aligned();
            put(Rect { y: inside.bottom(), height: 1, ..inside }, 0, more, buf);
        }
    }
}
