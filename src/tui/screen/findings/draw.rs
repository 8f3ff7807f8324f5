//! How the Findings screen is drawn: a heading, rules and their sessions, and what the one under the cursor means.

use super::{FindingsScreen, Regions, Row, of_row};
use crate::base::{counted, printable};
use crate::session::rule::Finding;
use crate::tui::findings::{Group, Member};
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::verdict::{sign, style};
use crate::tui::view::{put, rule};
use crate::tui::words;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The cells of the rule's id.
const ID: usize = 9;
/// The cells of how often it found something.
const COUNT: usize = 14;

impl FindingsScreen {
    pub(super) fn draw(&self, model: &Model, theme: &Theme, regions: Regions, buf: &mut Buffer) {
        put(regions.heading, 0, self.heading(model, theme, usize::from(regions.heading.width)), buf);
        let cells = usize::from(regions.rows.width);
        let rows = self.rows.iter().enumerate().skip(self.top).take(usize::from(regions.rows.height));
        for (index, row) in rows {
            let Some((group, member)) = of_row(*row, model) else { continue };
            let line = match member {
                None => self.group_line(group, cells, theme),
                Some(member) => member_line(member, model, cells, theme),
            };
            let line = if index == self.cursor { under_cursor(&line, cells, theme) } else { line };
            put(regions.rows, index - self.top, line, buf);
        }
        if self.rows.is_empty() {
            let words = if model.is_loading() { "reading..." } else { "nothing was found that is worth a note" };
            put(regions.rows, 1, Line::styled(format!("  {words}"), theme.muted), buf);
        }
        rule(regions.about, theme, buf);
        let about = self.rows.get(self.cursor).and_then(|row: &Row| of_row(*row, model));
        if let Some((group, member)) = about {
            let below =
                Rect { y: regions.about.y + 1, height: regions.about.height.saturating_sub(1), ..regions.about };
            about_lines(group, member, model, theme, below, buf);
        }
    }

    fn heading(&self, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
        let (rules, sessions) = (model.findings.groups.len(), model.findings.sessions);
        let all = text::counted(model.snapshot.sessions.len() as u64, "session");
        let (rules, sessions) = (counted(rules, "rule"), text::count(sessions as u64));
        let left = format!(" {rules} found something in {sessions} of {all}");
        let turned = if self.reversed { ", turned round" } else { "" };
        let waiting = if model.is_loading() { "   what is said of several sessions comes at the end" } else { "" };
        let right = format!("{}{turned} ", self.by.word());
        let left = text::shorten_end(&format!("{left}{waiting}"), cells.saturating_sub(right.len() + 1), &theme.glyphs);
        let gap = cells.saturating_sub(text::width(&left) + text::width(&right));
        Line::from(vec![Span::styled(left, theme.strong), Span::styled(" ".repeat(gap) + &right, theme.muted)])
    }

    fn group_line(&self, group: &Group, cells: usize, theme: &Theme) -> Line<'static> {
        let unfolded = self.unfolded.contains(group.rule.id);
        let fold = if unfolded { theme.glyphs.unfolded } else { theme.glyphs.folded };
        let look = style(group.severity, theme);
        let severity = format!("{} {}", sign(group.severity, &theme.glyphs), text::left(group.severity.word(), 6));
        let used = 3 + text::width(&severity) + COUNT + 2 + ID + 1;
        Line::from(vec![
            Span::styled(format!(" {fold} "), theme.muted),
            Span::styled(severity, look),
            Span::styled(format!("{}  ", text::right(&count(group), COUNT)), theme.text),
            Span::styled(format!("{} ", text::left(group.rule.id, ID)), theme.accent),
            Span::styled(text::shorten_end(group.rule.title, cells.saturating_sub(used), &theme.glyphs), theme.text),
        ])
    }
}

/// `41 sessions`; what is not said of single sessions is counted by itself.
fn count(group: &Group) -> String {
    let of = |number: usize, noun: &str| text::counted(number as u64, noun);
    match (group.sessions, group.members.len() - group.sessions) {
        (0, others) => of(others, "finding"),
        (sessions, 0) => of(sessions, "session"),
        (sessions, others) => format!("{} +{others}", of(sessions, "session")),
    }
}

fn member_line(member: Member, model: &Model, cells: usize, theme: &Theme) -> Line<'static> {
    let Some(found) = member.finding(model) else { return Line::default() };
    let (who, look) = match (member, member.session(model)) {
        (Member::Session { .. }, Some(session)) => {
            let glyph = words::outcome_glyph(session.outcome, &theme.glyphs);
            let name = match session.server_name() {
                Some(name) => printable(name),
                None => session.server.to_string(),
            };
            (format!("{glyph} #{} {name}", session.number), words::outcome_style(session.outcome, theme))
        }
        _ => (several(member, model), theme.note),
    };
    let who = text::shorten_middle(&who, (cells / 3).max(16), &theme.glyphs);
    let words = format!("{}: {}", found.confidence.word(), found.text);
    let room = cells.saturating_sub(6 + text::width(&who) + 2);
    Line::from(vec![
        Span::raw("      "),
        Span::styled(who, look),
        Span::styled(format!("  {}", text::whole_words(&words, room, &theme.glyphs)), theme.text),
    ])
}

/// The sessions that something is said of together.
fn several(member: Member, model: &Model) -> String {
    let Member::Capture(index) = member else { return String::new() };
    let sessions = model.snapshot.findings.get(index).map(|found| found.sessions.as_slice()).unwrap_or_default();
    let shown: Vec<String> = sessions.iter().take(4).map(|number| format!("#{number}")).collect();
    match sessions.len() {
        0 => "no session".to_owned(),
        count if count > shown.len() => format!("{} +{}", shown.join(" "), count - shown.len()),
        _ => shown.join(" "),
    }
}

fn under_cursor(line: &Line<'static>, cells: usize, theme: &Theme) -> Line<'static> {
    let content: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
    let content = content.strip_prefix(' ').unwrap_or(&content);
    Line::styled(text::left(&format!("{}{content}", theme.glyphs.cursor), cells), theme.selected)
}

/// What the rule or the finding under the cursor means, and what to do.
fn about_lines(group: &Group, member: Option<Member>, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let found = member.and_then(|member| member.finding(model));
    let head = format!("{} {}: {}", sign(group.severity, &theme.glyphs), group.rule.id, group.rule.title);
    let mut lines: Vec<(String, Style)> = vec![(head, style(group.severity, theme))];
    let cells = usize::from(area.width.saturating_sub(4));
    let says = match found {
        Some(Finding { text, .. }) => text.clone(),
        None => format!("Needs to see: {}.", group.rule.sees),
    };
    lines.extend(text::wrap(&says, cells).into_iter().map(|line| (line, theme.text)));
    let fix = text::wrap(&format!("What to do: {}.", group.rule.fix), cells);
    let room = usize::from(area.height).saturating_sub(fix.len());
    lines.truncate(room.max(1));
    lines.extend(fix.into_iter().map(|line| (line, theme.note)));
    for (row, (line, look)) in lines.into_iter().enumerate() {
        put(area, row, Line::styled(format!(" {line}"), look), buf);
    }
}
