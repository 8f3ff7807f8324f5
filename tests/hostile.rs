//! Scenario files come from anywhere. Whatever stands in one, it is read or refused, and what was read is played or
//! refused: without a panic, and within bounds of packets and time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed"
)]

use std::fmt::Write;
use std::time::{Duration, Instant};
use tlslab::lab::batch::{Job, perform};
use tlslab::lab::lint::lint_file;
use tlslab::lab::scenario::{ScenarioFile, catalogue, template};
use tlslab::report::run;
use tlslab::report::text::Style;

/// Numbers that are the same in every run (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Values at the edge of what is allowed, and beyond it.
const VALUES: &[&str] = &[
    "0",
    "-1",
    "1",
    "255",
    "65535",
    "16384",
    "4294967295",
    "9223372036854775807",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"*\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"0001-01-01\"",
    "\"2262-04-11T23:47:16Z\"",
    "\"1969-12-31\"",
    "\"-999999y\"",
    "\"+999999y\"",
    "\"999999d\"",
    "\"32ms\"",
    "[\"1.2\"]",
    "[\"+1y\", \"-1y\"]",
    "\"a.b.c\"",
    "\"ip:::1\"",
    "\"rsa4096\"",
    "\"ed25519\"",
    "\"2.999999999999.1\"",
    "\"\\u001b[31m\\u202e\"",
    "\"${c99:suite} ${\"",
    "\"server>client alert\"",
    "\"client>server record#4000000000\"",
];

/// The pieces of a text between quotes, with their quotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split_inclusive('\n')
        .filter(|line| !line.contains("\"\"\""))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter(|part| !part.is_empty() && !part.contains('\n'))
        .collect()
}

/// The text with one thing changed.
fn edited(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    let words = quoted(text);
    match random.below(6) {
        0 => [&lines[..one], &lines[one + 1..]].concat().concat(),
        1 => [&lines[..one], &[lines[other]], &lines[one..]].concat().concat(),
        // Behind the equals sign of a line, or of a key in an inline table.
        2 => match lines[one].rsplit_once("= ") {
            Some((key, value)) => {
                let end = value.find([',', '}', '\n']).unwrap_or(value.len());
                let line = format!("{key}= {}{}", random.one_of(VALUES), &value[end..]);
                [&lines[..one], &[line.as_str()], &lines[one + 1..]].concat().concat()
            }
            None => text.to_owned(),
        },
        3 | 4 if !words.is_empty() => {
            let (from, to) = (random.one_of(&words), random.one_of(&words));
            text.replacen(&format!("\"{from}\""), &format!("\"{to}\""), 1 + random.below(3))
        }
        _ => {
            let at = text.char_indices().nth(random.below(text.chars().count())).map_or(0, |(at, _)| at);
            let rest = text[at..].chars().next().map_or("", |c| &text[at + c.len_utf8()..]);
            format!("{}{rest}", &text[..at])
        }
    }
}

/// Reads a file, plays what was read as it stands and with its last variant, writes the runs down, and holds the file
/// against the rules; gives how many runs there were.
fn survive(text: &str) -> usize {
    let began = Instant::now();
    let Ok(file) = ScenarioFile::read("hostile.lab.toml", text) else { return 0 };
    let last = file.variants().last().map(|variant| variant.id.clone());
    let mut runs = 0;
    for variant in [None, last] {
        match perform(&Job { file: file.clone(), variant }) {
            Ok(played) => {
                assert!(played.run.packets.len() < 20_000, "{} packets\n{text}", played.run.packets.len());
                assert!(played.run.pcapng().is_ok(), "{text}");
                let shown = run::text(&played, Style::default());
                assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
                runs += 1;
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    assert!(lint_file(&file, &[]).iter().all(|found| !found.problem.text.is_empty()));
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}\n{text}", began.elapsed());
    runs
}

#[test]
fn edited_scenarios_are_refused_or_played() {
    let shipped = catalogue::all();
    let mut random = Random(0x746c_736c_6162);
    let mut played = 0;
    for round in 0..400 {
        let mut text = shipped[round % shipped.len()].text.to_owned();
        for _ in 0..=random.below(3) {
            text = edited(&text, &mut random);
        }
        let result = std::panic::catch_unwind(|| survive(&text));
        played += result.unwrap_or_else(|_| panic!("round {round}:\n{text}"));
    }
    println!("{played} runs");
    assert!(played > 40, "hardly anything was played: {played}");
}

/// A file with so many tables of a kind.
fn many(table: &str, count: usize) -> String {
    let mut text = template("many");
    for number in 0..count {
        let _ = write!(text, "\n{}\n", table.replace('#', &number.to_string()));
    }
    text
}

#[test]
fn files_of_bad_faith_are_refused_or_played() {
    let base = template("bad");
    let replaced = |from: &str, to: &str| {
        assert!(base.contains(from), "{from}");
        base.replace(from, to)
    };
    let cases = [
        ("clock beyond nanoseconds", replaced("2026-03-01T12:00:00Z", "9999-12-31T23:59:59Z")),
        ("clock before 1970", replaced("2026-03-01T12:00:00Z", "1900-01-01T00:00:00Z")),
        ("many connections", many("[[step]]\ndo = \"connect\"\nby = \"client\"", 20_000)),
        ("many variants", many("[[variant]]\nid = \"v#\"\nset = { \"peer.client.versions\" = [\"1.3\"] }", 2_000)),
        ("many settings", many("[[step]]\ndo = \"set\"\nset = { \"peer.client.versions\" = [\"1.3\"] }", 2_000)),
        ("many certificates", many("[pki.c#]\nkind = \"leaf\"\nissuer = \"root\"\nkey = \"rsa4096\"", 500)),
        ("a long wait", many("[[step]]\ndo = \"wait\"\nfor = \"999999y\"\n[[step]]\ndo = \"connect\"", 20)),
        ("a long text", replaced("GET / HTTP/1.1", &"GET / HTTP/1.1".repeat(20_000))),
        ("small records", replaced("client_auth = \"optional\"", "fragment = 32, client_auth = \"optional\"")),
        ("a deep list", replaced("trust = [\"root\"]", &format!("trust = {}{}", "[".repeat(5_000), "]".repeat(5_000)))),
    ];
    for (name, text) in cases {
        let began = Instant::now();
        let result = std::panic::catch_unwind(|| survive(&text));
        println!("{name}: {:?} runs in {:?}", result.as_ref().ok(), began.elapsed());
        assert!(result.is_ok(), "{name}");
    }
}
