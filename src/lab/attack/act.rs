//! Doing it: each thing that somebody on the wire can do to a line, a record or a message.

use super::cut::{Body, Flight, Part, Record, RecordKind, Unit};
use super::place::Target;
use super::tamper;
use crate::base::printable_bytes;
use crate::lab::scenario::{Attack, Tamper};
use crate::tls::code::ContentType;
use crate::tls::handshake::Context;

/// Why something cannot be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) String);

/// The bytes from the target to the end of the flight.
pub(super) fn copy(flight: &Flight, target: Target) -> Result<Vec<u8>, Refusal> {
    let at = position(flight, target)?;
    Ok(flight.units.iter().skip(at).flat_map(Unit::bytes).collect())
}

/// Does one thing to one target, or leaves everything as it is. Gives in a few words what was done.
pub(super) fn act(
    flight: &mut Flight,
    target: Target,
    attack: &Attack,
    field: Option<&str>,
    context: Context,
) -> Result<String, Refusal> {
    let mut changed = flight.clone();
    let text = attempt(&mut changed, target, attack, field, context)?;
    *flight = changed;
    Ok(text)
}

fn attempt(
    flight: &mut Flight,
    target: Target,
    attack: &Attack,
    field: Option<&str>,
    context: Context,
) -> Result<String, Refusal> {
    let name = name(flight, target);
    match attack {
        Attack::Drop => drop_it(flight, target).map(|()| format!("drops {name}")),
        Attack::Delay(delay) => delay_it(flight, target, *delay).map(|()| format!("holds {name} back for {delay} ms")),
        Attack::Repeat => repeat(flight, target).map(|()| format!("sends {name} twice")),
        Attack::Swap => swap(flight, target).map(|other| format!("lets {other} go before {name}")),
        Attack::Split(sizes) => split(flight, target, sizes).map(|count| format!("cuts {name} into {count} records")),
        Attack::Join => join(flight, target).map(|count| format!("puts {count} records together, {name} among them")),
        Attack::Tamper { field: inner, how } => {
            let field = inner.as_deref().or(field);
            tamper_with(flight, target, field, how, context).map(|done| format!("{name}: {done}"))
        }
        Attack::Replace { with } => replace(flight, target, with),
        Attack::Inject(bytes) => {
            inject(flight, target, bytes).map(|()| format!("puts {} bytes in front of {name}", bytes.len()))
        }
        Attack::Copy | Attack::Replay | Attack::RelayTo(_) => Err(Refusal("that is not done to bytes".to_owned())),
    }
}

/// What the target is called in remarks.
fn name(flight: &Flight, target: Target) -> String {
    match target {
        Target::Message(id) => flight.messages.get(id).map(|message| message.name.clone()).unwrap_or_default(),
        Target::Sealed(_) => "the encrypted Finished".to_owned(),
        Target::Unit(_) => {
            let unit = position(flight, target).ok().and_then(|at| flight.units.get(at));
            unit.map(unit_name).unwrap_or_default()
        }
    }
}

fn unit_name(unit: &Unit) -> String {
    match &unit.body {
        Body::Line(line) => format!("'{}'", printable_bytes(line.trim_ascii_end())),
        Body::Raw(bytes) => format!("{} bytes", bytes.len()),
        Body::Record(record) => {
            let kind = match record.kind {
                RecordKind::Handshake => "a handshake record",
                RecordKind::EncryptedFinished => "the encrypted Finished",
                RecordKind::Encrypted => "an encrypted record",
                RecordKind::ApplicationData => "a record of application data",
                RecordKind::Alert { encrypted: true } => "an encrypted alert",
                RecordKind::Alert { encrypted: false } => "an alert",
                RecordKind::ChangeCipherSpec => "ChangeCipherSpec",
                RecordKind::Other => "a record",
            };
            format!("{kind} of {} bytes", record.length())
        }
    }
}

/// Where the target stands now; a message where its first byte does.
fn position(flight: &Flight, target: Target) -> Result<usize, Refusal> {
    let gone = || Refusal("an earlier step has taken it away".to_owned());
    let at = match target {
        Target::Unit(id) | Target::Sealed(id) => flight.units.iter().position(|unit| unit.id == Some(id)),
        Target::Message(id) => flight.units.iter().position(|unit| holds(unit, id)),
    };
    at.ok_or_else(gone)
}

fn holds(unit: &Unit, message: usize) -> bool {
    unit.record().is_some_and(|record| record.parts.iter().any(|part| part.message == Some(message)))
}

fn drop_it(flight: &mut Flight, target: Target) -> Result<(), Refusal> {
    let at = position(flight, target)?;
    let Target::Message(id) = target else {
        flight.units.remove(at);
        return Ok(());
    };
    flight.units.retain_mut(|unit| {
        if !holds(unit, id) {
            return true;
        }
        let Some(record) = unit.record_mut() else { return true };
        record.parts.retain(|part| part.message != Some(id));
        record.mend();
        !record.parts.is_empty()
    });
    Ok(())
}

fn delay_it(flight: &mut Flight, target: Target, delay: u32) -> Result<(), Refusal> {
    let at = position(flight, target)?;
    for unit in flight.units.iter_mut().skip(at) {
        unit.delay_ms = unit.delay_ms.max(delay);
    }
    Ok(())
}

fn repeat(flight: &mut Flight, target: Target) -> Result<(), Refusal> {
    let at = position(flight, target)?;
    if let Target::Message(id) = target {
        let bytes = flight.message(id);
        let last = flight.units.iter_mut().rfind(|unit| holds(unit, id));
        let record = last.and_then(Unit::record_mut).ok_or_else(|| Refusal("it is gone".to_owned()))?;
        let behind = record.parts.iter().rposition(|part| part.message == Some(id)).map_or(0, |part| part + 1);
        record.parts.insert(behind, Part { message: None, bytes });
        return mend(record);
    }
    if let Some(mut again) = flight.units.get(at).cloned() {
        again.id = None;
        flight.units.insert(at + 1, again);
    }
    Ok(())
}

fn swap(flight: &mut Flight, target: Target) -> Result<String, Refusal> {
    if let Target::Message(id) = target {
        isolate(flight, id)?;
        let end = flight.units.iter().rposition(|unit| holds(unit, id)).unwrap_or_default();
        let next = flight.units.get(end + 1).and_then(Unit::record).and_then(|record| record.parts.first()?.message);
        if let Some(next) = next {
            isolate(flight, next)?;
        }
        let start = position(flight, target)?;
        let count = next.map_or(1, |next| flight.units.iter().filter(|unit| holds(unit, next)).count());
        return exchange(
            flight,
            start,
            end,
            count,
            next.and_then(|next| flight.messages.get(next)).map(|m| m.name.clone()),
        );
    }
    let at = position(flight, target)?;
    exchange(flight, at, at, 1, None)
}

/// Lets the `count` units behind `end` go before those from `start` to `end`; what has none behind it waits.
fn exchange(
    flight: &mut Flight,
    start: usize,
    end: usize,
    count: usize,
    name: Option<String>,
) -> Result<String, Refusal> {
    match flight.units.get(end + 1).map(unit_name) {
        Some(next) => {
            if let Some(both) = flight.units.get_mut(start..(end + 1 + count)) {
                both.rotate_left(end + 1 - start);
            }
            Ok(name.unwrap_or(next))
        }
        None if start == end && flight.waiting.is_none() => {
            flight.waiting = Some(flight.units.remove(start));
            Ok("whatever comes next".to_owned())
        }
        None => Err(Refusal("nothing comes behind it in this flight".to_owned())),
    }
}

fn split(flight: &mut Flight, target: Target, sizes: &[u32]) -> Result<usize, Refusal> {
    let at = if let Target::Message(id) = target {
        isolate(flight, id)?;
        let start = position(flight, target)?;
        let end = flight.units.iter().rposition(|unit| holds(unit, id)).unwrap_or(start);
        merge(flight, start, end)?;
        start
    } else {
        position(flight, target)?
    };
    let Some(unit) = flight.units.get(at).cloned() else { return Err(Refusal("it is gone".to_owned())) };
    let Some(record) = unit.record() else {
        return Err(Refusal("only records can be split; plain text has no borders".to_owned()));
    };
    let half = [u32::try_from(record.length() / 2).unwrap_or_default()];
    let sizes = if sizes.is_empty() { &half } else { sizes };
    let (mut pieces, mut rest) = (Vec::new(), record.parts.clone());
    for size in sizes {
        let (piece, behind) = cut_parts(rest, *size as usize);
        rest = behind;
        pieces.push(piece);
        if rest.is_empty() {
            break;
        }
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    let count = pieces.len();
    let units = pieces.into_iter().enumerate().map(|(index, parts)| Unit {
        id: unit.id.filter(|_| index == 0),
        body: Body::Record(record.with(parts)),
        delay_ms: unit.delay_ms,
    });
    flight.units.splice(at..=at, units.collect::<Vec<_>>());
    Ok(count)
}

fn join(flight: &mut Flight, target: Target) -> Result<usize, Refusal> {
    let at = position(flight, target)?;
    let kind = |unit: &Unit| unit.record().and_then(|record| record.header.first().copied());
    let Some(wanted) = flight.units.get(at).and_then(kind) else {
        return Err(Refusal("only records can be joined".to_owned()));
    };
    let is_alike = |unit: &Unit| kind(unit) == Some(wanted);
    let before = flight.units.iter().take(at).rev().take_while(|unit| is_alike(unit)).count();
    let behind = flight.units.iter().skip(at + 1).take_while(|unit| is_alike(unit)).count();
    if before + behind == 0 {
        return Err(Refusal("no record of the same type stands beside it in this flight".to_owned()));
    }
    merge(flight, at - before, at + behind)?;
    Ok(before + behind + 1)
}

/// Makes one record of those from `start` to `end`.
fn merge(flight: &mut Flight, start: usize, end: usize) -> Result<(), Refusal> {
    let parts = flight.units.iter().skip(start).take(end + 1 - start).filter_map(Unit::record);
    let parts: Vec<Part> = parts.flat_map(|record| record.parts.clone()).collect();
    if let Some(record) = flight.units.get_mut(start).and_then(Unit::record_mut) {
        let mut joined = record.with(parts);
        mend(&mut joined)?;
        *record = joined;
    }
    flight.units.drain(start + 1..=end);
    Ok(())
}

fn tamper_with(
    flight: &mut Flight,
    target: Target,
    field: Option<&str>,
    how: &Tamper,
    context: Context,
) -> Result<String, Refusal> {
    if let (Target::Sealed(_), Some(field)) = (target, field) {
        let text = format!("`{field}` is encrypted: whoever holds no keys can damage the record, not change a field");
        return Err(Refusal(text));
    }
    let at = position(flight, target)?;
    if let Target::Message(id) = target {
        let context = flight.messages.get(id).map_or(context, |message| message.context);
        let mut bytes = flight.message(id);
        let done = tamper::message(&mut bytes, &context, field, how)?;
        write_message(flight, id, &bytes)?;
        return Ok(done);
    }
    match flight.units.get_mut(at).map(|unit| &mut unit.body) {
        Some(Body::Record(record)) => tamper::record(record, &context, field, how),
        Some(Body::Line(bytes) | Body::Raw(bytes)) => tamper::plain(bytes, field, how),
        None => Err(Refusal("it is gone".to_owned())),
    }
}

/// Puts the bytes of a message back into its records; what it has grown or shrunk by is made up for in the last one.
fn write_message(flight: &mut Flight, id: usize, bytes: &[u8]) -> Result<(), Refusal> {
    let mut left = flight.units.iter().filter_map(Unit::record).flat_map(|record| &record.parts);
    let mut count = left.by_ref().filter(|part| part.message == Some(id)).count();
    let mut rest = bytes;
    for record in flight.units.iter_mut().filter_map(Unit::record_mut) {
        let before = record.length();
        for part in record.parts.iter_mut().filter(|part| part.message == Some(id)) {
            count -= 1;
            let length = if count == 0 { rest.len() } else { part.bytes.len().min(rest.len()) };
            let (own, behind) = rest.split_at(length);
            part.bytes = own.to_vec();
            rest = behind;
        }
        if record.length() != before {
            mend(record)?;
        }
    }
    Ok(())
}

fn replace(flight: &mut Flight, target: Target, with: &str) -> Result<String, Refusal> {
    let at = position(flight, target)?;
    let Some(Body::Line(line)) = flight.units.get_mut(at).map(|unit| &mut unit.body) else {
        return Err(Refusal("only a line of plain text can be replaced; use tamper for messages".to_owned()));
    };
    let content = line.trim_ascii_end().len();
    let end = line.split_off(content);
    let before = printable_bytes(line);
    *line = with.as_bytes().to_vec();
    if !with.ends_with('\n') {
        line.extend(end);
    }
    Ok(format!("writes '{}' in the place of '{before}'", printable_bytes(with.trim_end().as_bytes())))
}

fn inject(flight: &mut Flight, target: Target, bytes: &[u8]) -> Result<(), Refusal> {
    if let Target::Message(id) = target {
        let is_first = |unit: &Unit| unit.record().and_then(|record| record.parts.first()?.message) == Some(id);
        let at = position(flight, target)?;
        if !flight.units.get(at).is_some_and(is_first) {
            isolate(flight, id)?;
        }
    }
    let at = position(flight, target)?;
    let delay = flight.units.get(at).map_or(0, |unit| unit.delay_ms);
    flight.units.insert(at, Unit::made(Body::Raw(bytes.to_vec()), delay));
    Ok(())
}

/// Gives a message records of its own: what stands before and behind it in its records goes into others.
fn isolate(flight: &mut Flight, id: usize) -> Result<(), Refusal> {
    position(flight, Target::Message(id))?;
    let mut units = Vec::with_capacity(flight.units.len() + 2);
    for unit in std::mem::take(&mut flight.units) {
        let is_shared = |record: &&Record| record.parts.iter().any(|part| part.message != Some(id));
        let Some(record) = unit.record().filter(is_shared).filter(|_| holds(&unit, id)) else {
            units.push(unit);
            continue;
        };
        let mut own_id = unit.id;
        let groups = record.parts.chunk_by(|a, b| (a.message == Some(id)) == (b.message == Some(id)));
        for group in groups {
            let body = Body::Record(record.with(group.to_vec()));
            units.push(Unit { id: own_id.take(), body, delay_ms: unit.delay_ms });
        }
    }
    flight.units = units;
    Ok(())
}

/// Parts with `count` bytes together, and the rest.
fn cut_parts(parts: Vec<Part>, count: usize) -> (Vec<Part>, Vec<Part>) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let mut left = count;
    for mut part in parts {
        if left >= part.bytes.len() {
            left -= part.bytes.len();
            first.push(part);
            continue;
        }
        let behind = part.bytes.split_off(left);
        if left > 0 {
            first.push(Part { message: part.message, bytes: part.bytes });
        }
        left = 0;
        second.push(Part { message: part.message, bytes: behind });
    }
    (first, second)
}

/// Writes the length of a record into its header, where it can be written.
fn mend(record: &mut Record) -> Result<(), Refusal> {
    if record.length() > usize::from(u16::MAX) {
        let kind = ContentType(record.header.first().copied().unwrap_or_default());
        return Err(Refusal(format!("a record of type {kind} cannot hold {} bytes", record.length())));
    }
    record.mend();
    Ok(())
}
