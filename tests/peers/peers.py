#!/usr/bin/env python3
"""Lets real TLS programs fail with one another, and holds tlslab's verdicts against what was done to them.

    sudo tests/peers/peers.py [--bin target/release/tlslab] [--keep FOLDER] [--write tests/peers/PEERS.md]

Every row of FAULTS is one fault, and nothing else is wrong. It is played by every pair of programs that can, in TLS 1.2
and TLS 1.3, on a loopback interface of its own, and recorded by tcpdump. A session that both programs took for good has
no fault to be found. The others are read with keys and without, and the rule of the verdict must be one of those that
name the true cause. Programs that are not installed are left out, and named. Nothing leaves the machine.

Needs root, ip, tcpdump, openssl; uses curl, gnutls-serv, gnutls-cli, wget, python3, node and java where they are.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
HOST = "localhost"
TLS_PORT = 8443
VERSIONS = ["1.2", "1.3"]

# ---- certificates ---------------------------------------------------------------------------------------------------

PROFILES = """
[ca]
default_ca = this
[this]
dir = .
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
organizationName = optional
commonName = optional
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::SAN
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = $ENV::AIA
[client]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = $ENV::SAN
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = $ENV::AIA
"""
# Authorities with intermediates say where these can be fetched; a small one that signs by itself says nothing of the kind.
AIA = ["OCSP;URI:http://ocsp.example/", "caIssuers;URI:http://ca.example/middle.der"]
LONG_AGO, PAST, FUTURE, FAR = "20200101000000Z", "20230101000000Z", "20380101000000Z", "20450101000000Z"


def openssl(*arguments, **more):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def certificate(name, issuer, profile, common_name, start=LONG_AGO, end=FAR, host=HOST):
    """Makes NAME.pem, NAME.key and NAME.full.pem, the last with the chain but its root."""
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "raw.key")
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", "raw.key", "-out", f"{name}.key")
    openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/O=tlslab/CN={common_name}", "-out", "request.pem")
    signer = ["-selfsign", "-keyfile", f"{name}.key"] if issuer is None else ["-keyfile", f"{issuer}.key", "-cert", f"{issuer}.pem"]
    openssl("ca", "-batch", "-notext", "-config", "profiles.cnf", "-extensions", profile, "-in", "request.pem",
            "-startdate", start, "-enddate", end, "-out", f"{name}.pem", *signer,
            env={**os.environ, "SAN": f"DNS:{host}", "AIA": AIA[issuer in ("middle", "client-middle", "old-middle")]})
    chain = pathlib.Path(f"{name}.pem").read_text()
    # A root is at the other side already.
    if issuer not in (None, "root", "client-root", "other-root"):
        chain += pathlib.Path(f"{issuer}.full.pem").read_text()
    pathlib.Path(f"{name}.full.pem").write_text(chain)


def make_certificates():
    pathlib.Path("profiles.cnf").write_text(PROFILES)
    pathlib.Path("index").touch()
    pathlib.Path("serial").write_text("1000")
    for root in ("root", "client-root", "other-root"):
        certificate(root, None, "root", f"Peers {root}")
    for root, middle in (("root", "middle"), ("client-root", "client-middle")):
        certificate(middle, root, "root", f"Peers {middle}")
    certificate("old-middle", "root", "root", "Peers old middle", end=PAST)
    certificate("good", "middle", "server", HOST)
    certificate("expired", "middle", "server", HOST, end=PAST)
    certificate("early", "middle", "server", HOST, start=FUTURE)
    certificate("other-host", "middle", "server", "shop.example", host="shop.example")
    certificate("self-signed", None, "server", HOST)
    certificate("stranger", "other-root", "server", HOST)
    certificate("client-usage", "middle", "client", HOST)
    certificate("old-chain", "old-middle", "server", HOST)
    certificate("client", "client-middle", "client", "somebody")
    certificate("client-expired", "client-middle", "client", "somebody", end=PAST)
    certificate("client-early", "client-middle", "client", "somebody", start=FUTURE)
    certificate("client-stranger", "other-root", "client", "somebody")
    certificate("client-self-signed", None, "client", "somebody")
    certificate("client-server-usage", "client-middle", "server", "somebody")
    for name in ("good", "client"):
        # The leaf alone, without the certificate that leads to the root.
        shutil.copy(f"{name}.pem", f"{name}-alone.pem")
        shutil.copy(f"{name}.pem", f"{name}-alone.full.pem")
        shutil.copy(f"{name}.key", f"{name}-alone.key")


# ---- programs -------------------------------------------------------------------------------------------------------
# Each takes a port and options, and gives a command with its environment; None where it cannot do what is asked.
# Options: version, cert (of NAME), ca, host, ciphers, suites, groups, alpn.

def pairs(options, *names):
    found = {"version": options["version"], "keylog": options["keylog"]}
    if "cert" in options:
        found.update(cert=f"{options['cert']}.full.pem", key=f"{options['cert']}.key")
    if "ca" in options:
        found["ca"] = f"{options['ca']}.pem"
    for name in names:
        if name in options:
            found[name] = options[name]
    return [f"{name}={value}" for name, value in found.items()]


def cannot(options, *names):
    return any(name in options for name in names)


def openssl_options(options):
    version = {"1.2": "-tls1_2", "1.3": "-tls1_3"}[options["version"]]
    command = [version, "-keylogfile", options["keylog"]]
    if "cert" in options:
        command += ["-cert", f"{options['cert']}.pem", "-key", f"{options['cert']}.key", "-cert_chain", f"{options['cert']}.full.pem"]
    if "ca" in options:
        command += ["-CAfile", f"{options['ca']}.pem", "-verify_return_error"]
    for name, flag in (("ciphers", "-cipher"), ("suites", "-ciphersuites"), ("groups", "-groups"), ("alpn", "-alpn")):
        if name in options:
            command += [flag, options[name]]
    return command


def openssl_server(port, options):
    asks = ["-Verify", "3"] if "ca" in options else []
    return ["openssl", "s_server", "-4", "-accept", str(port), "-naccept", "1", "-www", *asks, *openssl_options(options)], {}


def openssl_client(port, options):
    command = ["openssl", "s_client", "-4", "-connect", f"127.0.0.1:{port}", "-servername", options["host"],
               "-verify_hostname", options["host"], "-quiet", "-no_ign_eof", *openssl_options(options)]
    return command, {}


def python_server(port, options):
    if cannot(options, "suites", "groups"):
        return None
    return [sys.executable, str(HERE / "peer.py"), "server", str(port), *pairs(options, "ciphers", "alpn")], {}


def python_client(port, options):
    if cannot(options, "suites", "groups"):
        return None
    return [sys.executable, str(HERE / "peer.py"), "client", str(port), *pairs(options, "ciphers", "alpn", "host")], {}


def node_server(port, options):
    if cannot(options, "suites", "groups"):
        return None
    return ["node", str(HERE / "peer.js"), "server", str(port), *pairs(options, "ciphers", "alpn")], {}


def node_client(port, options):
    if cannot(options, "suites", "groups"):
        return None
    return ["node", str(HERE / "peer.js"), "client", str(port), *pairs(options, "ciphers", "alpn", "host")], {}


def java_server(port, options):
    if cannot(options, "suites", "groups", "ciphers", "alpn"):
        return None
    return ["java", "-cp", ".", "Peer", "server", str(port), *pairs(options)], {}


def java_client(port, options):
    if cannot(options, "suites", "groups", "ciphers"):
        return None
    return ["java", "-cp", ".", "Peer", "client", str(port), *pairs(options, "alpn", "host")], {}


def gnutls_priority(options):
    return {"1.2": "NORMAL:-VERS-ALL:+VERS-TLS1.2", "1.3": "NORMAL:-VERS-ALL:+VERS-TLS1.3"}[options["version"]]


def gnutls_server(port, options):
    if cannot(options, "suites", "groups", "ciphers", "alpn"):
        return None
    command = ["gnutls-serv", "-q", "--http", "-p", str(port), "--priority", gnutls_priority(options),
               "--x509certfile", f"{options['cert']}.full.pem", "--x509keyfile", f"{options['cert']}.key"]
    if "ca" in options:
        command += ["--x509cafile", f"{options['ca']}.pem", "--require-client-cert", "--verify-client-cert"]
    else:
        command += ["--disable-client-cert"]
    return command, {"SSLKEYLOGFILE": options["keylog"]}


def gnutls_client(port, options):
    if cannot(options, "suites", "groups", "ciphers"):
        return None
    command = ["gnutls-cli", "-p", str(port), f"--sni-hostname={options['host']}", f"--verify-hostname={options['host']}",
               "--priority", gnutls_priority(options), "--x509cafile", f"{options['ca']}.pem"]
    if "cert" in options:
        command += ["--x509certfile", f"{options['cert']}.full.pem", "--x509keyfile", f"{options['cert']}.key"]
    if "alpn" in options:
        command += [f"--alpn={name}" for name in options["alpn"].split(",")]
    return [*command, "127.0.0.1"], {"SSLKEYLOGFILE": options["keylog"]}


def curl_client(port, options):
    if cannot(options, "alpn"):
        return None
    version = {"1.2": ["--tlsv1.2", "--tls-max", "1.2"], "1.3": ["--tlsv1.3"]}[options["version"]]
    command = ["curl", "-sS", "--http1.1", "--max-time", "5", "--resolve", f"{options['host']}:{port}:127.0.0.1",
               "--cacert", f"{options['ca']}.pem", *version]
    if "cert" in options:
        command += ["--cert", f"{options['cert']}.full.pem", "--key", f"{options['cert']}.key"]
    for name, flag in (("ciphers", "--ciphers"), ("suites", "--tls13-ciphers"), ("groups", "--curves")):
        if name in options:
            command += [flag, options[name]]
    return [*command, f"https://{options['host']}:{port}/"], {"SSLKEYLOGFILE": options["keylog"]}


def wget_client(port, options):
    if cannot(options, "alpn", "ciphers", "suites", "groups"):
        return None
    version = {"1.2": "TLSv1_2", "1.3": "TLSv1_3"}[options["version"]]
    command = ["wget", "-q", "-O", "-", "--tries=1", "--timeout=5", f"--secure-protocol={version}",
               f"--ca-certificate={options['ca']}.pem"]
    if "cert" in options:
        command += [f"--certificate={options['cert']}.full.pem", f"--private-key={options['cert']}.key"]
    return [*command, f"https://{options['host']}:{port}/"], {"SSLKEYLOGFILE": options["keylog"]}


SERVERS = {"openssl": openssl_server, "gnutls": gnutls_server, "python": python_server, "node": node_server, "java": java_server}
CLIENTS = {"openssl": openssl_client, "curl": curl_client, "gnutls": gnutls_client, "wget": wget_client,
           "python": python_client, "node": node_client, "java": java_client}
PROGRAM = {"openssl": "openssl", "gnutls": "gnutls-cli", "python": "python3", "node": "node", "java": "javac", "curl": "curl", "wget": "wget"}
# Programs that say something as soon as they are connected are given it.
SAYS = {"openssl": b"GET / HTTP/1.0\r\n\r\n", "gnutls": b"GET / HTTP/1.0\r\n\r\n"}

# ---- faults ---------------------------------------------------------------------------------------------------------

Fault = collections.namedtuple("Fault", "name server client rules keyless versions", defaults=(VERSIONS,))
# What a passive reader of TLS 1.3 without keys can know of a certificate that was refused.
SERVER_REFUSED, CLIENT_REFUSED = {"CERT"}, {"MTLS"}
# Some clients look into the server's list of authorities and keep back a certificate that is of none of them: what
# happened then is that none was sent.
NOT_SENT = "MTLS-01"
MUTUAL = {"ca": "client-root"}
FAULTS = [
    Fault("none", {}, {}, set(), set()),
    Fault("none, mutual", MUTUAL, {"cert": "client"}, set(), set()),
    Fault("server certificate expired", {"cert": "expired"}, {}, {"CERT-01"}, SERVER_REFUSED),
    Fault("server certificate not yet valid", {"cert": "early"}, {}, {"CERT-02"}, SERVER_REFUSED),
    Fault("intermediate expired", {"cert": "old-chain"}, {}, {"CERT-03"}, SERVER_REFUSED),
    Fault("certificate for another host", {"cert": "other-host"}, {}, {"CERT-04"}, SERVER_REFUSED),
    Fault("intermediate not sent", {"cert": "good-alone"}, {}, {"CERT-05"}, SERVER_REFUSED),
    Fault("self-signed certificate", {"cert": "self-signed"}, {}, {"CERT-07"}, SERVER_REFUSED),
    Fault("unknown authority", {"cert": "stranger"}, {}, {"CERT-08"}, SERVER_REFUSED),
    Fault("certificate for clients only", {"cert": "client-usage"}, {}, {"CERT-10"}, SERVER_REFUSED),
    Fault("client has no certificate", MUTUAL, {}, {"MTLS-01"}, {"MTLS-01", "MTLS-10"}),
    Fault("client certificate expired", MUTUAL, {"cert": "client-expired"}, {"MTLS-05"}, CLIENT_REFUSED),
    Fault("client certificate not yet valid", MUTUAL, {"cert": "client-early"}, {"MTLS-05"}, CLIENT_REFUSED),
    Fault("client certificate for servers only", MUTUAL, {"cert": "client-server-usage"}, {"MTLS-05"}, CLIENT_REFUSED),
    Fault("client certificate of another authority", MUTUAL, {"cert": "client-stranger"}, {"MTLS-02", "MTLS-03", NOT_SENT}, CLIENT_REFUSED),
    Fault("client certificate self-signed", MUTUAL, {"cert": "client-self-signed"}, {"MTLS-02", "MTLS-03", NOT_SENT}, CLIENT_REFUSED),
    Fault("client's intermediate not sent", MUTUAL, {"cert": "client-alone"}, {"MTLS-06", NOT_SENT}, CLIENT_REFUSED),
    Fault("no common version, client older", {"version": "1.3"}, {"version": "1.2"}, {"NEG-01", "NEG-02"}, {"NEG-01", "NEG-02"}, ["1.2"]),
    Fault("no common version, client newer", {"version": "1.2"}, {"version": "1.3"}, {"NEG-01", "NEG-03"}, {"NEG-01", "NEG-03"}, ["1.3"]),
    Fault("no common cipher suite", {"ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384"}, {"ciphers": "ECDHE-ECDSA-CHACHA20-POLY1305"},
          {"NEG-06"}, {"NEG-06"}, ["1.2"]),
    Fault("no common cipher suite of TLS 1.3", {"suites": "TLS_AES_256_GCM_SHA384"}, {"suites": "TLS_CHACHA20_POLY1305_SHA256"},
          {"NEG-06"}, {"NEG-06"}, ["1.3"]),
    Fault("only suites for a key that the server has not", {}, {"ciphers": "ECDHE-RSA-AES256-GCM-SHA384"}, {"NEG-06"}, {"NEG-06"}, ["1.2"]),
    Fault("no common group", {"groups": "P-384"}, {"groups": "P-521"}, {"NEG-08"}, {"NEG-08"}),
    Fault("no common ALPN", {"alpn": "h2"}, {"alpn": "http/1.1"}, {"NEG-13"}, {"NEG-13"}),
]
# Faults that need no TLS server, each with a function further down.
PLAIN = [
    ("plain HTTP server", {"NET-09"}),
    ("plain SMTP server", {"NET-09"}),
    ("plain HTTP client", {"NET-10"}),
    ("server says nothing", {"NET-08"}),
    ("server closes at once", {"NET-05", "NET-03"}),
    ("server resets", {"NET-05"}),
]


def cases():
    """Every pair of programs that can play a fault. One side of each pair is OpenSSL, so that each program is tried
    on both sides without playing every program against every other."""
    for fault in FAULTS:
        for server in SERVERS:
            for client in CLIENTS:
                if "openssl" not in (server, client) and (server, client) != ("python", "curl"):
                    continue
                for version in fault.versions:
                    yield fault, server, client, version


# ---- playing --------------------------------------------------------------------------------------------------------

def listens(port):
    wanted = f":{port:04X} 00000000:0000 0A"
    listening = pathlib.Path("/proc/net/tcp").read_text() + pathlib.Path("/proc/net/tcp6").read_text().replace("0" * 32, "0" * 8)
    return wanted in listening or f":{port:04X} 00000000:0000 0A" in listening


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def start(command, environment, log, stdin=subprocess.DEVNULL):
    return subprocess.Popen(command, env={**os.environ, **environment}, stdin=stdin, stdout=subprocess.PIPE if log is None else log,
                            stderr=subprocess.STDOUT)


def end(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def play(fault, server, client, version, port, keylog):
    """Plays one case. Gives whether the client got its answer; None where the programs cannot do what is asked."""
    given = {"cert": "good", "version": version, "keylog": keylog, **fault.server}
    wanted = {"ca": "root", "version": version, "keylog": keylog, "host": HOST, **fault.client}
    served, called = SERVERS[server](port, given), CLIENTS[client](port, wanted)
    if served is None or called is None:
        return None
    with open(f"{port}.server.log", "wb") as log:
        process = start(*served, log)
        if not wait_until(lambda: listens(port) or process.poll() is not None) or process.poll() is not None:
            end(process)
            return None
        talking = start(*called, None, stdin=subprocess.PIPE)
        try:
            if client in SAYS:
                # The end of the input would end the conversation before its answer.
                os.write(talking.stdin.fileno(), SAYS[client])
                wait_until(lambda: talking.poll() is not None, 1.5)
            output = talking.communicate(timeout=6)[0]
        except (subprocess.TimeoutExpired, BrokenPipeError):
            talking.kill()
            output = talking.communicate()[0]
        pathlib.Path(f"{port}.client.log").write_bytes(output)
        end(process)
    return b"HTTP/1.0 200" in output or (client in ("curl", "wget") and talking.returncode == 0)


def serve_plain(name, port):
    """A server in Python that is none of TLS; gives the command."""
    greeting = {"plain HTTP server": "", "plain SMTP server": "220 mail.example ESMTP\\r\\n"}.get(name, "")
    answer = {"plain HTTP server": "HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n", "plain SMTP server": "500 what?\\r\\n"}.get(name, "")
    reset = "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))"
    then = {"server says nothing": "time.sleep(30)", "server resets": reset}.get(name, "pass")
    reads = "pass" if name == "server closes at once" else "c.recv(4096)"
    return [sys.executable, "-c", "import socket, struct, time\n"
            f"s = socket.create_server(('127.0.0.1', {port}))\nc, _ = s.accept()\nc.sendall(b'{greeting}')\n{reads}\n"
            f"c.sendall(b'{answer}')\n{then}\nc.close()\n"]


def play_plain(name, client, port, keylog):
    if name == "plain HTTP client":
        served = openssl_server(port, {"cert": "good", "version": "1.3", "keylog": keylog})
        called = ["curl", "-sS", "--max-time", "3", f"http://localhost:{port}/"], {}
    else:
        served = serve_plain(name, port), {}
        called = CLIENTS[client](port, {"ca": "root", "version": "1.3", "keylog": keylog, "host": HOST})
    with open(f"{port}.server.log", "wb") as log:
        process = start(*served, log)
        wait_until(lambda: listens(port))
        talking = start(*called, None, stdin=subprocess.PIPE)
        try:
            output = talking.communicate(timeout=4)[0]
        except subprocess.TimeoutExpired:
            talking.kill()
            output = talking.communicate()[0]
        pathlib.Path(f"{port}.client.log").write_bytes(output)
        end(process)


# ---- recording and reading ------------------------------------------------------------------------------------------

def record():
    log = open("tcpdump.log", "wb")
    process = subprocess.Popen(["tcpdump", "--immediate-mode", "-U", "-i", "lo", "-s", "0", "-B", "65536", "-w", "all.pcap", "tcp"], stderr=log)
    wait_until(lambda: b"listening on" in pathlib.Path("tcpdump.log").read_bytes())
    return process


def verdicts(binary, keylog):
    """The sessions by the server's port; where none came about, what is said of the capture and names that port."""
    keys = ["--keylog", keylog] if keylog else ["--no-embedded-keys"]
    command = [binary, "inspect", "all.pcap", "--format", "json", "--anchors", "root.pem", *keys]
    environment = {name: value for name, value in os.environ.items() if name != "SSLKEYLOGFILE"}
    read = json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    found = {int(session["server"].rsplit(":", 1)[1]): session for session in read["sessions"]}
    for finding in (entry["finding"] for entry in read["findings"]):
        for port in map(int, re.findall(r"127\.0\.0\.1:(\d+)", finding["text"])):
            verdict = {"rule": finding["rule"], "confidence": finding["confidence"], "line": finding["text"]}
            found.setdefault(port, {"verdict": verdict})
    return found


def judge(session, rules):
    """Whether the verdict names the true cause, and what it says."""
    verdict = (session or {}).get("verdict") or {}
    rule = verdict.get("rule") or ""
    good = any(rule == wanted or rule.split("-")[0] == wanted for wanted in rules)
    # What is encrypted can be named no further than this.
    by, line = verdict.get("decided_by"), verdict.get("line") or ""
    good |= set(rules) == SERVER_REFUSED and by == "client" and "for the certificate" in line
    good |= set(rules) == CLIENT_REFUSED and by == "server" and "for the client's certificate" in line
    return good, rule or "none", verdict.get("confidence") or "", line


def run(options, folder):
    os.chdir(folder)
    make_certificates()
    if shutil.which("javac"):
        subprocess.run(["javac", "-d", ".", str(HERE / "Peer.java")], check=True)
    missing = sorted({name for name, program in PROGRAM.items() if not shutil.which(program)})
    keylog, port, played = str(folder / "all.keys"), 20000, []
    recording = record()
    for fault, server, client, version in cases():
        if server in missing or client in missing:
            continue
        port += 1
        answered = play(fault, server, client, version, port, keylog)
        if answered is not None:
            played.append((port, fault.name, server, client, version, answered, fault.rules, fault.keyless if version == "1.3" else fault.rules))
    for name, rules in PLAIN:
        for client in CLIENTS:
            if client not in missing and (name != "plain HTTP client" or client == "curl"):
                port += 1
                # That a server speaks TLS which never said so is known by its port.
                own = TLS_PORT if name == "plain HTTP client" else port
                play_plain(name, client, own, keylog)
                played.append((own, name, "-", client, "1.3", False, rules, rules))
    time.sleep(1)
    recording.send_signal(signal.SIGINT)
    recording.wait()
    pathlib.Path("played.json").write_text(json.dumps([[*row[:6], sorted(row[6]), sorted(row[7])] for row in played], indent=0))
    return played, missing


# ---- the report -----------------------------------------------------------------------------------------------------

def report(binary, played, missing):
    lines = ["# Verdicts on real programs", "",
             "Made by `tests/peers/peers.py`: each row is one fault between two programs on a loopback interface, and the rule that",
             "the verdict names. **Bold** is a verdict that misses the true cause. Sessions that both programs took for good are counted",
             "and not listed. In TLS 1.3 without keys certificates cannot be read: there it counts when the verdict says that it was",
             "the server's certificate, or the client's, that was refused, and claims no more than that this is likely.", ""]
    totals = []
    for title, keylog in (("with keys", "all.keys"), ("without keys", None)):
        found = verdicts(binary, keylog)
        right = wrong = certain = good = alarms = unfinished = 0
        rows = collections.defaultdict(list)
        for port, fault, server, client, version, answered, rules, keyless in played:
            session = found.get(port)
            if answered:
                good += 1
                outcome = ((session or {}).get("outcome") or {}).get("word")
                failed = outcome != "ok"
                alarms += failed
                if failed:
                    rows[fault].append(f"**{server}/{client} {version}: taken for {outcome}**")
                continue
            if not rules or (session is None and server != "-"):
                # A program that was killed before it was through, or had begun, shows no fault to be found.
                unfinished += 1
                continue
            hit, rule, confidence, line = judge(session, rules if keylog else keyless)
            right, wrong = right + hit, wrong + (not hit)
            certain += not hit and confidence == "certain"
            text = f"{server}/{client} {version}: {rule} {confidence}".strip()
            rows[fault].append(text if hit else f"**{text}**")
        share = 100 * right / max(1, right + wrong)
        totals.append((title, share, certain, alarms))
        lines += [f"## {title.capitalize()}", "",
                  f"{right} of {right + wrong} failed sessions have the true cause as their verdict ({share:.1f} %); {certain} of the",
                  f"others claim to be certain. Of {good} sessions that went well, {alarms} are taken for failed; {unfinished} that",
                  "were stopped before they had begun, or before they were through without a fault, are not counted.", "",
                  "| fault | server/client version: rule, confidence |", "|---|---|"]
        lines += [f"| {fault} | {'; '.join(texts)} |" for fault, texts in rows.items()]
        lines.append("")
    if missing:
        lines += [f"Not installed, and so left out: {', '.join(missing)}.", ""]
    return "\n".join(lines), totals


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="target/release/tlslab")
    parser.add_argument("--keep", type=pathlib.Path, help="keeps capture, keys and logs in this folder; one that holds them is read again")
    parser.add_argument("--write", type=pathlib.Path, help="writes the table to this file")
    options = parser.parse_args()
    binary = str(pathlib.Path(options.bin).resolve())
    write = options.write and options.write.resolve()
    folder = options.keep.resolve() if options.keep else pathlib.Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if (folder / "played.json").exists():
            os.chdir(folder)
            played = [tuple(row) for row in json.loads(pathlib.Path("played.json").read_text())]
            missing = []
        elif os.environ.get("TLSLAB_PEERS") != "inside":
            # A network of its own keeps everything else out of the recording.
            inside = {**os.environ, "TLSLAB_PEERS": "inside"}
            sys.exit(subprocess.run(["unshare", "--net", sys.executable, *sys.argv], env=inside).returncode)
        else:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            played, missing = run(options, folder)
        text, totals = report(binary, played, missing)
        (write.write_text if write else print)(text)
        for title, share, certain, alarms in totals:
            print(f"{title}: {share:.1f} % right, {certain} wrong and certain, {alarms} false alarms", file=sys.stderr)
    finally:
        os.chdir("/")
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
