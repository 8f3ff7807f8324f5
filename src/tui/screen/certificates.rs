//! The certificates that both sides showed, and what can be said of them.
//!
//! | file | its concern |
//! |---|---|
//! | `presence` | why certificates of a side are there or not |
//! | `check` | what was checked, with what came of it, and what was not |

pub(super) mod check;
mod presence;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{BufferId, Reader, Tree, hex, hex_colon, printable, printable_bytes};
use crate::session::{Session, StreamId};
use crate::tui::clock;
use crate::tui::effect::{Content, Effect};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::export::{Exportable, file_name, stem};
use crate::tui::overlay::page::{Block, Page};
use crate::tui::settings::Settings;
use crate::tui::text;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::view::{content_area, put, rule};
use crate::x509::{Certificate, Link, OcspResponse, chain, ocsp_response, oid_name, pem};
use check::{Check, Moment, Verdict, checks};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::sync::Arc;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Certificates {
    client: bool,
    /// The place of the certificate under the cursor, in the order sent.
    cursor: usize,
    /// The first line of the fields in sight.
    top: usize,
    /// Whether dates are judged for the present.
    now: bool,
    followed: Option<Subject>,
    known: Known,
}

/// What was computed of the session that is shown.
#[derive(Debug, Default)]
struct Known {
    of: Option<(u64, StreamId)>,
    session: Option<Arc<Session>>,
    /// The chains of server and client.
    links: [Vec<Link>; 2],
    stapled: Option<OcspResponse>,
}

impl Known {
    /// Whether it is another session now.
    fn sync(&mut self, model: &Model) -> bool {
        let session = model.selected();
        let of = session.map(|session| (model.loading.job, session.stream));
        let another = of != self.of;
        let same = match (session, &self.session) {
            (Some(new), Some(known)) => Arc::ptr_eq(new, known),
            (None, None) => true,
            _ => false,
        };
        if !same {
            *self = Self {
                of,
                session: session.cloned(),
                links: [false, true].map(|client| {
                    session.map(|session| chain(presence::certificates(session, client))).unwrap_or_default()
                }),
                stapled: session.and_then(|session| {
                    let reader = Reader::new(session.ocsp_response.as_deref()?, BufferId(0));
                    Some(ocsp_response(reader, &mut Tree::off()))
                }),
            };
        }
        another
    }

    fn links(&self, client: bool) -> &[Link] {
        let [server, other] = &self.links;
        if client { other } else { server }
    }
}

/// A row of the tree.
#[derive(Debug)]
enum TreeRow<'a> {
    /// The name of an issuer that was not sent.
    Missing(String),
    /// A certificate, and how far it is indented.
    Sent { link: &'a Link, depth: usize },
    /// What follows did not lie on the way.
    Besides,
}

/// Where its parts lie.
#[derive(Clone, Copy, Debug)]
struct Regions {
    heading: Rect,
    tree: Rect,
    checks: Rect,
    fields: Rect,
}

fn regions(area: Rect, tree_rows: usize, check_rows: usize) -> Regions {
    let part = |y: u16, height: u16| {
        let y = area.y.saturating_add(y).min(area.bottom());
        Rect { y, height: height.min(area.bottom() - y), ..area }
    };
    let room = usize::from(area.height.saturating_sub(1));
    let tree = tree_rows.min((room / 3).max(2));
    let checks = (check_rows + 1).min((room.saturating_sub(tree) / 2).max(2));
    let [tree, checks] = [tree, checks].map(|rows| u16::try_from(rows).unwrap_or(u16::MAX));
    Regions {
        heading: part(0, 1),
        tree: part(1, tree),
        checks: part(1 + tree, checks),
        fields: part(1 + tree + checks, u16::MAX),
    }
}

impl Certificates {
    fn shown<'a>(&self, model: &'a Model) -> &'a [Arc<Certificate>] {
        model.selected().map_or(&[], |session| presence::certificates(session, self.client))
    }

    fn certificate<'a>(&self, model: &'a Model) -> Option<&'a Arc<Certificate>> {
        self.shown(model).get(self.cursor)
    }

    /// The root side first, the peer's own certificate last, then what did not lie on the way.
    fn tree<'a>(&'a self, model: &Model) -> Vec<TreeRow<'a>> {
        let links = self.known.links(self.client);
        let path: Vec<&Link> = links.iter().filter(|link| link.on_path).collect();
        let mut rows = Vec::with_capacity(links.len() + 2);
        let mut depth = 0;
        if let Some(top) = path.last().filter(|top| top.issued_by.is_none() && !top.self_issued)
            && let Some(certificate) = self.shown(model).get(top.index).filter(|top| top.readable)
        {
            rows.push(TreeRow::Missing(printable(&certificate.issuer.short())));
            depth = 1;
        }
        for link in path.iter().rev() {
            rows.push(TreeRow::Sent { link, depth });
            depth += 1;
        }
        if path.len() < links.len() {
            rows.push(TreeRow::Besides);
        }
        rows.extend(links.iter().filter(|link| !link.on_path).map(|link| TreeRow::Sent { link, depth: 0 }));
        rows
    }

    fn move_by(&mut self, model: &Model, steps: isize) {
        let rows = self.tree(model);
        let order: Vec<usize> = rows
            .iter()
            .filter_map(|row| if let TreeRow::Sent { link, .. } = row { Some(link.index) } else { None })
            .collect();
        let place = order.iter().position(|index| *index == self.cursor).unwrap_or(0);
        let place = place.saturating_add_signed(steps).min(order.len().saturating_sub(1));
        if let Some(index) = order.get(place).copied().filter(|index| *index != self.cursor) {
            self.cursor = index;
            self.top = 0;
        }
    }

    fn scroll(&mut self, model: &Model, rows: isize) {
        let (lines, height) = self.extent(model);
        self.top = self.top.saturating_add_signed(rows).min(lines.saturating_sub(height));
    }

    /// The lines below the rule and the rows that there are for them.
    fn extent(&self, model: &Model) -> (usize, usize) {
        let area = content_area(model.size);
        let regions = self.layout(model, area);
        let Some(certificate) = self.certificate(model) else { return (0, 0) };
        let (left, right) = panes(regions.fields);
        let lines = field_lines(certificate, &model.settings, usize::from(left.width)).len();
        let bytes = right.map_or(0, |right| certificate.der.len().div_ceil(hex_columns(right)));
        (lines.max(bytes), usize::from(left.height))
    }

    fn moment(&self, model: &Model) -> Moment {
        let captured = model.selected().map_or(0, |session| session.handshake_started.unwrap_or(session.started));
        let now = model.now.filter(|_| self.now);
        Moment { seconds: now.unwrap_or(captured).div_euclid(1_000_000_000), now: now.is_some() }
    }

    fn checks(&self, model: &Model) -> Vec<Check> {
        let Some((session, certificate)) = model.selected().zip(self.certificate(model)) else { return Vec::new() };
        // Read by itself a session says all, also where a whole capture leaves signatures out.
        let session = model.detail().map_or(&**session, |detail| &detail.session);
        let links = self.known.links(self.client);
        let Some(place) = links.iter().position(|link| link.index == self.cursor) else { return Vec::new() };
        let Some(link) = links.get(place) else { return Vec::new() };
        let stapled = self.known.stapled.as_ref();
        let subject = check::Subject { certificate, link, height: place, client: self.client, session, stapled };
        checks(&subject, self.moment(model), &model.settings)
    }

    fn layout(&self, model: &Model, area: Rect) -> Regions {
        let remarks = remarks(self.known.links(self.client), self.shown(model)).len();
        let cells = usize::from(area.width);
        let lines = check_lines(&self.checks(model), &Theme::default(), cells).len();
        regions(area, self.tree(model).len() + remarks, lines)
    }

    fn other_side(&mut self) -> Outcome {
        self.client = !self.client;
        (self.cursor, self.top) = (0, 0);
        Outcome::none()
    }

    fn explain(&self, model: &Model) -> Outcome {
        let mut blocks = Vec::new();
        for check in self.checks(model) {
            blocks.push(Block::Text(format!("{} {}", check.verdict.sign(), check.text)));
        }
        if let Some(session) = model.selected().filter(|_| blocks.is_empty()) {
            blocks.extend(presence::long(session, self.client).into_iter().map(Block::Text));
        }
        blocks.push(Block::Heading("What is checked".to_owned()));
        blocks.extend(EXPLANATION.iter().map(|(name, text)| Block::Entry((*name).to_owned(), (*text).to_owned())));
        Outcome::go(Navigate::Push(Box::new(Page::new("certificate", blocks))))
    }
}

impl Screen for Certificates {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Certificates)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(self.extent(model).1.max(1)).unwrap_or(1);
        match command {
            Command::Down => self.move_by(model, 1),
            Command::Up => self.move_by(model, -1),
            Command::First => self.move_by(model, isize::MIN),
            Command::Last => self.move_by(model, isize::MAX),
            Command::PageDown => self.scroll(model, page),
            Command::PageUp => self.scroll(model, -page),
            Command::HalfPageDown => self.scroll(model, page / 2),
            Command::HalfPageUp => self.scroll(model, -page / 2),
            Command::OtherChain | Command::NextPane | Command::PreviousPane => return self.other_side(),
            Command::ChainTime => {
                self.now = !self.now;
                return if self.now { Outcome::effect(Effect::ReadClock) } else { Outcome::none() };
            }
            Command::Explain => return self.explain(model),
            Command::Enter if self.certificate(model).is_some() => {
                let subject = Subject::Certificate { client: self.client, index: self.cursor };
                self.followed = Some(subject);
                return Outcome::change(Change::Subject(subject)).then(Navigate::Go(ScreenId::Detail));
            }
            _ => {}
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        if self.known.sync(model) {
            (self.cursor, self.top, self.followed) = (0, 0, None);
        }
        if let Some(Subject::Certificate { client, index }) = model.subject.filter(|_| model.subject != self.followed) {
            (self.client, self.cursor, self.top) = (client, index, 0);
        }
        self.followed = model.subject;
        self.cursor = self.cursor.min(self.shown(model).len().saturating_sub(1));
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let regions = self.layout(model, area);
        match mouse {
            Mouse::Wheel(at, rows) if regions.tree.contains(at) => self.move_by(model, rows),
            Mouse::Wheel(_, rows) => self.scroll(model, rows),
            Mouse::Click(at) if regions.heading.contains(at) => return self.other_side(),
            Mouse::Click(at) | Mouse::DoubleClick(at) if regions.tree.contains(at) => {
                let rows = self.tree(model);
                let row = self.tree_top(&rows, regions.tree) + usize::from(at.y - regions.tree.y);
                let index = if let Some(TreeRow::Sent { link, .. }) = rows.get(row) { Some(link.index) } else { None };
                if let Some(index) = index {
                    (self.cursor, self.top) = (index, 0);
                    if matches!(mouse, Mouse::DoubleClick(_)) {
                        return self.update(Command::Enter, model);
                    }
                }
            }
            _ => {}
        }
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let cells = usize::from(area.width);
        let Some(session) = model.selected() else {
            return put(area, 0, Line::styled(" no session is selected", theme.muted), buf);
        };
        let regions = self.layout(model, area);
        put(regions.heading, 0, self.heading(session, model, theme, cells), buf);
        let Some(certificate) = self.certificate(model) else { return self.draw_absence(session, theme, area, buf) };
        self.draw_tree(model, theme, regions.tree, buf);
        rule(regions.checks, theme, buf);
        for (row, line) in check_lines(&self.checks(model), theme, cells).into_iter().enumerate() {
            put(regions.checks, row + 1, line, buf);
        }
        self.draw_fields(certificate, model, theme, regions.fields, buf);
    }

    fn copyable(&self, model: &Model) -> Vec<Copyable> {
        let Some(certificate) = self.certificate(model) else { return Vec::new() };
        let names: Vec<_> = certificate.subject_alt_names.iter().map(|name| printable(&name.to_string())).collect();
        let sha256 = hex(&certificate.sha256);
        let mut out = vec![
            Copyable::new('p', "certificate as PEM", pem("CERTIFICATE", &certificate.der)),
            Copyable::new('b', "SHA-256 fingerprint", hex_colon(&certificate.sha256)),
            Copyable::new('n', "subject", printable(&certificate.subject.to_string())),
            Copyable::new('r', "serial number", hex_colon(&certificate.serial)),
            Copyable::new('x', "DER as hex", hex(&certificate.der)),
            Copyable::new('f', "filter for this certificate", format!("sha256 == {sha256}")),
        ];
        if !names.is_empty() {
            out.insert(3, Copyable::new('w', "names (SAN)", names.join(", ")));
        }
        let all: String = self.shown(model).iter().map(|one| pem("CERTIFICATE", &one.der)).collect();
        out.insert(1, Copyable::new('c', "all of this side as PEM", all));
        out
    }

    fn exportable(&self, model: &Model) -> Vec<Exportable> {
        let Some((session, certificate)) = model.selected().zip(self.certificate(model)) else { return Vec::new() };
        let subject = file_name("certificate", &certificate.subject.short());
        let own = stem(session);
        vec![
            Exportable {
                key: 'n',
                what: "this certificate (PEM)".to_owned(),
                name: format!("{own}-{subject}.pem"),
                content: Content::Text(pem("CERTIFICATE", &certificate.der)),
            },
            Exportable {
                key: 'b',
                what: "this certificate (DER)".to_owned(),
                name: format!("{own}-{subject}.der"),
                content: Content::Bytes(Arc::from(&*certificate.der)),
            },
        ]
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        model.selected.map(|_| super::detail::session_title(model, theme))
    }

    fn explanation(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Heading("What is checked".to_owned())];
        blocks.extend(EXPLANATION.iter().map(|(name, text)| Block::Entry((*name).to_owned(), (*text).to_owned())));
        blocks
    }
}

/// What the signs and words mean.
static EXPLANATION: &[(&str, &str)] = &[
    ("[ok]", "looked at, and as it should be"),
    ("[X]", "looked at, and wrong: a peer that checks this refuses the certificate"),
    ("[!]", "looked at, and unusual: some peers refuse it"),
    ("[--]", "not checked here; nothing is claimed"),
    ("#1, #2", "the place of the certificate in the order sent"),
    ("dates", "whether the moment lies between notBefore and notAfter; a changes the moment: capture or now"),
    ("name", "whether subjectAltName holds the host name that the client asked for (SNI)"),
    ("extended key usage", "whether the certificate may be used by a server, or by a client"),
    ("CA flag", "whether basicConstraints allows the certificate to issue others"),
    ("signatures", "the tree is put together by names and key identifiers: it says who claims to have signed"),
    ("trust", "whether the top is somebody whom the peer trusts: that is known to the peer alone"),
    ("revocation", "whether the issuer took the certificate back; a stapled answer is shown and not verified"),
];

impl Certificates {
    fn heading(&self, session: &Session, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
        let mut spans = Vec::new();
        for client in [false, true] {
            let side = if client { "client" } else { "server" };
            let words = format!("{side}: {}", presence::short(session, client));
            let (before, after) = if client == self.client { ("[", "]") } else { (" ", " ") };
            let style = if client == self.client { theme.strong } else { theme.muted };
            spans.push(Span::styled(format!(" {before}{words}{after}"), style));
        }
        let moment = self.moment(model);
        let date = clock::minute(moment.seconds, &model.settings);
        let words = if moment.now { "judged now" } else { "judged at capture time" };
        let used: usize = spans.iter().map(Span::width).sum();
        for words in [format!("{words}, {date}"), date, String::new()] {
            if used + text::width(&words) < cells {
                let gap = cells - used - text::width(&words) - 1;
                spans.push(Span::styled(format!("{}{words}", " ".repeat(gap)), theme.muted));
                break;
            }
        }
        Line::from(spans)
    }

    fn draw_absence(&self, session: &Session, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let mut row = 2;
        for paragraph in presence::long(session, self.client) {
            for line in text::wrap(&paragraph, usize::from(area.width.saturating_sub(4)).min(90)) {
                put(area, row, Line::styled(format!("  {line}"), theme.text), buf);
                row += 1;
            }
            row += 1;
        }
        let other = presence::certificates(session, !self.client).len();
        if other > 0 {
            let side = if self.client { "server" } else { "client" };
            put(area, row, Line::styled(format!("  Tab shows the {other} of the {side}."), theme.muted), buf);
        }
    }

    fn tree_top(&self, rows: &[TreeRow<'_>], area: Rect) -> usize {
        let at = |row: &TreeRow<'_>| matches!(row, TreeRow::Sent { link, .. } if link.index == self.cursor);
        let cursor = rows.iter().position(at).unwrap_or(0);
        text::top_row(0, cursor, usize::from(area.height), rows.len())
    }

    fn draw_tree(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let rows = self.tree(model);
        let certificates = self.shown(model);
        let cells = usize::from(area.width);
        let top = self.tree_top(&rows, area);
        let height = usize::from(area.height);
        for (row, line) in rows.iter().skip(top).take(height).enumerate() {
            put(area, row, self.tree_line(line, certificates, model, theme, cells), buf);
        }
        let below = rows.len().saturating_sub(top);
        for (row, remark) in remarks(self.known.links(self.client), certificates).into_iter().enumerate() {
            let line = text::shorten_end(&format!("  {} {remark}", theme.glyphs.suspect), cells, &theme.glyphs);
            put(area, below + row, Line::styled(line, theme.warn), buf);
        }
    }

    fn tree_line(
        &self,
        row: &TreeRow<'_>,
        certificates: &[Arc<Certificate>],
        model: &Model,
        theme: &Theme,
        cells: usize,
    ) -> Line<'static> {
        let glyphs = &theme.glyphs;
        let (link, depth) = match row {
            TreeRow::Missing(name) => {
                let words = format!("    {name}: not among those sent");
                return Line::styled(text::shorten_end(&words, cells, glyphs), theme.muted);
            }
            TreeRow::Besides => return Line::styled("  besides, on no way up from the first:", theme.muted),
            TreeRow::Sent { link, depth, .. } => (link, *depth),
        };
        let Some(certificate) = certificates.get(link.index) else { return Line::default() };
        let selected = link.index == self.cursor;
        let style = |style: Style| if selected { theme.selected } else { style };
        let (word, verdict) = check::state(certificate, self.moment(model));
        let branch = if depth > 0 {
            format!("{}{}{} ", " ".repeat((depth - 1).min(8) * 2), glyphs.corners[2], glyphs.horizontal)
        } else {
            String::new()
        };
        let name = if certificate.readable { printable(&certificate.subject.short()) } else { "unreadable".to_owned() };
        let (key, until, kind) = (
            certificate.key.to_string(),
            clock::minute(certificate.not_after, &model.settings),
            kind(link, certificate),
        );
        let until: String = until.chars().take(10).collect();
        let tail = match cells {
            100.. => {
                format!("  {}  {}  to {until}  #{}  ", text::left(&kind, 18), text::left(&key, 12), link.index + 1)
            }
            70.. => format!("  {}  to {until}  #{}  ", text::left(&kind, 12), link.index + 1),
            _ => format!("  to {until}  "),
        };
        let room = cells.saturating_sub(text::width(&tail) + 2 + text::width(&branch) + 9);
        let name = text::left(&text::shorten_middle(&name, room, glyphs), room);
        let mut spans = vec![
            Span::styled(if selected { glyphs.cursor } else { " " }, style(theme.text)),
            Span::styled(format!(" {branch}"), style(theme.rule)),
            Span::styled(name, style(theme.text)),
            Span::styled(tail, style(theme.muted)),
            Span::styled(text::left(word, 9), style(look(verdict, theme))),
        ];
        let used: usize = spans.iter().map(Span::width).sum();
        spans.push(Span::styled(" ".repeat(cells.saturating_sub(used)), style(theme.text)));
        Line::from(spans)
    }

    fn draw_fields(&self, certificate: &Certificate, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let (left, right) = panes(area);
        rule(area, theme, buf);
        let lines = field_lines(certificate, &model.settings, usize::from(left.width));
        let (extent, height) = self.extent(model);
        let top = self.top.min(extent.saturating_sub(height));
        for (row, (label, value)) in lines.iter().skip(top).take(usize::from(left.height)).enumerate() {
            let line = Line::from(vec![
                Span::styled(format!(" {}", text::left(label, LABEL)), theme.accent),
                Span::styled(value.clone(), theme.text),
            ]);
            put(left, row, line, buf);
        }
        let hidden = lines.len().saturating_sub(top + usize::from(left.height));
        if hidden > 0 {
            let more = Line::styled(format!(" {hidden} more, PgDn "), theme.muted).right_aligned();
            put(Rect { height: area.height.min(1), ..area }, 0, more, buf);
        }
        let Some(right) = right else { return };
        let columns = hex_columns(right);
        for row in 0..usize::from(right.height) {
            let at = (top + row) * columns;
            let Some(bytes) = certificate.der.get(at..).filter(|rest| !rest.is_empty()) else { break };
            let bytes = bytes.get(..columns).unwrap_or(bytes);
            put(right, row, hex_line(at, bytes, columns, &theme.glyphs, theme), buf);
        }
    }
}

/// Fields on the left, bytes on the right where there is room; both below the rule.
fn panes(area: Rect) -> (Rect, Option<Rect>) {
    let below = Rect { y: area.y.saturating_add(1).min(area.bottom()), height: area.height.saturating_sub(1), ..area };
    let hex = match area.width {
        160.. => 75,
        100.. => 43,
        _ => return (below, None),
    };
    let left = Rect { width: below.width - hex, ..below };
    (left, Some(Rect { x: left.right(), width: hex, ..below }))
}

fn hex_columns(pane: Rect) -> usize {
    if pane.width >= 75 { 16 } else { 8 }
}

fn hex_line(at: usize, bytes: &[u8], columns: usize, glyphs: &Glyphs, theme: &Theme) -> Line<'static> {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let letter = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    let letters: String = bytes.iter().map(letter).collect();
    Line::from(vec![
        Span::styled(format!("{} {at:04x}  ", glyphs.vertical), theme.rule),
        Span::styled(text::left(&digits.join(" "), columns * 3), theme.text),
        Span::styled(format!(" {letters}"), theme.muted),
    ])
}

const LABEL: usize = 19;

/// What is said of the chain as a whole.
fn remarks(links: &[Link], certificates: &[Arc<Certificate>]) -> Vec<String> {
    let mut out = Vec::new();
    let path: Vec<usize> = links.iter().filter(|link| link.on_path).map(|link| link.index).collect();
    if path.windows(2).any(|pair| pair.first() > pair.get(1)) || path.iter().enumerate().any(|(place, at)| place != *at)
    {
        let order: Vec<String> = path.iter().map(|index| format!("#{}", index + 1)).collect();
        out.push(format!("not sent in issuing order, which is {}; TLS 1.2 demands that order", order.join(", ")));
    }
    for link in links {
        if let Some(first) = link.duplicate_of {
            out.push(format!("#{} is the same certificate as #{}", link.index + 1, first + 1));
        }
    }
    if let (Some(link), [_]) = (links.first(), certificates)
        && link.self_issued
    {
        out.push("self-issued: it names itself as its issuer, and nobody else vouches for it".to_owned());
    }
    out
}

/// What a certificate is in the chain.
fn kind(link: &Link, certificate: &Certificate) -> String {
    match (link.index, link.self_issued, certificate.is_ca) {
        _ if link.duplicate_of.is_some() => "sent twice",
        (0, true, _) => "leaf, self-issued",
        (0, false, _) => "leaf",
        (_, true, _) => "root",
        (_, false, Some(true)) => "intermediate",
        _ => "no CA",
    }
    .to_owned()
}

fn look(verdict: Verdict, theme: &Theme) -> Style {
    match verdict {
        Verdict::Ok => theme.ok,
        Verdict::Failed => theme.failed,
        Verdict::Odd => theme.warn,
        Verdict::Unchecked => theme.muted,
    }
}

/// The checks side by side, as many in a line as fit.
fn check_lines(checks: &[Check], theme: &Theme, cells: usize) -> Vec<Line<'static>> {
    let room = cells.saturating_sub(1).max(1);
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = 0;
    for check in checks {
        let sign = check.verdict.sign();
        let width = text::width(sign) + 1 + text::width(&check.text);
        let style = look(check.verdict, theme);
        if used > 0 && used + 2 + width > room {
            lines.push(Vec::new());
            used = 0;
        }
        let gap = if used == 0 { " " } else { "  " };
        let mut wrapped = text::wrap(&check.text, room.saturating_sub(text::width(sign) + 1)).into_iter();
        let first = wrapped.next().unwrap_or_default();
        used += text::width(gap) + text::width(sign) + 1 + text::width(&first);
        if let Some(line) = lines.last_mut() {
            line.push(Span::styled(format!("{gap}{sign}"), style));
            line.push(Span::styled(format!(" {first}"), if check.verdict == Verdict::Ok { theme.text } else { style }));
        }
        for rest in wrapped {
            used = text::width(&rest) + 6;
            lines.push(vec![Span::styled(format!("      {rest}"), style)]);
        }
    }
    lines.into_iter().map(Line::from).collect()
}

/// The fields that matter most, wrapped.
fn field_lines(certificate: &Certificate, settings: &Settings, cells: usize) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let room = cells.saturating_sub(LABEL + 1).max(8);
    for (label, value) in fields(certificate, settings) {
        for (row, line) in text::wrap(&value, room).into_iter().enumerate() {
            out.push((if row == 0 { label.to_owned() } else { String::new() }, line));
        }
    }
    out
}

fn fields(certificate: &Certificate, settings: &Settings) -> Vec<(&'static str, String)> {
    let bytes = ("bytes", format!("{} of DER", certificate.der.len()));
    let prints = [("SHA-256", hex_colon(&certificate.sha256)), ("SHA-1", hex_colon(&certificate.sha1))];
    if !certificate.readable {
        let problem = certificate.problem.as_deref().map_or_else(|| "no certificate".to_owned(), printable);
        let start = printable_bytes(certificate.der.get(..64).unwrap_or(&certificate.der));
        return [("problem", problem), ("begins with", start)].into_iter().chain([bytes]).chain(prints).collect();
    }
    let listed = |values: Vec<String>| printable(&values.join(", "));
    let time = |seconds| format!("{} {}", clock::minute(seconds, settings), if settings.utc { "UTC" } else { "local" });
    let mut out = vec![
        ("subject", printable(&certificate.subject.to_string())),
        ("issuer", printable(&certificate.issuer.to_string())),
        ("valid from", time(certificate.not_before)),
        ("valid to", time(certificate.not_after)),
        ("names (SAN)", listed(certificate.subject_alt_names.iter().map(ToString::to_string).collect())),
        ("public key", certificate.key.to_string()),
        ("signed with", certificate.signature_algorithm.clone()),
        (
            "CA",
            match (certificate.is_ca, certificate.path_length) {
                (Some(true), Some(length)) => format!("yes, at most {length} CA certificates below it"),
                (Some(true), None) => "yes".to_owned(),
                (Some(false), _) => "no".to_owned(),
                (None, _) => "no (no basicConstraints)".to_owned(),
            },
        ),
        ("key usage", certificate.key_usage.join(", ")),
        ("extended key usage", listed(certificate.extended_key_usage.clone())),
        ("serial", hex_colon(&certificate.serial)),
        ("version", certificate.version.to_string()),
        ("subject key id", certificate.subject_key_identifier.as_deref().map(hex_colon).unwrap_or_default()),
        ("issuer's key id", certificate.authority_key_identifier.as_deref().map(hex_colon).unwrap_or_default()),
        ("OCSP", listed(certificate.ocsp_urls.clone())),
        ("issuer's address", listed(certificate.ca_issuers_urls.clone())),
        ("CRL", listed(certificate.crl_urls.clone())),
        (
            "log promises (SCT)",
            if certificate.sct_count > 0 { certificate.sct_count.to_string() } else { String::new() },
        ),
        ("must-staple", if certificate.must_staple { "yes".to_owned() } else { String::new() }),
        (
            "extensions",
            listed(
                certificate
                    .extensions
                    .iter()
                    .map(|(oid, critical)| {
                        format!("{}{}", oid_name(oid).unwrap_or(oid), if *critical { " (critical)" } else { "" })
                    })
                    .collect(),
            ),
        ),
    ];
    out.extend([bytes].into_iter().chain(prints));
    out.retain(|(_, value)| !value.is_empty());
    out
}

#[cfg(test)]
mod tests;
