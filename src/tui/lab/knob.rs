//! The knobs of a scenario: what of its peers and certificates can be turned, and to which values.
//!
//! A knob is made from what the scenario says, by one table; turning it gives an [`Edit`] with the path that the
//! scenario's file would have. Whether a combination makes sense is for the reader of scenarios to say.

use crate::lab::scenario::{
    AltName, CertificatePlan, ClientAuth, Edit, KeyKind, Peer, PkiItem, Resume, Role, Scenario, StartTls, TaskKind,
    Version,
};
use toml::Value;

/// Something that can be turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// Where it stands in the file: `peer.client.versions`.
    pub path: String,
    /// What it is, in a few words.
    pub text: &'static str,
    /// What it says now.
    pub value: Value,
    /// What it said before anybody turned it.
    pub original: Value,
    /// The values that Left and Right go through; others can be typed.
    pub values: Vec<Value>,
}

/// A row of the table: a key of peers, whose it is, how it is read, and what it can be.
struct Row<T: 'static> {
    key: &'static str,
    text: &'static str,
    shown: fn(&T) -> bool,
    read: fn(&T, &Scenario) -> Value,
    values: fn(&T, &Scenario) -> Vec<Value>,
}

fn client(peer: &Peer) -> bool {
    matches!(peer.role, Role::Client)
}

fn server(peer: &Peer) -> bool {
    matches!(peer.role, Role::Server | Role::Relay)
}

fn talks(peer: &Peer) -> bool {
    peer.role != Role::Network
}

/// Makes a row whose values are a few that are worth trying.
macro_rules! row {
    ($key:literal, $text:literal, $shown:expr, $read:expr, $values:expr) => {
        Row { key: $key, text: $text, shown: $shown, read: $read, values: $values }
    };
}

#[rustfmt::skip]
static PEER: &[Row<Peer>] = &[
    row!("versions", "protocol versions", talks, |peer, _| versions(peer), |_, _| vec![
        list(&["1.2", "1.3"]), list(&["1.2"]), list(&["1.3"]),
    ]),
    row!("suites", "cipher suites; empty is the library's list", talks, |peer, _| list(&peer.suites), |_, _| vec![
        list::<&str>(&[]), list(&["TLS_AES_256_GCM_SHA384"]), list(&["TLS_CHACHA20_POLY1305_SHA256"]),
        list(&["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]), list(&["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    ]),
    row!("groups", "groups of the key exchange; empty is the library's list", talks, |peer, _| list(&peer.groups), |_, _| vec![
        list::<&str>(&[]), list(&["x25519"]), list(&["secp256r1"]), list(&["secp384r1"]),
        list(&["X25519MLKEM768", "x25519"]),
    ]),
    row!("alpn", "protocols that ALPN offers or takes", talks, |peer, _| list(&peer.alpn), |_, _| vec![
        list::<&str>(&[]), list(&["h2"]), list(&["http/1.1"]), list(&["h2", "http/1.1"]),
    ]),
    row!("name", "the name that the client asks for and checks", client, |peer, _| text(peer.name.as_deref()), |_, scenario| names(scenario)),
    row!("sni", "whether the client sends server_name", client, |peer, _| peer.sni.into(), |_, _| both()),
    row!("trust", "the anchors with which it checks servers", client, |peer, _| list(&peer.trust), |_, scenario| trust(scenario)),
    row!("client_auth", "whether the server asks for a client certificate", server, |peer, _| peer.client_auth.word().into(), |_, _| words(ClientAuth::ALL, ClientAuth::word)),
    row!("client_trust", "the anchors with which it checks clients", server, |peer, _| list(&peer.client_trust), |_, scenario| trust(scenario)),
    row!("cert", "the certificate that it shows", talks, |peer, _| text(peer.cert.as_deref()), |_, scenario| leaves(scenario)),
    row!("chain", "what it sends behind its certificate", talks, |peer, _| list(&peer.chain), |_, scenario| trust(scenario)),
    row!("crl", "the revocation lists that it was given", talks, |peer, _| list(&peer.crl), |_, scenario| lists(scenario)),
    row!("resume", "how sessions are resumed", talks, |peer, _| peer.resume.word().into(), |_, _| words(Resume::ALL, Resume::word)),
    row!("early_data", "whether early data is sent or taken", talks, |peer, _| peer.early_data.into(), |_, _| both()),
    row!("starttls", "how TLS begins", |peer| client(peer) || (server(peer) && peer.cert.is_some()), |peer, _| peer.starttls.word().into(), |_, _| words(StartTls::ALL, StartTls::word)),
    row!("to", "the server that it calls", client, |peer, _| text(peer.to.as_deref()), |_, scenario| servers(scenario)),
];

#[rustfmt::skip]
static CERTIFICATE: &[Row<CertificatePlan>] = &[
    row!("valid", "from when to when it is valid, as seen from the lab's clock", |_| true,
        |plan, scenario| valid(plan.valid, scenario.clock),
        |_, _| vec![list(&["-30d", "+365d"]), list(&["-365d", "-1d"]), list(&["+1d", "+365d"])]),
    row!("san", "the names of subjectAltName", |plan| !plan.is_authority, |plan, _| list(&alternatives(&plan.san)), |_, scenario| {
        names(scenario).into_iter().map(|name| Value::Array(vec![name])).collect()
    }),
    row!("issuer", "who signs it", |plan| plan.issuer.is_some(), |plan, _| text(plan.issuer.as_deref()), |_, scenario| {
        authorities(scenario).into_iter().map(Value::from).collect()
    }),
    row!("key", "the kind of its key", |plan| plan.key_of.is_none(), |plan, _| plan.key.word().into(), |_, _| words(KeyKind::ALL, KeyKind::word)),
];

/// The knobs of a scenario as a variant and edits have set them. Where it is to be mended, only those that may be
/// touched.
#[must_use]
pub fn knobs(scenario: &Scenario, variant: Option<&str>, edits: &[Edit]) -> Vec<Knob> {
    let mut all = vec![clock(scenario)];
    for peer in &scenario.peers {
        all.extend(of(&format!("peer.{}", peer.name), &peer.item, scenario, PEER));
    }
    for entry in &scenario.pki {
        if let PkiItem::Certificate(plan) = &entry.item {
            all.extend(of(&format!("pki.{}", entry.name), &**plan, scenario, CERTIFICATE));
        }
    }
    if let Some(task) = scenario.task.as_ref().filter(|task| task.kind == TaskKind::Fix) {
        let open = |path: &str, knob: &Knob| {
            knob.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        all.retain(|knob| task.editable.iter().any(|path| open(path, knob)));
        let missing: Vec<Knob> = task
            .editable
            .iter()
            .filter(|path| !all.iter().any(|knob| open(path, knob)))
            .map(|path| unknown(path))
            .collect();
        all.extend(missing);
    }
    let variant = scenario.variants.iter().find(|other| Some(other.id.as_str()) == variant);
    for knob in &mut all {
        let set = variant.and_then(|variant| last(&variant.set, &knob.path));
        knob.original = set.unwrap_or(&knob.original).clone();
        knob.value = last(edits, &knob.path).unwrap_or(&knob.original).clone();
    }
    all
}

/// The knob turned by one value, forwards or back.
#[must_use]
pub fn turned(knob: &Knob, forward: bool) -> Option<Value> {
    let mut values = knob.values.clone();
    if !values.contains(&knob.original) {
        values.insert(0, knob.original.clone());
    }
    let count = values.len();
    let now = values.iter().position(|value| *value == knob.value);
    let next = match now {
        Some(now) if forward => (now + 1) % count,
        Some(now) => (now + count - 1) % count,
        None => 0,
    };
    values.get(next).filter(|value| **value != knob.value).cloned()
}

/// Reads a value as it would stand behind the `=` of a file.
///
/// # Errors
/// When it is none: what the reader of TOML says.
pub fn parse(text: &str) -> Result<Value, String> {
    let table: toml::Table =
        format!("value = {text}").parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let [(_, value)] =
        table.into_iter().collect::<Vec<_>>().try_into().map_err(|_| "one value is wanted".to_owned())?;
    Ok(value)
}

fn last<'a>(edits: &'a [Edit], path: &str) -> Option<&'a Value> {
    edits.iter().rev().find(|edit| edit.path == path).map(|edit| &edit.value)
}

fn of<T>(stem: &str, item: &T, scenario: &Scenario, table: &'static [Row<T>]) -> Vec<Knob> {
    let knob = |row: &Row<T>| {
        let value = (row.read)(item, scenario);
        let values = (row.values)(item, scenario);
        Knob { path: format!("{stem}.{}", row.key), text: row.text, original: value.clone(), value, values }
    };
    table.iter().filter(|row| (row.shown)(item)).map(knob).collect()
}

/// A path that the table does not know: its value is typed.
fn unknown(path: &str) -> Knob {
    let value = Value::String(String::new());
    Knob { path: path.to_owned(), text: "", original: value.clone(), value, values: Vec::new() }
}

/// The lab's own now, and later ones.
fn clock(scenario: &Scenario) -> Knob {
    let moment = |days: i64| {
        let at = time::OffsetDateTime::from_unix_timestamp(scenario.clock.saturating_add(days * 86_400));
        let format = &time::format_description::well_known::Rfc3339;
        Value::from(at.ok().and_then(|at| at.format(format).ok()).unwrap_or_default())
    };
    let value = moment(0);
    let values = [0, 60, 400, 4000].map(moment).to_vec();
    Knob { path: "clock".to_owned(), text: "the lab's own now", original: value.clone(), value, values }
}

fn list<T: AsRef<str>>(items: &[T]) -> Value {
    Value::Array(items.iter().map(|item| Value::from(item.as_ref())).collect())
}

fn text(value: Option<&str>) -> Value {
    Value::from(value.unwrap_or_default())
}

fn both() -> Vec<Value> {
    vec![true.into(), false.into()]
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<Value> {
    all.iter().map(|item| Value::from(word(*item))).collect()
}

fn versions(peer: &Peer) -> Value {
    let versions = if peer.versions.is_empty() { Version::ALL } else { &peer.versions };
    Value::Array(versions.iter().map(|version| Value::from(version.word())).collect())
}

fn alternatives(names: &[AltName]) -> Vec<String> {
    let name = |name: &AltName| match name {
        AltName::Dns(name) => name.clone(),
        AltName::Ip(address) => format!("ip:{address}"),
        AltName::Email(address) => format!("email:{address}"),
        AltName::Uri(uri) => format!("uri:{uri}"),
    };
    names.iter().map(name).collect()
}

fn valid((from, to): (i64, i64), clock: i64) -> Value {
    let span = |moment: i64| {
        let seconds = moment.saturating_sub(clock);
        let sign = if seconds < 0 { '-' } else { '+' };
        match seconds.unsigned_abs() {
            seconds if seconds.is_multiple_of(86_400) => format!("{sign}{}d", seconds / 86_400),
            seconds if seconds.is_multiple_of(3600) => format!("{sign}{}h", seconds / 3600),
            seconds => format!("{sign}{seconds}s"),
        }
    };
    list(&[span(from), span(to)])
}

fn authorities(scenario: &Scenario) -> Vec<String> {
    let is = |item: &PkiItem| matches!(item, PkiItem::Certificate(plan) if plan.is_authority);
    scenario.pki.iter().filter(|entry| is(&entry.item)).map(|entry| entry.name.clone()).collect()
}

/// Nobody, each authority alone, and all of them.
fn trust(scenario: &Scenario) -> Vec<Value> {
    let names = authorities(scenario);
    let mut values: Vec<Value> = names.iter().map(|name| list(&[name])).collect();
    if names.len() > 1 {
        values.push(list(&names));
    }
    values.push(list::<&str>(&[]));
    values
}

fn leaves(scenario: &Scenario) -> Vec<Value> {
    let is = |item: &PkiItem| matches!(item, PkiItem::Certificate(plan) if !plan.is_authority);
    scenario.pki.iter().filter(|entry| is(&entry.item)).map(|entry| Value::from(entry.name.as_str())).collect()
}

fn lists(scenario: &Scenario) -> Vec<Value> {
    let is = |item: &PkiItem| matches!(item, PkiItem::RevocationList(_));
    let all = scenario.pki.iter().filter(|entry| is(&entry.item));
    let mut values: Vec<Value> = all.map(|entry| list(&[&entry.name])).collect();
    values.push(list::<&str>(&[]));
    values
}

fn servers(scenario: &Scenario) -> Vec<Value> {
    let all = scenario.peers.iter().filter(|peer| server(&peer.item));
    all.map(|peer| Value::from(peer.name.as_str())).collect()
}

/// The names in the certificates of the scenario, and one that none has.
fn names(scenario: &Scenario) -> Vec<Value> {
    let plans = scenario.pki.iter().filter_map(|entry| match &entry.item {
        PkiItem::Certificate(plan) => Some(alternatives(&plan.san)),
        PkiItem::RevocationList(_) => None,
    });
    let mut names: Vec<String> = plans.flatten().filter(|name| !name.contains(':')).collect();
    names.push("elsewhere.lab.test".to_owned());
    names.dedup();
    names.into_iter().map(Value::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::scenario::{ScenarioFile, catalogue};

    /// What the reader says of a value in the place of another one.
    fn problem(file: &ScenarioFile, path: &str, value: &Value) -> Option<String> {
        let edit = Edit { path: path.to_owned(), value: value.clone() };
        let found = file.with(&[edit]).err()?;
        found.first().map(|problem| problem.text.clone())
    }

    #[test]
    fn every_knob_of_every_scenario_is_a_key_of_its_file_and_takes_its_own_value() {
        let mut faults = Vec::new();
        let mut count = 0;
        for shipped in catalogue::all() {
            let file = shipped.file().unwrap();
            let scenario = file.scenario();
            for variant in scenario.variants.iter().map(|variant| Some(variant.id.as_str())).chain([None]) {
                for knob in knobs(scenario, variant, &[]).into_iter().filter(|knob| knob.original != text(None)) {
                    let problem = problem(&file, &knob.path, &knob.original);
                    faults.extend(
                        problem.map(|problem| format!("{}: {} = {}: {problem}", shipped.id, knob.path, knob.original)),
                    );
                    count += 1;
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(count > 500, "{count}");
    }

    #[test]
    fn a_knob_goes_round_through_its_values() {
        let scenario = catalogue::find("five-steps").unwrap().file().unwrap();
        let all = knobs(scenario.scenario(), Some("tls12"), &[]);
        let mut knob = all.into_iter().find(|knob| knob.path == "peer.client.versions").unwrap();
        assert_eq!(knob.original, list(&["1.2"]));
        let count = knob.values.len();
        for _ in 0..count {
            knob.value = turned(&knob, true).unwrap();
        }
        assert_eq!(knob.value, knob.original);
        knob.value = turned(&knob, false).unwrap();
        assert_eq!(turned(&knob, true), Some(knob.original));
    }

    #[test]
    fn values_are_read_as_they_stand_in_a_file() {
        for (typed, value) in [("true", Value::from(true)), ("[\"1.2\"]", list(&["1.2"])), ("\"x\"", Value::from("x"))]
        {
            assert_eq!(parse(typed), Ok(value));
        }
        for typed in ["", "x", "[", "1\nother = 2"] {
            assert!(parse(typed).is_err(), "{typed}");
        }
    }
}
