//! What was found in all sessions, rule by rule: how often, how bad, and what to do. A rule unfolds to its sessions.

mod draw;
#[cfg(test)]
mod tests;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::session::StreamId;
use crate::session::rule::Finding;
use crate::tui::filter::Filter;
use crate::tui::findings::{Group, MadeOf, Member};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::overlay::page::Block;
use crate::tui::overlay::reasons::{Goal, Part, Reasons};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::verdict;
use crate::tui::view::content_area;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::cmp::Ordering;
use std::collections::HashSet;

/// By what the groups are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum By {
    /// The worst first, and of equals what is found more often.
    #[default]
    Severity,
    /// What is found most often first.
    Count,
    /// The order of the rules.
    Rule,
}

impl By {
    fn next(self) -> Self {
        match self {
            Self::Severity => Self::Count,
            Self::Count => Self::Rule,
            Self::Rule => Self::Severity,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Severity => "by severity",
            Self::Count => "by count",
            Self::Rule => "by rule",
        }
    }
}

/// A row: a group, or one of its members, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Group(usize),
    Member(usize, usize),
}

/// The screen's own state.
#[derive(Debug, Default)]
pub struct FindingsScreen {
    rows: Vec<Row>,
    cursor: usize,
    top: usize,
    by: By,
    reversed: bool,
    /// The rules whose sessions are in sight.
    unfolded: HashSet<&'static str>,
    /// What the rows were made of; they are made again when it changes.
    made_of: MadeOf,
}

/// Where its parts lie.
#[derive(Clone, Copy, Debug)]
struct Regions {
    heading: Rect,
    rows: Rect,
    about: Rect,
}

const ABOUT_ROWS: u16 = 6;

fn regions(area: Rect) -> Regions {
    let about = ABOUT_ROWS.min(area.height / 3);
    let rows = area.height.saturating_sub(1 + about);
    Regions {
        heading: Rect { height: 1.min(area.height), ..area },
        rows: Rect { y: area.y + 1.min(area.height), height: rows, ..area },
        about: Rect { y: area.bottom() - about, height: about, ..area },
    }
}

/// The group of a row, and the member where it is one.
fn of_row(row: Row, model: &Model) -> Option<(&Group, Option<Member>)> {
    match row {
        Row::Group(group) => Some((model.findings.groups.get(group)?, None)),
        Row::Member(group, member) => {
            let group = model.findings.groups.get(group)?;
            Some((group, Some(*group.members.get(member)?)))
        }
    }
}

impl FindingsScreen {
    fn at_cursor<'a>(&self, model: &'a Model) -> Option<(&'a Group, Option<Member>)> {
        of_row(*self.rows.get(self.cursor)?, model)
    }

    /// Makes the rows anew; the cursor stays on its rule.
    fn arrange(&mut self, model: &Model) {
        let groups = &model.findings.groups;
        let rule = self.at_cursor(model).map(|(group, _)| group.rule.id);
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by(|a, b| match (groups.get(*a), groups.get(*b)) {
            (Some(a), Some(b)) => self.compare(a, b),
            _ => Ordering::Equal,
        });
        if self.reversed {
            order.reverse();
        }
        self.rows.clear();
        for index in order {
            let Some(group) = groups.get(index) else { continue };
            self.rows.push(Row::Group(index));
            if self.unfolded.contains(group.rule.id) {
                self.rows.extend((0..group.members.len()).map(|member| Row::Member(index, member)));
            }
        }
        let same = |row: &Row| matches!(row, Row::Group(index) if groups.get(*index).map(|one| one.rule.id) == rule);
        let found =
            self.rows.iter().position(same).filter(|_| self.at_cursor(model).map(|(one, _)| one.rule.id) != rule);
        self.cursor = found.unwrap_or(self.cursor).min(self.rows.len().saturating_sub(1));
    }

    fn compare(&self, a: &Group, b: &Group) -> Ordering {
        let severity = b.severity.cmp(&a.severity);
        let count = b.members.len().cmp(&a.members.len());
        match self.by {
            By::Severity => severity.then(count),
            By::Count => count.then(severity),
            By::Rule => Ordering::Equal,
        }
    }

    fn fold(&mut self, folded: bool, model: &Model) {
        let Some((group, member)) = self.at_cursor(model) else { return };
        let rule = group.rule.id;
        if folded {
            self.unfolded.remove(rule);
            if member.is_some() {
                let is_group = |row: &Row| matches!(row, Row::Group(_));
                let rows = self.rows.get(..self.cursor).unwrap_or_default();
                self.cursor = rows.iter().rposition(is_group).unwrap_or(0);
            }
        } else {
            self.unfolded.insert(rule);
        }
        self.arrange(model);
    }

    fn fold_all(&mut self, model: &Model) {
        if self.unfolded.is_empty() {
            self.unfolded = model.findings.groups.iter().map(|group| group.rule.id).collect();
        } else {
            self.unfolded.clear();
        }
        self.arrange(model);
    }

    fn enter(&mut self, model: &Model) -> Outcome {
        let Some((group, member)) = self.at_cursor(model) else { return Outcome::none() };
        match member {
            Some(member) => goal(member, model).map_or_else(Outcome::none, |goal| goal.outcome(model)),
            // No filter finds what is not said of a session.
            None if group.sessions == 0 => {
                self.fold(self.unfolded.contains(group.rule.id), model);
                Outcome::none()
            }
            None => match Filter::parse(&format!("finding == {}", group.rule.id)) {
                Ok(filter) => Outcome::change(Change::Filter(filter)).then(Navigate::Go(ScreenId::Sessions)),
                Err(problem) => Outcome::problem(problem.text),
            },
        }
    }

    fn explain(&self, model: &Model) -> Outcome {
        let Some((group, member)) = self.at_cursor(model) else { return Outcome::none() };
        let mut parts: Vec<Part> = Vec::new();
        let session = member.and_then(|member| member.session(model)).map(|session| session.stream);
        if let Some((member, found)) = member.and_then(|member| Some((member, member.finding(model)?))) {
            parts.push(Block::Text(found.text.clone()).into());
            let words = format!("{}, {}", found.severity.word(), found.confidence.word());
            parts.push(Block::Entry("how bad, how sure".to_owned(), words).into());
            parts.push(Block::Heading("What shows it".to_owned()).into());
            let stream = session.filter(|_| matches!(member, Member::Session { .. }));
            parts.extend(verdict::evidence(found, stream));
            parts.push(Block::Heading("The rule".to_owned()).into());
        }
        parts.push(Block::Text(format!("{}.", group.rule.title)).into());
        parts.extend(verdict::rule(group.rule, session.or_else(|| first_stream(group, model))));
        Outcome::go(Navigate::Push(Box::new(Reasons::new(group.rule.id, parts))))
    }

    fn show_in_lab(&self, model: &Model) -> Outcome {
        let Some((group, member)) = self.at_cursor(model) else { return Outcome::none() };
        let Some(id) = group.rule.scenario else {
            return Outcome::problem(format!("no scenario of the lab shows {}", group.rule.id));
        };
        let beside = match member {
            Some(member) => member.session(model).map(|session| session.stream),
            None => first_stream(group, model),
        };
        Goal::Scenario { id, beside }.outcome(model)
    }

    fn move_by(&mut self, rows: isize) {
        self.cursor = self.cursor.saturating_add_signed(rows).min(self.rows.len().saturating_sub(1));
    }

    fn sort(&mut self, model: &Model) -> Outcome {
        self.arrange(model);
        let order = if self.reversed { ", turned round" } else { "" };
        Outcome::done(format!("{}{order}", self.by.word()))
    }
}

/// The first session of a group.
fn first_stream(group: &Group, model: &Model) -> Option<StreamId> {
    group.members.iter().find_map(|member| member.session(model)).map(|session| session.stream)
}

/// Where a finding leads: to the event that shows it in the ladder, or to the frame where there is no session.
fn goal(member: Member, model: &Model) -> Option<Goal> {
    let found = member.finding(model)?;
    let Some(session) = member.session(model) else {
        return found.evidence.first().map(|shown| Goal::Frame(shown.frame));
    };
    let frames = || found.evidence.iter().map(|shown| shown.frame);
    let in_frame = || session.timeline.iter().position(|event| frames().any(|frame| frame == event.frame));
    let event = match member {
        Member::Session { finding, .. } if session.verdict.finding == Some(finding) => session.verdict.event,
        Member::Session { .. } => event_of(found),
        Member::Capture(_) => None,
    };
    let stream = session.stream;
    match event.or_else(in_frame) {
        Some(event) => Some(Goal::Event { stream, event, field: None }),
        None => Some(Goal::Session(stream)),
    }
}

fn event_of(found: &Finding) -> Option<usize> {
    found.evidence.iter().find_map(|shown| shown.event)
}

impl Screen for FindingsScreen {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Findings)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(regions(content_area(model.size)).rows.height.max(1)).unwrap_or(1);
        if let Some(rows) = command.rows(page) {
            self.move_by(rows);
            return Outcome::none();
        }
        match command {
            Command::Enter => return self.enter(model),
            Command::Left | Command::Right => self.fold(command == Command::Left, model),
            Command::FoldAll => self.fold_all(model),
            Command::Explain => return self.explain(model),
            Command::ShowInLab => return self.show_in_lab(model),
            Command::Sort => {
                self.by = self.by.next();
                return self.sort(model);
            }
            Command::SortReverse => {
                self.reversed = !self.reversed;
                return self.sort(model);
            }
            _ => {}
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        if self.made_of != model.findings.made_of {
            self.made_of.clone_from(&model.findings.made_of);
            self.arrange(model);
        }
        let height = usize::from(regions(content_area(model.size)).rows.height);
        self.top = text::top_row(self.top, self.cursor, height, self.rows.len());
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let regions = regions(area);
        match mouse {
            Mouse::Wheel(_, rows) => self.move_by(rows),
            Mouse::Click(at) | Mouse::DoubleClick(at) if regions.rows.contains(at) => {
                let row = self.top + usize::from(at.y - regions.rows.y);
                if row < self.rows.len() {
                    self.cursor = row;
                    if matches!(mouse, Mouse::DoubleClick(_)) {
                        return self.enter(model);
                    }
                }
            }
            _ => {}
        }
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        self.draw(model, theme, regions(area), buf);
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        vec![
            Block::Heading("Findings".to_owned()),
            entry("rows", "a rule each, with how often it found something; Right shows where, Left folds it again"),
            entry("error", "something that ends connections, or would"),
            entry("warn", "something that should be better, or is close to an end"),
            entry("note", "worth knowing"),
            entry("certain", "it follows from bytes that were read; likely, possible: other reasons are left"),
            entry("all", "also what is said of several sessions, and of connections on which no TLS came"),
        ]
    }
}
