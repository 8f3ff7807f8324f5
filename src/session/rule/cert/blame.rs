//! Whether the client minded the server's certificate, and how clearly it said so.

use super::super::case::{Case, End, How, Stage};
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{capital, contains, described, quoted};
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::ProofKind;
use crate::tls::code::AlertDescription;
use crate::x509::Certificate;
use crate::x509::verify::Check;

/// Alerts with which some library reports every fault of a certificate.
const ANY_FAULT: [u8; 3] = [40, 42, 46];

/// How the client turned down what the server had shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// With this alert.
    Alert(u8),
    /// With an alert that cannot be read.
    Hidden,
    /// It left without one.
    Silent,
    /// The handshake was completed, and it left before it had said anything.
    Left,
}

/// The client's reaction to the server's certificate, where it ended the session behind it.
pub(super) fn reaction(case: &Case<'_>) -> Option<Reaction> {
    let Some(end) = case.end.filter(is_behind_certificate) else {
        return case.left_at_once(ToServer).map(|_| Reaction::Left);
    };
    Some(match end.how {
        How::Alert(alert) => Reaction::Alert(alert.description.0),
        How::Hidden => Reaction::Hidden,
        How::Closed | How::Reset => Reaction::Silent,
        How::NotTls | How::Answered => return None,
    })
}

/// In TLS 1.3 the alert may come behind the client's Finished.
fn is_behind_certificate(end: &End) -> bool {
    end.by == ToServer && end.stage >= Stage::ServerFlight
}

/// How sure it is that the client left over a fault for which these alerts are made. A library that has an alert of its
/// own for that fault, and used another, hardly left over it.
pub(super) fn blamed(case: &Case<'_>, alerts: &[u8]) -> Option<Confidence> {
    let sure = blamed_by_any(case, alerts)?;
    let own = alerts.iter().any(|alert| matches!(alert, 43 | 45 | 48));
    let other = matches!(reaction(case), Some(Reaction::Alert(code)) if !alerts.contains(&code));
    let plain = || case.session.client_library().is_some_and(|it| it.library.tells_apart());
    Some(if own && other && plain() { sure.min(Confidence::Possible) } else { sure })
}

/// The same of a fault for which libraries have different alerts.
pub(super) fn blamed_by_any(case: &Case<'_>, alerts: &[u8]) -> Option<Confidence> {
    Some(match reaction(case)? {
        Reaction::Alert(code) if alerts.contains(&code) => Confidence::Certain,
        Reaction::Alert(code) if ANY_FAULT.contains(&code) => Confidence::Likely,
        // What these say is another fault.
        Reaction::Alert(43..=45 | 48) => return None,
        // Some programs look at names and pins by themselves, and have no alert for what they find.
        Reaction::Alert(49 | 80) | Reaction::Hidden | Reaction::Silent | Reaction::Left => Confidence::Possible,
        Reaction::Alert(_) => return None,
    })
}

/// What a certificate is for, for a sentence.
pub(super) fn whose(certificate: &Certificate) -> String {
    quoted(certificate.short().trim_start_matches("DNS:"))
}

/// Who issued the last certificate of the chain.
fn root_of(case: &Case<'_>) -> Option<String> {
    let chain = &case.session.server_certificates;
    let last = crate::x509::chain(chain).into_iter().rfind(|link| link.on_path)?;
    Some(quoted(&chain.get(last.index)?.issuer.short()))
}

pub(super) fn unknown_authority(case: &Case<'_>) -> Answer {
    let says = reaction(case) == Some(Reaction::Alert(48));
    let ruling = case.session.judgement.of_server();
    let decided = ruling.and_then(|ruling| ruling.verification.failure()).map(|rung| rung.check);
    let stranger = is_alone(case) && !says_where_issuer_is(case);
    let untrusted = decided == Some(Check::Trust) || (stranger && decided == Some(Check::ChainBuilt));
    let minded = untrusted && reaction(case).is_some();
    if !says && !minded {
        return Silent;
    }
    let Some(root) = root_of(case) else {
        let text = "The client says that it does not trust the authority (unknown_ca); the certificate is encrypted.";
        return Found::new(Confidence::Likely, text)
            .because(Some(Confidence::Likely), || {
                "it does not trust the authority of the certificate, or lacks one".into()
            })
            .by(case.at_end())
            .into();
    };
    let sure = match (says, decided, ruling) {
        (true, Some(Check::Trust), _) if !is_alone(case) && !has_namesake(case) => Confidence::Certain,
        // A certificate that says nothing of its issuer is hardly of an authority with intermediates.
        _ if stranger && untrusted => blamed(case, &[48]).unwrap_or(Confidence::Possible).min(Confidence::Likely),
        (true, None, _) if stranger => Confidence::Likely,
        // Our own anchors see another fault, or none; the client may have others.
        (true, _, Some(_)) => Confidence::Possible,
        (true, ..) if is_alone(case) => Confidence::Possible,
        (true, ..) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let who = if says { "the client does not trust" } else { "is none of the given anchors" };
    let other = if stranger { "; an intermediate of it may be missing as well" } else { "" };
    let text = format!("The chain leads to \"{root}\", which {who}{other}.");
    Found::new(sure, text)
        .because(Some(sure), || format!("it does not trust \"{root}\""))
        .by(case.at_message(ToClient, 11, format!("the chain leads to \"{root}\""), ""))
        .by(case.at_end())
        .into()
}

/// Whether the server sent its own certificate and nothing else, and that is not self-signed.
pub(super) fn is_alone(case: &Case<'_>) -> bool {
    stands_alone(&case.session.server_certificates)
}

/// Whether a chain is one certificate, however often it was sent, and that is not self-signed.
pub(in super::super) fn stands_alone(chain: &[std::sync::Arc<Certificate>]) -> bool {
    chain.first().is_some_and(|leaf| !leaf.is_self_issued() && chain.iter().all(|each| each.sha256 == leaf.sha256))
}

/// Whether the server's certificate was made by another of the same name, which may itself be trusted or not.
fn has_namesake(case: &Case<'_>) -> bool {
    case.leaf().is_some_and(|leaf| {
        let own = leaf.subject_key_identifier.as_ref();
        leaf.is_self_issued() && leaf.authority_key_identifier.as_ref().is_some_and(|issuer| Some(issuer) != own)
    })
}

/// Whether the server's certificate says where that of its issuer can be fetched, as those of public authorities do.
fn says_where_issuer_is(case: &Case<'_>) -> bool {
    case.leaf().is_some_and(|leaf| !leaf.ca_issuers_urls.is_empty())
}

/// The dates are right at the time of the capture, and the client says that they are not.
fn wrong_clock(case: &Case<'_>) -> Answer {
    let text = "All certificates of the server are inside their dates at the time of the capture, and the client says \
                that one has expired: its clock is wrong.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "the certificates are in date: the client's clock is wrong".to_owned())
        .by(case.at_message(ToClient, 11, "all certificates are in date", "x509.validity"))
        .by(case.at_end())
        .into()
}

pub(super) fn refused_all_the_same(case: &Case<'_>) -> Answer {
    let code = match reaction(case) {
        Some(Reaction::Alert(code @ (40 | 42..=49 | 80))) => code,
        Some(Reaction::Silent) => return left_all_the_same(case),
        Some(Reaction::Left) if case.left_in_haste(ToServer).is_some() => return left_all_the_same(case),
        _ => return Silent,
    };
    let now = case.now;
    let in_time = case.session.server_certificates.iter().all(|each| each.readable && each.is_valid_at(now));
    if code == 45 && in_time && case.leaf().is_some() {
        return wrong_clock(case);
    }
    let Some(ruling) = case.session.judgement.of_server() else {
        return NotEnough("no trust anchors were given to hold the chain against");
    };
    if !ruling.verification.accepted {
        return Silent;
    }
    let alert = described(AlertDescription(code));
    let text =
        format!("The chain holds against the given anchors at that time, and the client refused it with {alert}.");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Possible), || {
            "its own policy: pinning, a private trust store, or its clock".to_owned()
        })
        .by(case.at_message(ToClient, 11, "the chain", ""))
        .by(case.at_end())
        .into()
}

/// Some programs look at the certificate by themselves behind the handshake, and have no alert for what they find.
fn left_all_the_same(case: &Case<'_>) -> Answer {
    let accepted = case.session.judgement.of_server().is_some_and(|ruling| ruling.verification.accepted);
    if !accepted || case.leaf().is_none() {
        return Silent;
    }
    let text =
        "The chain holds against the given anchors at that time, and the client left without having said anything.";
    Found::new(Confidence::Possible, text)
        .milder(Severity::Note)
        .because(Some(Confidence::Possible), || {
            "pinning, its own list of authorities or its clock; or it only looked whether the server is there"
                .to_owned()
        })
        .by(case.at_message(ToClient, 11, "the chain", ""))
        .by(case.at_end())
        .into()
}

/// Makers and names of boxes and programs that open TLS on the way, as they stand in the certificates that they make.
const OPENERS: &[&str] = &[
    "zscaler",
    "fortinet",
    "fortigate",
    "palo alto",
    "blue coat",
    "bluecoat",
    "sophos",
    "netskope",
    "cisco umbrella",
    "barracuda",
    "check point",
    "mcafee web gateway",
    "squid",
    "untangle",
    "sonicwall",
    "watchguard",
    "kaspersky",
    "avast",
    "bitdefender",
    "eset ssl filter",
    "adguard",
    "charles proxy",
    "mitmproxy",
    "portswigger",
    "do_not_trust_fiddler",
    "superfish",
];

pub(super) fn intercepted(case: &Case<'_>) -> Answer {
    let issuer = case.leaf().map(|leaf| &leaf.issuer.attributes);
    let named = issuer.into_iter().flatten().filter(|(key, _)| matches!(key.as_str(), "CN" | "O" | "OU"));
    let named = named.into_iter().find(|(_, value)| OPENERS.iter().any(|opener| contains(value, opener)));
    let Some((_, issuer)) = named else { return Silent };
    let issuer = quoted(issuer);
    let text = format!("The server's certificate was made by \"{issuer}\", which opens TLS connections on the way.");
    let minds = reaction(case).map(|_| Confidence::Likely);
    Found::new(Confidence::Likely, text)
        .because(minds, || format!("\"{issuer}\" opens the connection on the way, and the client does not trust it"))
        .by(case.at_message(ToClient, 11, format!("issued by \"{issuer}\""), "x509.issuer"))
        .into()
}

pub(super) fn bad_signature(case: &Case<'_>) -> Answer {
    if let Some(misfit) = case.misfit(ToClient, ProofKind::is_signature) {
        let text = format!("{}.", capital(&misfit.what));
        let minds = match reaction(case) {
            Some(Reaction::Alert(51)) => Some(Confidence::Certain),
            reaction => reaction.map(|_| Confidence::Likely),
        };
        return Found::new(Confidence::Certain, text)
            .because(minds, || "the server's signature does not fit its certificate: wrong key, or changed".to_owned())
            .by([misfit])
            .by(case.at_end())
            .into();
    }
    let shown = case.message(ToClient, 11).or_else(|| case.message(ToClient, 25));
    if reaction(case) != Some(Reaction::Alert(51)) || shown.is_none() {
        return Silent;
    }
    let text = "The client could not verify a signature: that of the handshake, which the key of the certificate makes, \
                or one in the chain.";
    let clause = || "a signature of the server does not hold: wrong key, or changed".to_owned();
    Found::new(Confidence::Likely, text).because(Some(Confidence::Likely), clause).by(case.at_end()).into()
}

/// How sure it is that the client left over something that few clients mind: it has to say something.
pub(super) fn hardly_blamed(case: &Case<'_>) -> Option<Confidence> {
    match reaction(case)? {
        Reaction::Alert(_) => blamed(case, &[]).map(|_| Confidence::Possible),
        Reaction::Hidden | Reaction::Silent | Reaction::Left => None,
    }
}
