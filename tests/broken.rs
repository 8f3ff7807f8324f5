//! Broken scenario files: what is told of each, and that it points at the right place.
//!
//! Each file is a good one with something else in the place of a part of it. The messages are in the snapshot.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::fmt::Write;
use tlslab::lab::scenario::{Problem, ScenarioFile};
use tlslab::report::problems;

const GOOD: &str = include_str!("../src/lab/scenario/samples/everything.lab.toml");

struct Broken {
    name: &'static str,
    /// What is replaced, and by what.
    changes: &'static [(&'static str, &'static str)],
    /// What the problems point at, in the order of the file.
    at: &'static [&'static str],
}

const fn broken(
    name: &'static str,
    changes: &'static [(&'static str, &'static str)],
    at: &'static [&'static str],
) -> Broken {
    Broken { name, changes, at }
}

const BROKEN: &[Broken] = &[
    // The form of the file.
    broken("no value", &[("level   = 3", "level   =")], &["\n"]),
    broken("a text without an end", &[("\"Every key once\"", "\"Every key once")], &["\n"]),
    broken("a key twice", &[("level   = 3", "level   = 3\nlevel   = 2")], &["level"]),
    broken(
        "several faults of the form",
        &[("[[caption]]", "[[caption]"), ("points  = 2", "points  2"), ("[task]", "[task")],
        &["\n", "2", "\n"],
    ),
    broken("a table twice", &[("[peer.server]", "[peer.front]")], &["front", "role", "cert", "app"]),
    // The top.
    broken("an unknown key", &[("minutes = 5", "minuets = 5")], &["minuets"]),
    broken("a missing key", &[("title   = \"Every key once\"\n", "")], &["f"]),
    broken("another format", &[("format  = 1", "format  = 2")], &["2"]),
    broken("a name with capitals", &[("id      = \"everything\"", "id      = \"Every Thing\"")], &["\"Every Thing\""]),
    broken("a level that is none", &[("level   = 3", "level   = 7")], &["7"]),
    broken(
        "a clock that is none",
        &[("clock   = \"2026-03-01T12:00:00Z\"", "clock   = \"tomorrow\"")],
        &["\"tomorrow\""],
    ),
    broken(
        "a clock from another age",
        &[("clock   = \"2026-03-01T12:00:00Z\"", "clock   = \"3000-01-01\"")],
        &["\"3000-01-01\""],
    ),
    broken("a seed that is none", &[("seed    = \"student\"", "seed    = \"students\"")], &["\"students\""]),
    broken("a huge number", &[("minutes = 5", "minutes = 99999999999999999999")], &["99999999999999999999"]),
    broken("a text where a list is meant", &[("[\"RFC 9846 4.4\"]", "\"RFC 9846 4.4\"")], &["\"RFC 9846 4.4\""]),
    broken("an unknown section", &[("[[caption]]", "[[captions]]")], &["captions"]),
    // Certificates and lists.
    broken(
        "a kind that is none",
        &[("kind = \"leaf\", issuer = \"inter\", cn", "kind = \"leave\", issuer = \"inter\", cn")],
        &["\"leave\""],
    ),
    broken("a key of another kind", &[("kind = \"crl\", of", "kind = \"crl\", san = [\"a\"], of")], &["san"]),
    broken(
        "an issuer that does not exist",
        &[("inter  = { kind = \"ca\", issuer = \"root\"", "inter  = { kind = \"ca\", issuer = \"rot\"")],
        &["\"rot\""],
    ),
    broken(
        "an issuer that is a list",
        &[("inter  = { kind = \"ca\", issuer = \"root\"", "inter  = { kind = \"ca\", issuer = \"list\"")],
        &["\"list\""],
    ),
    broken(
        "issuers in a loop",
        &[("other  = { kind = \"ca\"", "other  = { kind = \"ca\", issuer = \"cross\"")],
        &["\"other\""],
    ),
    broken(
        "its own issuer",
        &[("other  = { kind = \"ca\"", "other  = { kind = \"ca\", issuer = \"other\"")],
        &["\"other\""],
    ),
    broken("two keys", &[("key_of = \"inter\"", "key_of = \"inter\", key = \"p384\"")], &["\"p384\""]),
    broken("a moment that is none", &[("\"-2y\", \"+20y\"", "\"-2y\", \"20 years\"")], &["\"20 years\""]),
    broken(
        "a period that ends before it begins",
        &[("\"-2y\", \"+20y\"", "\"+2y\", \"+1y\"")],
        &["[\"+2y\", \"+1y\"]"],
    ),
    broken("a period of one moment", &[("\"-2y\", \"+20y\"", "\"-2y\"")], &["[\"-2y\"]"]),
    broken("an address without ip", &[("\"ip:10.0.0.1\"", "\"10.0.0.1\"")], &["\"10.0.0.1\""]),
    broken("an address that is none", &[("\"ip:10.0.0.1\"", "\"ip:10.0.0\"")], &["\"ip:10.0.0\""]),
    broken("a constraint without a prefix", &[("\"ip:10.0.0.0/8\"", "\"ip:10.0.0.0\"")], &["\"ip:10.0.0.0\""]),
    broken("a usage that is none", &[("\"keyCertSign\", \"cRLSign\"", "\"certSign\", \"cRLSign\"")], &["\"certSign\""]),
    broken("a purpose that is none", &[("\"serverAuth\", \"1.2.3.4\"", "\"server\", \"1.2.3.4\"")], &["\"server\""]),
    broken("an OID that is none", &[("oid = \"1.2.3\"", "oid = \"9.2.3\"")], &["\"9.2.3\""]),
    broken("bytes that are none", &[("der = \"05 00\"", "der = \"05 0\"")], &["\"05 0\""]),
    broken(
        "a letter to edit in no subject",
        &[("cn = \"x\", damage = \"flip-signature\"", "damage = \"edit-subject\"")],
        &["\"edit-subject\""],
    ),
    broken("a list that ends before it begins", &[("next = \"+1d\"", "next = \"-1d\"")], &["\"-1d\""]),
    broken("a signer who may not", &[("signed_by = \"cross\"", "signed_by = \"web\"")], &["\"web\""]),
    broken("a reason that is none", &[("\"keyCompromise\"", "\"KeyCompromise\"")], &["\"KeyCompromise\""]),
    broken(
        "a name that cannot be one",
        &[("broken =", "\"bro ken\" ="), ("[{ cert = \"broken\"", "[{ cert = \"web\"")],
        &["\"bro ken\""],
    ),
    // Peers.
    broken("a misspelt key", &[("versions   =", "version   =")], &["version"]),
    broken(
        "a key of another role",
        &[("between = [\"client\", \"front\"]", "between = [\"client\", \"front\"]\ntrust   = [\"root\"]")],
        &["trust"],
    ),
    broken("no role", &[("role    = \"network\"\n", "")], &["mallory"]),
    broken("nowhere to go", &[("to         = \"front\"\n", "")], &["client"]),
    broken("a server that does not exist", &[("to         = \"front\"", "to         = \"fronts\"")], &["\"fronts\""]),
    broken(
        "a client as a server",
        &[("to                 = \"server\"", "to                 = \"client\"")],
        &["\"client\""],
    ),
    broken(
        "a relay in a circle",
        &[("to                 = \"server\"", "to                 = \"front\"")],
        &["\"front\""],
    ),
    broken("trust in nobody who exists", &[("[\"root\", \"other\"]", "[\"root\", \"others\"]")], &["\"others\""]),
    broken("a certificate as a list", &[("crl        = [\"list\"]", "crl        = [\"web\"]")], &["\"web\""]),
    broken("a name twice", &[("chain      = [\"inter\"]", "chain      = [\"inter\", \"inter\"]")], &["\"inter\""]),
    broken("a version that is none", &[("versions   = [\"1.3\"]", "versions   = [\"1.1\", 1.3]")], &["\"1.1\"", "1.3"]),
    broken(
        "a suite that no peer can speak",
        &[("[\"TLS_AES_128_GCM_SHA256\"]", "[\"TLS_AES_128_GCM_SHA256\", \"TLS_RSA_WITH_AES_128_GCM_SHA256\"]")],
        &["\"TLS_RSA_WITH_AES_128_GCM_SHA256\""],
    ),
    broken(
        "a suite that does not exist",
        &[("[\"TLS_AES_128_GCM_SHA256\"]", "[\"TLS13_AES_128_GCM_SHA256\", \"TLS_AES_256_GCM_SHA384\"]")],
        &["\"TLS13_AES_128_GCM_SHA256\""],
    ),
    broken(
        "suites of another version",
        &[
            ("suite", "suite"),
            ("\"peer.client.suites\" = [] ", "\"peer.client.suites\" = [\"TLS_AES_128_GCM_SHA256\"] "),
        ],
        &["[\"TLS_AES_128_GCM_SHA256\"]"],
    ),
    broken(
        "a group that no peer can speak",
        &[("\"X25519MLKEM768\", \"x25519\"", "\"x448\", \"P-256\"")],
        &["\"x448\"", "\"P-256\""],
    ),
    broken(
        "a scheme that does not exist",
        &[("sigs       = [\"ecdsa_secp256r1_sha256\"]", "sigs       = [\"ecdsa_sha256\"]")],
        &["\"ecdsa_sha256\""],
    ),
    broken(
        "an unknown part of a rule",
        &[("depth = \"leaf\", unknown", "deep = \"leaf\", unknown"), (", \"peer.client.crl_rule.depth\"", "")],
        &["deep"],
    ),
    broken("STARTTLS without SMTP", &[("app      = \"smtp\"", "app      = \"echo\"")], &["\"required\""]),
    broken("a server without a certificate", &[("cert = \"web\"\napp  = \"http\"", "app  = \"http\"")], &["server"]),
    broken(
        "asking and trusting nobody",
        &[("client_trust       = [\"root\"]\n", "")],
        &["\"optional\"", "\"required\""],
    ),
    broken(
        "a network between three",
        &[("between = [\"client\", \"front\"]", "between = [\"client\", \"front\", \"server\"]")],
        &["[\"client\", \"front\", \"server\"]"],
    ),
    broken("an empty protocol", &[("alpn       = [\"http/1.1\"]", "alpn       = [\"http/1.1\", \"\"]")], &["\"\""]),
    broken("a port that is none", &[("port               = 8443", "port               = 84430")], &["84430"]),
    // Variants.
    broken(
        "a path that leads nowhere",
        &[("\"peer.client.versions\" = [\"1.2\"]", "\"peer.clients.versions\" = [\"1.2\"]")],
        &["\"peer.clients.versions\""],
    ),
    broken(
        "a path to no key",
        &[("\"peer.client.versions\" = [\"1.2\"]", "\"peer.client.version\" = [\"1.2\"]")],
        &["\"peer.client.version\""],
    ),
    broken(
        "a path without quotes",
        &[(
            "set   = { \"peer.client.versions\" = [\"1.2\"], \"peer.client.suites\" = [] }",
            "set   = { peer.client.sni = false }",
        )],
        &["peer"],
    ),
    broken(
        "a variant that brings a fault about",
        &[(
            "set   = { \"peer.client.versions\" = [\"1.2\"], \"peer.client.suites\" = [] }",
            "set   = { \"peer.client.versions\" = [\"1.2\"] }",
        )],
        &["[\"TLS_AES_128_GCM_SHA256\"]"],
    ),
    broken("a variant with a wrong value", &[("\"peer.client.suites\" = [] ", "\"peer.client.suites\" = 7 ")], &["7"]),
    broken(
        "two variants with one name",
        &[("id = \"plain\"", "id = \"tls12\""), ("variant = \"plain\"", "variant = \"tls12\"")],
        &["\"tls12\""],
    ),
    // Steps.
    broken("a step that is none", &[("do = \"restart\"", "do = \"reboot\"")], &["\"reboot\""]),
    broken("an argument of another step", &[("do = \"swap\"", "do = \"swap\"\nxor = 1")], &["xor"]),
    broken("a missing argument", &[("with = \"250-XXXXXXXX\"\n", "")], &["[[step]]"]),
    broken(
        "nobody to do it",
        &[
            ("by    = \"client\"\nearly", "early"),
            (
                "[peer.mail]\nrole     = \"server\"\ncert     = \"web\"\napp      = \"smtp\"\nstarttls = \"required\"",
                "[peer.second]\nrole  = \"client\"\nto    = \"front\"\nname  = \"www.lab.test\"",
            ),
        ],
        &["\"connect\""],
    ),
    broken("the wrong one to do it", &[("by   = \"mallory\"", "by   = \"server\"")], &["\"server\""]),
    broken(
        "nothing connected",
        &[(
            "do    = \"connect\"\nby    = \"client\"\nearly = \"GET / HTTP/1.1\\r\\n\\r\\n\"",
            "do = \"pause\"\nsay = \"No.\"",
        )],
        &["[[step]]", "\"send\"", "\"close\"", "\"c2:client>front record#3\""],
    ),
    broken("a message that is none", &[("client>front Finished", "client>front Finnished")], &["Finnished"]),
    broken("a peer that is none", &[("client>front Finished", "client>font Finished")], &["font"]),
    broken("a place of a network", &[("client>front Finished", "mallory>front Finished")], &["mallory"]),
    broken("a place without a direction", &[("client>front Finished", "client Finished")], &["client"]),
    broken("a place that talks to itself", &[("client>front Finished", "client>client Finished")], &["client>client"]),
    broken(
        "a connection too many",
        &[("c2:client>front record#3", "c7:client>front record#3")],
        &["\"c7:client>front record#3\""],
    ),
    broken("a line without a text", &[("front>client line '250-STARTTLS'", "front>client line")], &["line"]),
    broken(
        "a message in the place of a line",
        &[("front>client line '250-STARTTLS'", "front>client Certificate")],
        &["\"front>client Certificate\""],
    ),
    broken("a time that is none", &[("for = \"2h\"", "for = \"2 hours\"")], &["\"2 hours\""]),
    broken("a time that is too short", &[("for = \"2h\"", "for = \"2ms\"")], &["\"2ms\""]),
    broken(
        "changing what is issued",
        &[("set = { \"peer.front.client_auth\" = \"required\" }", "set = { \"pki.web.serial\" = 3 }")],
        &["\"pki.web.serial\""],
    ),
    broken("two ways to tamper", &[("xor   = 1", "xor   = 1\ngrow  = 1")], &["1"]),
    broken("no way to tamper", &[("xor   = 1\n", "")], &["\"tamper\""]),
    broken(
        "the field twice",
        &[("at    = \"client>front ClientHello\"\nfield", "at    = \"client>front ClientHello/random\"\nfield")],
        &["\"random[0]\""],
    ),
    broken("sizes that are none", &[("sizes = [10, 20]", "sizes = [10, 0]")], &["0"]),
    broken(
        "an alert that does not exist",
        &[("alert = \"fatal handshake_failure\"", "alert = \"fatal handshake_failed\"")],
        &["handshake_failed"],
    ),
    // Expectations.
    broken(
        "a variant that does not exist",
        &[("variant             = \"tls12\"", "variant             = \"tls11\"")],
        &["\"tls11\""],
    ),
    broken(
        "a check that is none",
        &[("check               = \"name\"", "check               = \"names\"")],
        &["\"names\""],
    ),
    broken("an alert of nobody", &[("\"client bad_certificate\"", "\"mallory bad_certificate\"")], &["mallory"]),
    broken("an alert without a sender", &[("\"client bad_certificate\"", "\"bad_certificate\"")], &["bad_certificate"]),
    broken("an unknown library", &[("{ openssl =", "{ opensll =")], &["opensll"]),
    broken("nothing expected", &[("handshake = \"ok\"\n", "")], &["[[task.goal]]"]),
    broken("true where a number is meant", &[("app_bytes           = 0", "app_bytes           = true")], &["true"]),
    broken("a number below zero", &[("app_bytes           = 0", "app_bytes           = -1")], &["-1"]),
    // Questions.
    broken("an answer out of range", &[("answer  = 2", "answer  = 3")], &["3"]),
    broken("an answer twice", &[("answer  = [1, 3]", "answer  = [1, 1]")], &["1"]),
    broken("an order with a gap", &[("answer = [2, 1]", "answer = [2]")], &["[2]"]),
    broken(
        "a choice of one",
        &[("options = [\"this\", \"that\"]", "options = [\"this\"]"), ("answer  = 2", "answer  = 1")],
        &["[\"this\"]"],
    ),
    broken("a pause that is not there", &[("when    = \"at:1\"", "when    = \"at:2\"")], &["\"at:2\""]),
    broken("a fact without an end", &[("${connection.1.version}", "${connection.1.version")], &["${"]),
    broken("options of a text", &[("kind = \"text\"", "kind = \"text\"\noptions = [\"a\", \"b\"]")], &["options"]),
    broken("two questions with one name", &[("id     = \"q4\"", "id     = \"q3\"")], &["\"q3\""]),
    broken("a place as an answer", &[("answer = 42", "answer = [42]")], &["[42]"]),
    // The task.
    broken(
        "a cheat that cannot be made",
        &[("edit = { \"peer.client.name\"", "edit = { \"peer.client.sni\" = false, \"peer.client.name\"")],
        &["\"peer.client.sni\""],
    ),
    broken(
        "a path that nobody can edit",
        &[("editable = [\"pki.web.san\"", "editable = [\"pki.web\", \"pki.web.san\"")],
        &["\"pki.web\""],
    ),
    broken(
        "a cheat with a wrong value",
        &[("edit = { \"peer.client.name\" = \"www.lab.test\" }", "edit = { \"peer.client.name\" = \"www lab\" }")],
        &["\"www lab\""],
    ),
    broken(
        "a goal of a find",
        &[("kind     = \"fix\"", "kind     = \"find\"")],
        &["editable", "solution", "goal", "cheat"],
    ),
    broken(
        "no goal",
        &[("[[task.goal]]\nset       = { \"peer.client.name\" = \"www.lab.test\" }\nhandshake = \"ok\"\n", "")],
        &["[task]"],
    ),
    broken(
        "faults everywhere at once",
        &[
            ("level   = 3", "level   = 0"),
            ("issuer = \"root\"", "issuer = \"rot\""),
            ("do = \"swap\"", "do = \"swop\""),
            ("answer  = 2", "answer  = 9"),
            ("[[task.cheat]]", "[[task.cheats]]"),
        ],
        &["0", "\"rot\"", "\"swop\"", "9", "cheats"],
    ),
];

fn text(case: &Broken) -> String {
    let mut text = GOOD.to_owned();
    for (from, to) in case.changes {
        assert!(text.contains(from), "{}: there is no {from:?}", case.name);
        text = text.replacen(from, to, 1);
    }
    text
}

/// The characters that a problem points at.
fn marked(text: &str, problem: &Problem) -> String {
    let line = text.split_inclusive('\n').nth(problem.line as usize - 1).unwrap_or_default();
    line.chars().skip(problem.column as usize - 1).take(problem.length as usize).collect()
}

#[test]
fn every_broken_file_is_told_where_it_is_broken() {
    assert!(BROKEN.len() >= 60);
    let (mut told, mut faults) = (String::new(), String::new());
    for case in BROKEN {
        let text = text(case);
        let Err(found) = ScenarioFile::read("broken.lab.toml", &text) else { panic!("{}: no problem", case.name) };
        let at: Vec<String> = found.iter().map(|problem| marked(&text, problem)).collect();
        if at != case.at {
            let _ =
                writeln!(faults, "{}: {at:?}, not {:?}\n{}", case.name, case.at, problems::text("x", &text, &found));
        }
        let _ = write!(told, "# {}\n\n{}", case.name, problems::text("broken.lab.toml", &text, &found));
    }
    assert!(faults.is_empty(), "{faults}");
    insta::assert_snapshot!(told);
}

#[test]
fn no_damage_makes_the_reader_stop() {
    let good = include_str!("../scenarios/certificate-faults/cert-expired.lab.toml");
    let held = |text: &str| {
        for problem in ScenarioFile::read("x", text).err().into_iter().flatten() {
            assert!(problem.line as usize <= text.split('\n').count() && problem.length > 0, "{problem:?}");
        }
    };
    for index in (0..good.len()).filter(|index| good.is_char_boundary(*index)) {
        let (before, behind) = good.split_at(index);
        match index % 40 {
            0 => held(before),
            10 => held(behind),
            20 => held(&format!("{before}\"{behind}")),
            30 => held(&format!("{before}é\u{202e}{}", behind.chars().skip(1).collect::<String>())),
            _ => {}
        }
    }
    let lines: Vec<&str> = good.split_inclusive('\n').collect();
    for index in 0..lines.len() {
        let kept = lines.iter().enumerate().filter(|(other, _)| *other != index);
        held(&kept.map(|(_, line)| *line).collect::<String>());
    }
}
