//! Each rule finds a scenario that breaks it, and nothing in one that does not.

use super::*;
use crate::lab::exercise::sample;

/// A scenario that keeps all rules, with a task to mend.
fn good() -> String {
    let task = r#"
[task]
kind     = "fix"
editable = ["pki.web.valid", "peer.client.trust"]
points   = 2
solution = { "pki.web.valid" = ["-1d", "+9d"] }
[[task.goal]]
set       = { "peer.client.trust" = ["root"] }
handshake = "ok"
[[task.cheat]]
edit = { "peer.client.trust" = [] }
"#;
    format!("{}{task}", sample::TEXT)
}

/// What is found, as rule, line and the beginning of the text.
fn found(text: &str) -> Vec<String> {
    let findings = lint("sample.lab.toml", text, &[]);
    findings.iter().map(|found| format!("{} {} {}", found.rule, found.problem.line, found.problem.text)).collect()
}

#[test]
fn a_good_scenario_has_no_findings() {
    assert_eq!(found(&good()), [""; 0]);
}

#[test]
fn each_rule_finds_what_breaks_it() {
    let good = good();
    let line = |text: &str, what: &str| text.lines().position(|line| line.contains(what)).map_or(0, |at| at + 1);
    // What is replaced by what, the rule, the text of the line that is shown, and how the message begins.
    let cases = [
        ("seed   = 7", "sed = 7", "form", "sed = 7", "`sed` is no key of a scenario"),
        (
            "check     = \"validity\"",
            "check = \"trust\"",
            "expect",
            "check = \"trust\"",
            "check: expected trust, got validity",
        ),
        (
            "do = \"pause\"\nat = \"client>server ClientHello\"",
            "do = \"pause\"\nat = \"client>server ClientHello#7\"",
            "place",
            "ClientHello#7",
            "`client>server ClientHello#7` is not there",
        ),
        (
            "do = \"pause\"\nat = \"client>server ClientHello\"",
            "do = \"pause\"\nat = \"client>server ClientHello#7\"\nmay_miss = true",
            "place",
            "ClientHello#7",
            "`client>server ClientHello#7` is missed in every variant",
        ),
        ("answer = \"${check}\"", "answer = \"${colour}\"", "answer", "${colour}", "there is no fact `colour`"),
        ("answer = \"${check}\"", "answer = \"${alpn}\"", "answer", "${alpn}", "`${alpn}` is none in this run"),
        (
            "answer = \"${check}\"",
            "answer = \"x\"\nwhy = \"${colour}\"",
            "answer",
            "${colour}",
            "there is no fact `colour`",
        ),
        (
            "kind   = \"value\"\ntext   = \"?\"\nanswer = \"${check}\"",
            "kind = \"point-at\"\ntext = \"?\"\nanswer = \"client>server ClientHello/randum\"",
            "answer",
            "ClientHello/randum",
            "client>server ClientHello: there is no field `randum`",
        ),
        ("level  = 1", "level  = 1\nfaults = 2", "one-fault", "faults = 2", "1 checks fail at the most, not 2"),
        ("level  = 1", "level  = 1\nfaults = 0", "one-fault", "faults = 0", "1 checks fail, not 0: validity"),
        (
            "solution = { \"pki.web.valid\" = [\"-1d\", \"+9d\"] }",
            "solution = { \"pki.web.valid\" = [\"-1d\", \"+1d\"] }",
            "solution",
            "[[task.goal]]",
            "the solution does not reach this goal: handshake: expected ok, got failed",
        ),
        (
            "solution = { \"pki.web.valid\" = [\"-1d\", \"+9d\"] }\n",
            "",
            "solution",
            "[task]",
            "the task has no solution",
        ),
        (
            "edit = { \"peer.client.trust\" = [] }",
            "edit = { \"pki.web.valid\" = [\"-1d\", \"+9d\"] }",
            "cheat",
            "[[task.cheat]]",
            "this cheat reaches every goal",
        ),
        (
            "handshake = \"ok\"",
            "handshake = \"failed\"",
            "solution",
            "[task.goal]",
            "all goals are reached before anything is mended",
        ),
    ];
    for (from, to, rule, shown, says) in cases {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1);
        let found = found(&text);
        let wanted = format!("{rule} {} {says}", line(&text, shown));
        assert!(found.iter().any(|found| found.starts_with(&wanted)), "{wanted}\nis not in {found:#?}");
    }
}

#[test]
fn a_fault_that_is_to_be_found_is_there_with_its_field() {
    let find = |field: &str| format!("{}\n[task]\nkind = \"find\"\npoints = 3\nfield = \"{field}\"\n", sample::TEXT);
    assert_eq!(found(&find("c2:server>client Certificate/cert[0]/tbs/validity/notAfter")), [""; 0]);
    let text = find("server>client Certificate/cert[7]");
    let line = text.lines().count();
    let says = format!("answer {line} server>client Certificate: there is no field `cert[7]`");
    assert!(found(&text).iter().any(|found| found.starts_with(&says)), "{:?}", found(&text));
    let good = sample::TEXT
        .replace("\"+1d\"", "\"+9d\"")
        .replace("handshake = \"failed\"\ncheck     = \"validity\"", "handshake = \"ok\"");
    let none = format!("{good}\n[task]\nkind = \"find\"\npoints = 3\n");
    assert!(found(&none).iter().any(|found| found.contains("there is no fault to find")), "{:?}", found(&none));
}

#[test]
fn a_variant_of_which_nothing_is_expected_is_found() {
    let variants = "[[variant]]\nid = \"a\"\n[[variant]]\nid = \"b\"\n[[expect]]\nvariant = \"a\"";
    let text = sample::TEXT.replacen("[[expect]]", variants, 1);
    assert_eq!(found(&text).len(), 1, "{:?}", found(&text));
    assert!(found(&text)[0].contains("nothing is expected in the variant `b`"), "{:?}", found(&text));
}

#[test]
fn a_pki_that_cannot_be_made_is_found() {
    let text = sample::TEXT.replacen(
        "[peer]",
        "list = { kind = \"crl\", of = \"root\", updated = \"+1d\", next = \"-1d\" }\n[peer]",
        1,
    );
    let found = found(&text);
    assert!(found.iter().any(|found| found.starts_with("pki ") || found.starts_with("form ")), "{found:?}");
}

#[test]
fn translations_have_all_texts_and_no_others() {
    let whole = "title = \"T\"\nabout = \"A\"\n[ask.first]\ntext = \"t\"\noptions = [\"a\", \"b\"]\n[ask.paused]\ntext = \"t\"\n[ask.last]\ntext = \"t\"\nhint = [\"h\"]\n";
    let cases = [
        (whole.to_owned(), ""),
        (whole.replace("about = \"A\"\n", ""), "1 `about` is not translated"),
        (whole.replace("[\"a\", \"b\"]", "[\"a\"]"), "5 `ask.first.options` should be a list of 2 texts"),
        (whole.replace("title = \"T\"", "title = 3"), "1 `title` should be a text"),
        (whole.replace("[ask.last]", "[ask.last]\nwhy = \"w\""), "9 the scenario has no text `ask.last.why`"),
        (format!("{whole}[peer.client]\nname = \"evil\"\n"), "12 the scenario has no text `peer.client.name`"),
        ("title = ".to_owned(), "1 this is no TOML"),
    ];
    for (text, says) in cases {
        let overlay = Overlay { name: "sample.sv.toml".to_owned(), text };
        let findings = lint("sample.lab.toml", sample::TEXT, &[overlay]);
        let shown: Vec<_> =
            findings.iter().map(|found| format!("{} {}", found.problem.line, found.problem.text)).collect();
        match says {
            "" => assert_eq!(shown, [""; 0]),
            says => assert!(shown.len() == 1 && shown[0].starts_with(says), "{says}: {shown:?}"),
        }
        assert!(findings.iter().all(|found| found.rule == "translation" && found.file == "sample.sv.toml"));
    }
}

#[test]
fn rules_have_names_and_sentences_of_their_own() {
    let names: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| rule.text.ends_with('.')));
}
#[test]
fn every_scenario_of_the_program_keeps_all_rules() {
    let mut all = Vec::new();
    for shipped in crate::lab::scenario::catalogue::all() {
        let mut findings = lint(&shipped.path(), shipped.text, &[]);
        // Whether all of them can be read is a test of the catalogue.
        findings.retain(|finding| finding.rule != "form");
        all.extend(findings.iter().map(|found| {
            let problem = &found.problem;
            format!("{}:{}:{}: {} [{}]", found.file, problem.line, problem.column, problem.text, found.rule)
        }));
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}
