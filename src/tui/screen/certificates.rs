//! The certificates that both sides showed, and what can be said of them.
//!
//! | file | its concern |
//! |---|---|
//! | `draw`, `layout` | what stands where |
//! | `tree` | the chain, as far as names and key identifiers tell |
//! | `fields` | the fields that matter most |
//! | `judgement` | what the anchors make of the chain, for this moment and these anchors |
//! | `presence` | why certificates of a side are there or not |
//! | `check` | what was checked, with what came of it, and what was not |

pub(super) mod check;
mod draw;
mod fields;
mod judgement;
mod layout;
mod presence;
mod tree;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{BufferId, Reader, Tree, hex, hex_colon, printable};
use crate::capture::Anchors;
use crate::session::judgement::{Basis, moment_of};
use crate::session::{Session, StreamId};
use crate::tui::effect::{Content, Effect};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::export::{Exportable, file_name, stem};
use crate::tui::overlay::page::{Block, Page};
use crate::tui::theme::Theme;
use crate::tui::view::{content_area, put, rule};
use crate::x509::verify::Purpose;
use crate::x509::{Certificate, Link, OcspResponse, chain, ocsp_response, pem};
use check::{Check, Moment, Verdict, checks};
use draw::check_lines;
use fields::field_lines;
use judgement::{Ground, Rulings};
use layout::{Regions, extent, panes, regions};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::sync::Arc;
use tree::{TreeRow, remarks};

/// How many seconds two clocks may be apart and count as the same: certificates come a moment after the connection.
const SAME_CLOCK: u64 = 60;

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
    rulings: Rulings,
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

impl Certificates {
    fn shown<'a>(&self, model: &'a Model) -> &'a [Arc<Certificate>] {
        model.selected().map_or(&[], |session| presence::certificates(session, self.client))
    }

    fn certificate<'a>(&self, model: &'a Model) -> Option<&'a Arc<Certificate>> {
        self.shown(model).get(self.cursor)
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

    /// Scrolls the fields by so many rows, of those that there are in a page.
    fn scroll(&mut self, model: &Model, rows: impl FnOnce(isize) -> isize) {
        let Some(certificate) = self.certificate(model) else { return };
        let (_, regions) = self.layout(model, &Theme::default(), content_area(model.size));
        let width = usize::from(panes(regions.fields).0.width);
        let lines = field_lines(certificate, &model.settings, width).len();
        let (lines, height) = extent(certificate, lines, regions.fields);
        let rows = rows(isize::try_from(height.max(1)).unwrap_or(1));
        self.top = self.top.saturating_add_signed(rows).min(lines.saturating_sub(height));
    }

    fn moment(&self, model: &Model) -> Moment {
        let (basis, purpose) = (basis(model).0, self.purpose());
        let judged = model.selected().map_or(0, |session| moment_of(basis, session, purpose));
        let captured = model.selected().map_or(0, |session| moment_of(&Basis::default(), session, purpose));
        let now = self.present(model);
        let own = now.is_none() && judged.abs_diff(captured) > SAME_CLOCK;
        Moment { seconds: now.unwrap_or(judged), now: now.is_some(), own }
    }

    /// What the certificates that are shown are to prove.
    fn purpose(&self) -> Purpose {
        if self.client { Purpose::Client } else { Purpose::Server }
    }

    /// The present in seconds since 1970, where it is the moment that is judged for.
    fn present(&self, model: &Model) -> Option<i64> {
        model.now.filter(|_| self.now).map(|now| now.div_euclid(1_000_000_000))
    }

    fn checks(&self, model: &Model) -> Vec<Check> {
        if let Some(ruling) = self.rulings.ruling(self.client).filter(|_| self.certificate(model).is_some()) {
            let session = shown_inside(model);
            let proofs = session.map(|session| check::proofs(session, self.client, &model.settings));
            let mut checks = judgement::checks(ruling, self.cursor, proofs.into_iter().flatten());
            let verifier = model.selected().and_then(|session| basis(model).0.verifiers.of(session, self.purpose()));
            if let Some(verifier) = verifier.filter(|verifier| !verifier.has_judged) {
                let text = format!("{} itself left before it judged them", printable(&verifier.name));
                checks.insert(1.min(checks.len()), Check::new(Verdict::Unchecked, text));
            }
            return checks;
        }
        let Some((session, certificate)) = shown_inside(model).zip(self.certificate(model)) else { return Vec::new() };
        let links = self.known.links(self.client);
        let Some(place) = links.iter().position(|link| link.index == self.cursor) else { return Vec::new() };
        let Some(link) = links.get(place) else { return Vec::new() };
        let stapled = self.known.stapled.as_ref();
        let subject = check::Subject { certificate, link, height: place, client: self.client, session, stapled };
        checks(&subject, self.moment(model), &model.settings)
    }

    /// The checks as they are drawn, and where everything lies; the more checks, the less room for the fields.
    fn layout(&self, model: &Model, theme: &Theme, area: Rect) -> (Vec<Line<'static>>, Regions) {
        let remarks = remarks(self.known.links(self.client), self.shown(model)).len();
        let lines = check_lines(&self.checks(model), theme, usize::from(area.width));
        let regions = regions(area, self.tree(model).len() + remarks, lines.len());
        (lines, regions)
    }

    fn other_side(&mut self) -> Outcome {
        self.client = !self.client;
        (self.cursor, self.top) = (0, 0);
        Outcome::none()
    }

    fn explain(&self, model: &Model) -> Outcome {
        let mut blocks = self.rulings.ruling(self.client).map(judgement::page).unwrap_or_default();
        for check in self.checks(model).into_iter().filter(|_| self.rulings.ruling(self.client).is_none()) {
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
        match command {
            Command::Down => self.move_by(model, 1),
            Command::Up => self.move_by(model, -1),
            Command::First => self.move_by(model, isize::MIN),
            Command::Last => self.move_by(model, isize::MAX),
            Command::PageDown => self.scroll(model, |page| page),
            Command::PageUp => self.scroll(model, |page| -page),
            Command::HalfPageDown => self.scroll(model, |page| page / 2),
            Command::HalfPageUp => self.scroll(model, |page| -page / 2),
            Command::OtherChain | Command::NextPane | Command::PreviousPane => return self.other_side(),
            Command::ChainTime => {
                self.now = !self.now;
                return if self.now { Outcome::effect(Effect::ReadClock) } else { Outcome::none() };
            }
            Command::TrustAnchors => return other_anchors(model),
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
        let (basis, is_other) = basis(model);
        let ground = Ground { basis, is_other, now: self.present(model) };
        self.rulings.sync(model.selected(), &ground);
    }

    fn needs_detail(&self) -> bool {
        true
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let (_, regions) = self.layout(model, &Theme::default(), area);
        match mouse {
            Mouse::Wheel(at, rows) if regions.tree.contains(at) => self.move_by(model, rows),
            Mouse::Wheel(_, rows) => self.scroll(model, |_| rows),
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
        let Some(session) = model.selected() else {
            return put(area, 0, Line::styled(" no session is selected", theme.muted), buf);
        };
        let (checks, regions) = self.layout(model, theme, area);
        put(regions.heading, 0, self.heading(session, model, theme, usize::from(area.width)), buf);
        let Some(certificate) = self.certificate(model) else { return self.draw_absence(session, theme, area, buf) };
        self.draw_tree(model, theme, regions.tree, buf);
        rule(regions.checks, theme, buf);
        for (row, line) in checks.into_iter().enumerate() {
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
        let subject = file_name("certificate", &certificate.short());
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

/// The session as it is inside. Read by itself it says all, also where a whole capture leaves signatures out.
fn shown_inside(model: &Model) -> Option<&Session> {
    let selected = model.selected()?;
    Some(model.inside().map_or(&**selected, |detail| &detail.session))
}

/// By what the screen judges, and whether that is another basis than the capture was read with.
fn basis(model: &Model) -> (&Arc<Basis>, bool) {
    model.basis.as_ref().map_or((&model.snapshot.basis, false), |basis| (basis, true))
}

/// The next choice of anchors: Mozilla's list, the system's, the files alone or what the peers of a run went by.
fn other_anchors(model: &Model) -> Outcome {
    let (basis, _) = basis(model);
    let stores = basis.anchors.stores();
    let anchors = if !basis.verifiers.is_empty() {
        Some(Anchors::Mozilla)
    } else if stores.contains(&"mozilla") {
        Some(Anchors::System)
    } else if stores.contains(&"system") {
        None
    } else {
        Some(Anchors::Mozilla)
    };
    Outcome::effect(Effect::ReadAnchors { basis: Arc::clone(&model.snapshot.basis), anchors })
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
    (
        "judged",
        "the chain is held against trust anchors of your choice; whom the peer trusts is known to the peer alone",
    ),
    (
        "by a peer",
        "in a run of the lab it is known by what each peer judges: its trust, its lists, its clock and rustls's rules; \
                 the chain is judged by these",
    ),
    (
        "anchors",
        "v changes them on this screen: Mozilla's list, the system's, the files of --anchors alone; lists and \
                 filters keep those that the capture was read with",
    ),
    (
        "revocation",
        "whether the issuer took the certificate back: by lists of --crl and a stapled answer; nothing is fetched",
    ),
    (
        "SCT",
        "the promises of public logs to list the certificate, checked with the keys of --ct-logs; without a list of logs \
                 they are counted",
    ),
];

#[cfg(test)]
mod tests;
