#!/usr/bin/env python3
"""Lets real TLS programs fail with one another, and holds tlslab's verdicts against what was done to them.

    sudo tests/peers/peers.py [--bin target/release/tlslab] [--keep FOLDER] [--write tests/peers/PEERS.md]

Every row of faults.py is one fault, and nothing else is wrong. It is played by every pair of programs of stacks.py that
can, in TLS 1.2 and TLS 1.3, on a loopback interface of its own, and recorded by tcpdump. A session that both programs
took for good has no fault to be found. The others are read with keys and without, and the rule of the verdict must be one
of those that name the true cause. Programs that are not installed are left out, and named. Nothing leaves the machine.

Needs root, ip, tcpdump, openssl; uses the programs of stacks.py where they are. That of rustls is built by
`cargo build --example peer`; those of mbedTLS and BoringSSL are the packages python-mbedtls and curl_cffi of the Python
that runs this.
"""

import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import report
from certificates import HOST, make_certificates
from faults import FAULTS, PLAIN
from stacks import CLIENTS, FIRST_CLIENTS, FIRST_SERVERS, KEYLOG_CLIENTS, KEYLOG_SERVERS, SAYS, SERVERS, installed

# That a server speaks TLS which never said so is known by its port.
TLS_PORTS = [8443, 443, 465, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 5061, 5671, 6697]
CLOSED_PORT = 8883
BEHIND = 20000  # what a relay adds to its port for the server behind it
STALLED = "stalled"
AT_ONCE = 4     # how many cases are played beside one another: most of the time somebody waits
# Beside the pairs with OpenSSL: programs that are often met together.
MET_TOGETHER = {("python", "curl"), ("nginx", "curl"), ("nginx", "go"), ("nginx", "java"), ("haproxy", "java"), ("haproxy", "python"),
                ("apache", "wget"), ("go", "go"), ("rustls", "rustls"), ("go", "rustls"), ("erlang", "nss"), ("nginx", "boringssl")}


def cases(there, wanted):
    """Every pair of programs that can play a fault. One side of each pair is OpenSSL, so that each program is tried
    on both sides without playing every program against every other."""
    for fault in FAULTS:
        for server, client in itertools.product(SERVERS, CLIENTS):
            if "openssl" not in (server, client) and (fault.later or (server, client) not in MET_TOGETHER):
                continue
            if fault.act in ("renegotiate", "resume", "silence") and client != "openssl":
                continue
            if server in there and client in there and re.search(wanted, f"{fault.name}: {server}/{client}"):
                yield from ((fault, server, client, version) for version in fault.versions)


def is_later(fault_later, server, client):
    """Whether the rules were written without this program and this fault."""
    return fault_later or server not in (*FIRST_SERVERS, "-") or client not in FIRST_CLIENTS


# ---- playing --------------------------------------------------------------------------------------------------------

def listens(port):
    wanted = f":{port:04X} 00000000:0000 0A"
    listening = pathlib.Path("/proc/net/tcp").read_text() + pathlib.Path("/proc/net/tcp6").read_text().replace("0" * 32, "0" * 8)
    return wanted in listening


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def start(command, environment, log, stdin=subprocess.DEVNULL):
    return subprocess.Popen(command, env={**os.environ, **environment}, stdin=stdin, stdout=log, stderr=subprocess.STDOUT)


def end(process):
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Relay(threading.Thread):
    """Stands between client and server, and changes what the fault says."""

    def __init__(self, act, version, port):
        super().__init__(daemon=True)
        self.act, self.listener = act, socket.create_server(("127.0.0.1", port))
        self.port, self.changed = port, False
        # The records of data that the client sends before there is an answer: in TLS 1.3 its Finished is one.
        self.before, self.sent = {"1.2": 1, "1.3": 2}[version], 0

    def run(self):
        near, _ = self.listener.accept()
        far = socket.create_connection(("127.0.0.1", self.port + BEHIND))
        if self.act == "proxy header":
            far.sendall(b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n")
        back = threading.Thread(target=self.carry, args=(far, near, self.change), daemon=True)
        back.start()
        self.carry(near, far, self.count)
        back.join()

    def carry(self, source, target, change):
        kept = b""
        try:
            while part := source.recv(65536):
                kept += part
                while len(kept) >= 5 and len(kept) >= 5 + int.from_bytes(kept[3:5], "big"):
                    length = 5 + int.from_bytes(kept[3:5], "big")
                    target.sendall(change(kept[:length]))
                    kept = kept[length:]
            target.sendall(kept)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def count(self, record):
        self.sent += record[0] == 23
        return record

    def change(self, record):
        hello = self.act == "change hello" and record[0] == 22
        data = self.act == "change data" and record[0] == 23 and self.sent >= self.before
        if self.changed or not (hello or data):
            return record
        self.changed = True
        at = 42 if hello else len(record) - 1
        return record[:at] + bytes([record[at] ^ 1]) + record[at + 1:]


def talk(talking, client, fault, process):
    """Waits for the end of a conversation, and does meanwhile what the fault says. Gives what the client printed, and
    whether it had to be ended although nothing was to happen to it: on a busy machine a program may not get through."""
    stalled = False
    try:
        if fault.act == "silence":
            wait_until(lambda: talking.poll() is not None, 9)
        elif fault.act == "renegotiate":
            time.sleep(0.5)
            os.write(talking.stdin.fileno(), b"R\n")
            wait_until(lambda: talking.poll() is not None, 2)
        elif client in SAYS:
            # The end of the input would end the conversation before its answer.
            os.write(talking.stdin.fileno(), SAYS[client])
            over = wait_until(lambda: talking.poll() is not None or fault.act in ("kill server", "kill client"), 1.5 if fault.act else 4)
            stalled = not over and not fault.act
        if fault.act in ("kill server", "kill client"):
            time.sleep(1.5)
            (process if fault.act == "kill server" else talking).kill()
        return talking.communicate(timeout=8)[0], stalled
    except (subprocess.TimeoutExpired, BrokenPipeError):
        talking.kill()
        return talking.communicate()[0], not fault.act


def play(fault, server, client, version, port, keylog):
    """Plays one case. Gives whether the client got its answer; None where the programs cannot do what is asked, and
    STALLED where they did not come to an end."""
    relayed = fault.act in ("change hello", "change data", "proxy header")
    at = port + BEHIND if relayed else port
    given = {"cert": "good", "version": version, "keylog": keylog, **fault.server}
    wanted = {"ca": "root", "version": version, "keylog": keylog, "host": HOST, **fault.client}
    if "session" in wanted:
        wanted["session"] = f"{port}.session"
    served, called = SERVERS[server](at, given), CLIENTS[client](port, wanted)
    if served is None or called is None:
        return None
    relay = Relay(fault.act, version, port) if relayed else None
    with open(f"{port}.server.log", "wb") as log:
        process = start(*served, log)
        if not wait_until(lambda: listens(at) or process.poll() is not None) or process.poll() is not None:
            end(process)
            return None
        if relay:
            relay.start()
        talking = start(*called, subprocess.PIPE, stdin=subprocess.PIPE)
        output, stalled = talk(talking, client, fault, process)
        pathlib.Path(f"{port}.client.log").write_bytes(output)
        end(process)
    if stalled:
        return STALLED
    if fault.act in ("kill server", "kill client", "silence"):
        return False
    if fault.act == "renegotiate":
        return talking.returncode == 0
    return re.search(rb"HTTP/1\.[01] 200", output) is not None or (client in ("curl", "wget") and talking.returncode == 0)


def play_twice(fault, *case):
    """The second time by another process of the server, which cannot know what the first one gave away."""
    first = play(fault, *case)
    if first is not True or not pathlib.Path(f"{case[3]}.session").exists():
        return None
    return play(fault, *case)


GREETINGS = {"plain SMTP server": b"220 mail.example ESMTP\r\n", "plain SSH server": b"SSH-2.0-OpenSSH_9.2p1\r\n",
             "plain MySQL server": b"\x4a\0\0\0\x0a8.0.36\0\x0b\0\0\0abcdefgh\0\xff\xf7\x08\x02\0\xff\x8f\x15" + bytes(10) + b"ijklmnopqrst\0mysql_native_password\0"}
ANSWERS = {"plain HTTP server": b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "plain SMTP server": b"500 what?\r\n",
           "plain SSH server": b"Invalid SSH identification string.\r\n",
           "tunnel refused by a proxy": b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"here\"\r\nContent-Length: 0\r\n\r\n"}


def serve_plain(name, port):
    """A server in Python that is none of TLS; gives the command."""
    reset = "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))"
    then = {"server says nothing": "time.sleep(30)", "server resets": reset}.get(name, "pass")
    reads = "pass" if name == "server closes at once" else "c.recv(4096)"
    return [sys.executable, "-c", "import socket, struct, time\n"
            f"s = socket.create_server(('127.0.0.1', {port}))\nc, _ = s.accept()\nc.sendall({GREETINGS.get(name, b'')!r})\n{reads}\n"
            f"c.sendall({ANSWERS.get(name, b'')!r})\n{then}\nc.close()\n"]


def play_plain(name, server, client, port, keylog):
    options = {"version": "1.3", "keylog": keylog}
    if name == "plain HTTP client":
        served = SERVERS[server](port, {"cert": "good", **options}) or SERVERS[server](port, {"cert": "good", **options, "version": "1.2"})
        called = ["curl", "-sSf", "--max-time", "3", f"http://localhost:{port}/"], {}
    else:
        served = serve_plain(name, port), {}
        called = CLIENTS[client](port, {"ca": "root", "host": HOST, **options}) or CLIENTS[client](port, {"ca": "root", "host": HOST, **options, "version": "1.2"})
        if name == "tunnel refused by a proxy":
            called = called[0], {**called[1], "https_proxy": f"http://127.0.0.1:{port}"}
    with open(f"{port}.server.log", "wb") as log:
        process = start(*served, log)
        wait_until(lambda: listens(port) or process.poll() is not None)
        talking = start(*called, subprocess.PIPE, stdin=subprocess.PIPE)
        try:
            output = talking.communicate(timeout=8)[0]
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


def played_row(port, fault, server, client, version, answered, rules, keyless, later, **more):
    return {"port": port, "fault": fault, "server": server, "client": client, "version": version, "answered": answered,
            "rules": sorted(rules), "keyless": sorted(keyless), "later": later, **more}


def play_case(case, port, keylog):
    fault, server, client, version = case
    try:
        answered = (play_twice if fault.act == "resume" else play)(fault, server, client, version, port, keylog)
    except OSError as error:
        print(f"{fault.name}: {server}/{client} {version}: {error}", file=sys.stderr)
        return None
    if answered is None:
        return None
    # A header in front of the hello is seen where the relay talks to the server.
    seen = port + BEHIND if fault.act == "proxy header" else port
    keyless = fault.keyless if version == "1.3" else fault.rules
    stalled = answered == STALLED
    return played_row(seen, fault.name, server, client, version, answered is True, fault.rules, keyless,
                      is_later(fault.later, server, client), says=fault.says, finding=fault.finding, stalled=stalled,
                      keys=server in KEYLOG_SERVERS or client in KEYLOG_CLIENTS)


def plain_cases(there):
    ports, count = iter(TLS_PORTS), itertools.count(30000)
    for name, rules, later in PLAIN:
        if name == "plain HTTP client":
            for server in SERVERS:
                if server in there and "curl" in there and (port := next(ports, None)):
                    yield name, server, "curl", port, rules, later
            continue
        for client in CLIENTS:
            if client in there and (name != "tunnel refused by a proxy" or client in ("curl", "wget")):
                yield name, "-", client, next(count), rules, later


def run(folder, wanted):
    os.chdir(folder)
    os.chmod(folder, 0o755)
    make_certificates()
    subprocess.run(["openssl", "dhparam", "-out", "dh512.pem", "512"], check=True, stderr=subprocess.DEVNULL)
    there = installed(folder)
    keylog, played = str(folder / "all.keys"), []
    recording = record()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(play_case, case, port, keylog) for port, case in enumerate(cases(there, wanted), 20001)]
        for done in waiting:
            played += [done.result()] if done.result() else []
        rows = [row for row in plain_cases(there) if re.search(wanted, f"{row[0]}: {row[1]}/{row[2]}")]
        list(pool.map(lambda row: play_plain(*row[:4], keylog), rows))
        for name, server, client, port, rules, later in rows:
            played.append(played_row(port, name, server, client, "1.3", False, rules, rules, is_later(later, server, client)))
    time.sleep(1)
    recording.send_signal(signal.SIGINT)
    recording.wait()
    missing = sorted({*SERVERS, *CLIENTS} - there)
    pathlib.Path("played.json").write_text(json.dumps({"missing": missing, "played": played}, indent=0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="target/release/tlslab")
    parser.add_argument("--keep", type=pathlib.Path, help="keeps capture, keys and logs in this folder; one that holds them is read again")
    parser.add_argument("--write", type=pathlib.Path, help="writes the tables to this file")
    parser.add_argument("--only", default="", help="plays what matches this expression alone, such as 'expired: openssl/curl'")
    parser.add_argument("--misses", action="store_true", help="prints each miss with its line instead")
    options = parser.parse_args()
    binary = str(pathlib.Path(options.bin).resolve())
    write = options.write and options.write.resolve()
    folder = options.keep.resolve() if options.keep else pathlib.Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not (folder / "played.json").exists():
            if os.environ.get("TLSLAB_PEERS") != "inside":
                # A network of its own keeps everything else out of the recording.
                inside = {**os.environ, "TLSLAB_PEERS": "inside"}
                sys.exit(subprocess.run(["unshare", "--net", sys.executable, *sys.argv], env=inside).returncode)
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("50000 60999")
            run(folder, options.only)
        os.chdir(folder)
        kept = json.loads(pathlib.Path("played.json").read_text())
        judged = report.judge_all(binary, kept["played"])
        text = report.misses(judged) if options.misses else report.document(judged, kept["missing"])
        (write.write_text if write else print)(text)
        print(report.summary(judged), file=sys.stderr)
    finally:
        os.chdir("/")
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
