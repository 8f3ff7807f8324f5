//! Traffic secrets of TLS 1.3 that no line of a key log gives for the client random: those that follow from a
//! pre-shared key, and those of another random that fit all the same.

use super::super::decryption::Closed;
use super::known::Known;
use super::opening::{EARLY_SUITES, Sources, stage};
use crate::net::Direction;
use crate::tls::code::CipherSuite;
use crate::tls::decrypt::{Draft, Place, PskSchedule, Suite, traffic_key};
use crate::tls::key_log::Label;
use crate::tls::secrets::{Secret, Secrets};

/// The secrets that open the record at hand, and those that go with them. `own`: what was found before.
pub(super) fn found(
    direction: Direction,
    known: &Known<'_>,
    suite: Option<Suite>,
    own: &[(Label, Secret)],
    sources: &mut Sources<'_>,
) -> Vec<(Label, Secret)> {
    let draft = known.draft();
    let by_key = by_pre_shared_key(direction, known, suite, draft, own, sources);
    if !by_key.is_empty() {
        return by_key;
    }
    let (Some(suite), Some(record)) = (suite, sources.record) else { return Vec::new() };
    let secrets = sources.secrets;
    let fits = |all: &[(Label, Secret)]| {
        let own = |(label, secret): &(Label, Secret)| {
            let of_direction = stage(*label).is_some_and(|(of, _)| of == direction);
            of_direction && opens(suite, draft, secret, record)
        };
        all.iter().any(own)
    };
    let mut fits_one = |random: &&[u8; 32]| {
        !sources.remembered.has_matched(random) && sources.remembered.may_try(1) && fits(secrets.of(random))
    };
    secrets
        .randoms()
        .iter()
        .find(|random| fits_one(random))
        .map(|random| secrets.of(random).to_vec())
        .unwrap_or_default()
}

/// Why there are none.
pub(super) fn not_found(known: &Known<'_>, secrets: &Secrets) -> Closed {
    let has_log = secrets.connections() > 0;
    match known.psk {
        Some(true) if !has_log && secrets.has_pre_shared_keys() => Closed::ForwardSecrecy,
        Some(false) if !has_log && secrets.has_pre_shared_keys() => Closed::OtherIdentity,
        _ if !has_log && !secrets.private_keys().is_empty() => Closed::ForwardSecrecy,
        _ => Closed::NoEntry,
    }
}

fn by_pre_shared_key(
    direction: Direction,
    known: &Known<'_>,
    suite: Option<Suite>,
    draft: Draft,
    own: &[(Label, Secret)],
    sources: &Sources<'_>,
) -> Vec<(Label, Secret)> {
    let Some(transcript) = sources.transcript else { return Vec::new() };
    // Before draft 20 the schedule had other labels.
    if known.version.and_then(crate::tls::code::ProtocolVersion::draft).is_some_and(|draft| draft < 20) {
        return Vec::new();
    }
    for key in sources.secrets.all_pre_shared_keys() {
        if let (Some(suite), Some(false)) = (suite, known.psk) {
            let schedule = PskSchedule::new(suite, draft, &key.key);
            let Some([client, server]) =
                transcript.hash_of_hellos(suite, draft).map(|hash| schedule.handshake_traffic(&hash))
            else {
                continue;
            };
            let secret = if direction == Direction::ToServer { &client } else { &server };
            let proven = own.iter().find(|(label, _)| *label == Label::ServerHandshakeTraffic);
            let fits = match proven {
                Some((_, proven)) => *proven == server,
                None => sources.record.is_some_and(|record| opens(suite, draft, secret, record)),
            };
            if !fits {
                continue;
            }
            let traffic = transcript.hash_until_finished(suite, draft).map(|hash| schedule.traffic(&hash));
            let mut all = vec![(Label::ClientHandshakeTraffic, client), (Label::ServerHandshakeTraffic, server)];
            if let Some([client, server]) = traffic {
                all.extend([(Label::ClientTraffic(0), client), (Label::ServerTraffic(0), server)]);
            }
            return all;
        }
        if suite.is_none() && known.early_data && direction == Direction::ToServer {
            for suite in EARLY_SUITES.iter().filter_map(|suite| Suite::of(CipherSuite(*suite))) {
                let schedule = PskSchedule::new(suite, draft, &key.key);
                let secret = schedule.early_traffic(&transcript.hash_of_hello(suite));
                if sources.record.is_some_and(|record| opens(suite, draft, &secret, record)) {
                    return vec![(Label::ClientEarlyTraffic, secret)];
                }
            }
        }
    }
    Vec::new()
}

/// Whether a secret opens a record that is the first under its key.
fn opens(suite: Suite, draft: Draft, secret: &Secret, (header, payload): (crate::tls::record::Header, &[u8])) -> bool {
    let mut content = Vec::new();
    traffic_key(suite, draft, secret)
        .is_some_and(|key| key.open(Place::default(), header, payload, &mut content).is_some())
}
