"""Reads the recording of peers.py with tlslab, judges its verdicts and writes the tables of PEERS.md."""

import collections
import json
import os
import re
import subprocess

from faults import CLIENT_REFUSED, SERVER_REFUSED
from stacks import FIRST_CLIENTS, FIRST_SERVERS

WAYS = [("with keys", "all.keys"), ("without keys", None)]
SETS = [("the first set", False), ("the held-out set", True)]


def verdicts(binary, keylog):
    """The sessions by the server's port; where none came about, what is said of the capture and names that port."""
    keys = ["--keylog", keylog] if keylog else ["--no-embedded-keys"]
    lists = [word for name in ("middle", "client-middle") for word in ("--crl", f"{name}.crl.pem")]
    command = [binary, "inspect", "all.pcap", "--format", "json", "--all-signatures", "--anchors", "root.pem", *lists, *keys]
    environment = {name: value for name, value in os.environ.items() if name != "SSLKEYLOGFILE"}
    read = json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    found = {int(session["server"].rsplit(":", 1)[1]): session for session in read["sessions"]}
    for finding in (entry["finding"] for entry in read["findings"]):
        for port in map(int, re.findall(r"127\.0\.0\.1:(\d+)", finding["text"])):
            verdict = {"rule": finding["rule"], "confidence": finding["confidence"], "line": finding["text"]}
            found.setdefault(port, {"verdict": verdict})
    return found


def judge(session, row, rules, encrypted):
    """Whether the verdict names the true cause, and what it says."""
    verdict = (session or {}).get("verdict") or {}
    rule, by, line = verdict.get("rule") or "", verdict.get("decided_by"), verdict.get("line") or ""
    if row.get("finding"):
        named = [found for found in (session or {}).get("findings", []) if found["rule"] in rules]
        good = any(re.search(row["says"], found["text"]) for found in named)
        return good, named[0]["rule"] if named else rule or "none", named[0]["confidence"] if named else "", line
    good = any(rule == wanted or rule.split("-")[0] == wanted for wanted in rules)
    if row.get("says") and not encrypted:
        good &= re.search(row["says"], line) is not None
    # What is encrypted can be named no further than this.
    good |= set(rules) == SERVER_REFUSED and encrypted and by == "client" and "for the certificate" in line
    good |= set(rules) == CLIENT_REFUSED and encrypted and by == "server" and "for the client's certificate" in line
    return good, rule or "none", verdict.get("confidence") or "", line


def connected():
    """The ports to which somebody connected: a program that was too slow for that has shown nothing."""
    said = subprocess.run(["tcpdump", "-nn", "-r", "all.pcap", "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn"], capture_output=True, text=True)
    return set(map(int, re.findall(r" > [0-9.]+\.(\d+): Flags", said.stdout)))


def control(row):
    """The case without a fault by which it is known that the two can talk at all."""
    mutual = row["fault"] == "none, mutual" or any(rule.startswith("MTLS") for rule in row["rules"])
    return row["server"], row["client"], max(row["version"], "1.2"), mutual


def judge_all(binary, played):
    """Every session that was played, in both ways of reading, with what was said of it."""
    judged, controls = [], {control(row) for row in played if not row["rules"] and row["answered"]}
    reached = connected()
    for way, keylog in WAYS:
        found = verdicts(binary, keylog)
        for row in played:
            session = found.get(row["port"])
            outcome = ((session or {}).get("outcome") or {}).get("word")
            entry = {**row, "way": way, "kind": "failed", "outcome": outcome}
            if row["answered"] and not row.get("finding"):
                entry.update(kind="good", hit=outcome == "ok", rule=outcome or "not there", confidence="", line="")
            elif row["rules"] and row["server"] != "-" and controls and control(row) not in controls:
                entry.update(kind="no control", hit=True, rule="", confidence="", line="")
            elif keylog and not row.get("keys", True):
                entry.update(kind="no keys", hit=True, rule="", confidence="", line="")
            elif not row["rules"] or row.get("stalled") or row["port"] not in reached or (session is None and row["server"] != "-"):
                # A program that was killed before it was through, or had begun, shows no fault to be found.
                entry.update(kind="unfinished", hit=True, rule="", confidence="", line="")
            elif not (wanted := row["rules"] if keylog else row["keyless"]):
                entry.update(kind="hidden", hit=True, rule="", confidence="", line="")
            else:
                hit, rule, confidence, line = judge(session, row, wanted, keylog is None and row["version"] == "1.3")
                entry.update(hit=hit, rule=rule, confidence=confidence, line=line)
            judged.append(entry)
    return judged


def counts(entries):
    failed = [entry for entry in entries if entry["kind"] == "failed"]
    right = sum(entry["hit"] for entry in failed)
    certain = sum(not entry["hit"] and entry["confidence"] == "certain" for entry in failed)
    good = [entry for entry in entries if entry["kind"] == "good"]
    return {"right": right, "failed": len(failed), "share": 100 * right / max(1, len(failed)), "certain": certain,
            "good": len(good), "alarms": sum(not entry["hit"] for entry in good),
            "unfinished": sum(entry["kind"] == "unfinished" for entry in entries)}


def chosen(judged, way, later):
    return [entry for entry in judged if entry["way"] == way and entry["later"] == later]


def summary(judged):
    lines = []
    for title, later in SETS:
        for way, _ in WAYS:
            of = counts(chosen(judged, way, later))
            lines.append(f"{title}, {way}: {of['right']} of {of['failed']} ({of['share']:.1f} %), {of['certain']} wrong and certain, "
                         f"{of['alarms']} false alarms of {of['good']}, {of['unfinished']} unfinished")
    return "\n".join(lines)


def misses(judged):
    lines = []
    for entry in judged:
        if not entry["hit"]:
            lines.append(f"{entry['way']}: {entry['port']} {entry['fault']}: {entry['server']}/{entry['client']} {entry['version']}: "
                         f"{entry['rule']} {entry['confidence']}: {entry['line']}")
    return "\n".join(lines)


# ---- the document -----------------------------------------------------------------------------------------------------

INTRODUCTION = """# Verdicts on real programs

Made by `tests/peers/peers.py`. Each case is one fault between two programs on a loopback interface of its own; what is
true is what was done to them. A verdict is right when its rule is one of those that name this cause.

* **The first set** are the programs and faults by which the rules were written
  ({first}).
  **The held-out set** are programs and faults that came later, and were recorded before any rule was touched for them.
* In TLS 1.3 **without keys** certificates cannot be read: there it counts when the verdict says that it was the server's
  certificate, or the client's, that was refused, and claims no more than that this is likely.
* Pairs that cannot talk without a fault, faults that a program cannot play, and sessions that both sides took for good are
  not counted as failed. Where neither program writes down its keys, the session is counted without keys alone.
* Where nothing is wrong with the handshake (an idle timeout, a killed process, a ticket that is refused) the rule is looked
  for among the findings.
"""


FIRST_RUN = """## The first run

What the rules said of the held-out set before anything was changed for it. This cannot be made again.

| judged | keys | right | of | share | wrong and certain |
|---|---|--:|--:|--:|--:|
| as first recorded | with keys | 2162 | 2761 | 78.3 % | 3 |
| as first recorded | without keys | 2259 | 2761 | 81.8 % | 1 |
| by the cases as they are now | with keys | 2169 | 2555 | 84.9 % | 3 |
| by the cases as they are now | without keys | 2280 | 2657 | 85.8 % | 2 |

Between the two the cases were put right, and not the rules: servers by `openssl` had sent their own certificate twice;
pairs without any key log were counted among those with keys; a timeout of one second is too short for anybody; a name that
two authorities share may be told by the signature as well (CERT-16); NSS keeps a certificate back that is not for clients,
so that none was sent (MTLS-01); in TLS 1.2 a name of a key that is not known looks like a wrong key (RES-07); of a revoked
certificate that is encrypted no more was asked than of the others; for what happens behind a good handshake the findings
count; signatures are checked in all sessions; programs that did not come to an end on a busy machine are left out."""


def figures(judged):
    lines = ["| set | keys | right | of | share | wrong and certain | good sessions taken for failed |", "|---|---|--:|--:|--:|--:|--:|"]
    for title, later in SETS:
        for way, _ in WAYS:
            of = counts(chosen(judged, way, later))
            lines.append(f"| {title} | {way} | {of['right']} | {of['failed']} | {of['share']:.1f} % | {of['certain']} | {of['alarms']} of {of['good']} |")
    return lines


def tally(entries):
    """How many of these are right, and nothing where there are none."""
    right, failed = sum(entry["hit"] for entry in entries), len(entries)
    return "" if failed == 0 else str(right) if right == failed else f"**{right}/{failed}**"


def by_fault(judged, later):
    lines = ["| fault | with keys | without | what the verdicts say, with keys |", "|---|--:|--:|---|"]
    failed = [entry for entry in judged if entry["kind"] == "failed" and entry["later"] == later]
    for fault in dict.fromkeys(entry["fault"] for entry in failed):
        mine = [entry for entry in failed if entry["fault"] == fault]
        ways = [tally([entry for entry in mine if entry["way"] == way]) for way, _ in WAYS]
        said = collections.Counter((entry["hit"], entry["rule"], entry["confidence"]) for entry in mine if entry["way"] == WAYS[0][0])
        words = [f"{rule} {confidence} {number}".replace("  ", " ") for (hit, rule, confidence), number in said.most_common() if hit]
        words += [f"**{rule} {confidence} {number}**".replace("  ", " ") for (hit, rule, confidence), number in said.most_common() if not hit]
        lines.append(f"| {fault} | {ways[0]} | {ways[1]} | {', '.join(words)} |")
    return lines


# So many columns can be read at once.
WIDTH = 8


def matrix(judged, side):
    """Faults by programs on one side, the other being whoever played it: right answers with keys, or of how many."""
    failed = [entry for entry in judged if entry["kind"] == "failed" and entry["way"] == WAYS[0][0] and entry[side] != "-"]
    faults = list(dict.fromkeys(entry["fault"] for entry in failed))
    programs = sorted({entry[side] for entry in failed})
    lines = []
    for begin in range(0, len(programs), WIDTH):
        part = programs[begin:begin + WIDTH]
        lines += [f"| {side} | " + " | ".join(part) + " |", "|---" + "|--:" * len(part) + "|"]
        for fault in faults:
            cells = [tally([entry for entry in failed if entry["fault"] == fault and entry[side] == program]) for program in part]
            if any(cells):
                lines.append(f"| {fault} | " + " | ".join(cells) + " |")
        lines.append("")
    return lines


def missed(judged):
    """What is still wrong, without keys only where it is not wrong with them."""
    known, lines = set(), []
    for entry in judged:
        case = (entry["fault"], entry["server"], entry["client"], entry["version"])
        if entry["kind"] == "failed" and not entry["hit"] and case not in known:
            known.add(case)
            lines.append((entry["fault"], entry["way"], f"{entry['rule']} {entry['confidence']}".strip(), f"{entry['server']}/{entry['client']} {entry['version']}"))
    groups = {}
    for fault, way, said, who in lines:
        groups.setdefault((fault, way, said), []).append(who)
    rows = ["| fault | keys | it says | server/client version |", "|---|---|---|---|"]
    for (fault, way, said), who in groups.items():
        rest = f" and {len(who) - 3} more" if len(who) > 3 else ""
        rows.append(f"| {fault} | {way.split()[0]} | {said} | {', '.join(who[:3])}{rest} |")
    return rows


def document(judged, missing):
    lines = [INTRODUCTION.format(first=", ".join(FIRST_SERVERS + tuple(name for name in FIRST_CLIENTS if name not in FIRST_SERVERS)))]
    lines += ["## Today", "", "After the rules were mended for the held-out set, so that it is none any more.", "", *figures(judged), "", FIRST_RUN, ""]
    for title, later in SETS:
        lines += [f"## By fault: {title}", "", "Numbers are right verdicts; where some are wrong, of how many.", "", *by_fault(judged, later), ""]
    lines += ["## What is still missed", "", *missed(judged), ""]
    lines += ["## By program", "", "With keys, both sets. A program stands on one side, and others on the other.", "",
              "### Servers", "", *matrix(judged, "server"), "### Clients", "", *matrix(judged, "client")]
    if missing:
        lines += [f"Not installed, and so left out: {', '.join(missing)}.", ""]
    return "\n".join(lines)
