//! What the Detail screen shows, made ready: an event, frame or certificate with its fields and bytes.
//!
//! Ladder, Detail and whoever copies from them look at the same thing, so it is dissected once, after the news that
//! changed it. When another session is selected, the event that corresponds to the one before is looked for in it.

use super::event;
use super::model::{FrameState, Model, Subject};
use crate::base::{BufferId, Reader, Span, Tree};
use crate::capture::{Buffer, Detail, Dissection};
use crate::net::Direction;
use crate::session::{Event, EventKind, FrameNumber, Session};
use crate::tls::code::HandshakeType;
use crate::tls::handshake::{self, Cache, Context, Message, Role};
use crate::x509;
use std::sync::Arc;

/// A subject with its fields and bytes.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it is.
    pub subject: Subject,
    /// Its fields and bytes.
    pub dissection: Arc<Dissection>,
    /// The facts of a handshake message that can be read.
    pub message: Option<Arc<Message>>,
    detail: Option<Arc<Detail>>,
}

/// Which event of a session was looked at, in words that fit another session too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    title: String,
    direction: Option<Direction>,
    nth: usize,
}

impl Opened {
    /// The field to begin with: the message, and not the record around it.
    #[must_use]
    pub fn root(&self) -> usize {
        self.dissection.tree.nodes().iter().rposition(|node| node.depth == 0).unwrap_or(0)
    }

    /// The buffer that spans with this number count in, where it is one that came in frames.
    #[must_use]
    pub fn source(&self, id: BufferId) -> Option<&Buffer> {
        self.dissection.buffers.get(usize::from(id.0))
    }

    /// Where the bytes of a span were on the wire: what was decrypted lies in the records before it.
    #[must_use]
    pub fn on_wire(&self, span: Span) -> Span {
        let came_in_frames = |buffer: &Buffer| !buffer.pieces.is_empty();
        match self.dissection.buffers.first().filter(|buffer| came_in_frames(buffer)) {
            Some(wire) if !self.source(span.buffer).is_some_and(came_in_frames) => {
                Span { buffer: BufferId(0), start: 0, end: u32::try_from(wire.bytes.len()).unwrap_or(u32::MAX) }
            }
            _ => span,
        }
    }

    /// The frames in which the bytes of a span came, first and last.
    #[must_use]
    pub fn frames_of(&self, span: Span) -> Option<(FrameNumber, FrameNumber)> {
        let buffer = self.source(span.buffer)?;
        let (first, _) = buffer.frame_of(span.start)?;
        let last = buffer.frame_of(span.end.saturating_sub(1).max(span.start)).map_or(first, |(frame, _)| frame);
        Some((first, last))
    }
}

/// Makes ready what the model's subject is. Says which frame has to be read for it.
pub(crate) fn settle(model: &mut Model) -> Option<FrameNumber> {
    follow_view(model);
    let certificate = matches!(model.subject, Some(Subject::Certificate { .. }));
    let detail = if certificate { model.inside() } else { model.detail() }.cloned();
    if let (None, Some(detail)) = (model.subject, &detail) {
        model.subject = corresponding(&detail.session, &model.place).map(Subject::Event);
    }
    let Some(subject) = model.subject else {
        model.opened = None;
        return None;
    };
    let ready = model.opened.as_ref().is_some_and(|opened| is_of(opened, subject, detail.as_ref(), &model.frame));
    if !ready {
        // Names of what was sent say little: other sessions are searched for what is inside.
        if let (Subject::Event(index), Some(inside)) = (subject, model.inside())
            && let Some(index) = model.event_inside(index)
        {
            model.place = place(&inside.session, index);
        }
        model.opened = open(model, subject, detail);
    }
    match subject {
        Subject::Frame(number) => Some(number),
        _ => None,
    }
}

/// Stays at the same place of the wire when the session is shown in another way: as sent or as inside, or with more
/// keys. Who switches back is back at the message where they were.
fn follow_view(model: &mut Model) {
    let old = model.opened.as_ref().and_then(|opened| opened.detail.clone());
    let (Some(Subject::Event(index)), Some(old), Some(new)) = (model.subject, old, model.detail()) else { return };
    if Arc::ptr_eq(&old, new) || old.session.stream != new.session.stream {
        return;
    }
    let is_there = |index: &usize| *index < new.session.timeline.len();
    let back = model.switched.filter(|(now, _)| *now == index).map(|(_, before)| before).filter(is_there);
    let Some(to) = back.or_else(|| old.session.counterpart(index, &new.session)) else { return };
    model.switched = Some((to, index));
    model.subject = Some(Subject::Event(to));
}

fn is_of(opened: &Opened, subject: Subject, detail: Option<&Arc<Detail>>, frame: &FrameState) -> bool {
    if opened.subject != subject {
        return false;
    }
    match subject {
        Subject::Frame(_) => matches!(frame, FrameState::Ready(_, ready) if Arc::ptr_eq(ready, &opened.dissection)),
        _ => match (&opened.detail, detail) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            _ => false,
        },
    }
}

fn open(model: &Model, subject: Subject, detail: Option<Arc<Detail>>) -> Option<Opened> {
    let opened = |dissection, message, detail| Some(Opened { subject, dissection, message, detail });
    match subject {
        Subject::Event(index) => {
            let detail = detail?;
            let event = detail.session.timeline.get(index)?;
            let dissection = detail.dissect(index);
            let message = message(&detail.session, event, &dissection).map(Arc::new);
            opened(Arc::new(dissection), message, Some(detail))
        }
        Subject::Frame(number) => match &model.frame {
            FrameState::Ready(ready, dissection) if *ready == number => opened(Arc::clone(dissection), None, None),
            _ => None,
        },
        Subject::Certificate { client, index } => {
            let detail = detail?;
            let session = &detail.session;
            let chain = if client { &session.client_certificates } else { &session.server_certificates };
            let der = chain.get(index)?.der.to_vec();
            let mut tree = Tree::on();
            x509::certificate(Reader::new(&der, BufferId(0)), &mut tree);
            let buffer = Buffer { name: "Certificate".to_owned(), bytes: der, pieces: Vec::new() };
            opened(Arc::new(Dissection { buffers: vec![buffer], tree }), None, Some(detail))
        }
    }
}

/// The facts of the handshake message that an event is.
fn message(session: &Session, event: &Event, dissection: &Dissection) -> Option<Message> {
    let EventKind::Handshake { kind, .. } = event.kind else { return None };
    let root = dissection.tree.nodes().iter().rfind(|node| node.depth == 0)?;
    let body = dissection.bytes(root.span).get(4..)?;
    let sender = Some(if event.direction == Direction::ToServer { Role::Client } else { Role::Server });
    let context = Context { version: session.version, cipher_suite: session.cipher_suite, sender };
    let reader = Reader::at(body, root.span.buffer, root.span.start.saturating_add(4));
    let kind: HandshakeType = kind;
    Some(handshake::read(kind, reader, &context, &mut Cache::new(), &mut Tree::off()))
}

fn place(session: &Session, index: usize) -> Place {
    let Some(event) = session.timeline.get(index) else { return Place::default() };
    let title = event::title(session, event);
    let before = session.timeline.iter().take(index);
    let nth = before.filter(|other| is_like(session, other, &title, event.direction)).count();
    Place { title, direction: Some(event.direction), nth }
}

fn is_like(session: &Session, event: &Event, title: &str, direction: Direction) -> bool {
    event.direction == direction && event::title(session, event) == title
}

/// The event of another session that corresponds to a place; the first event where there is none.
fn corresponding(session: &Session, place: &Place) -> Option<usize> {
    let direction = place.direction.unwrap_or(Direction::ToServer);
    let events = session.timeline.iter().enumerate();
    let mut alike = events.filter(|(_, event)| is_like(session, event, &place.title, direction));
    let found = alike.nth(place.nth).map(|(index, _)| index);
    let first = || session.timeline.iter().position(|event| is_like(session, event, &place.title, direction));
    found.or_else(first).or((!session.timeline.is_empty()).then_some(0))
}
