#!/usr/bin/env python3
"""Makes the captures and keys of this folder anew: conversations of `openssl s_client` and `s_server`.

Needs openssl 3 and python3, and nothing else: what the two say is relayed here and written down as packets. The keys
are made for this folder alone and are good for nothing else.
"""
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
PSK = "0102030405060708090a0b0c0d0e0f10"


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, **more)


def keys():
    openssl("genrsa", "-traditional", "-out", HERE / "server.pkcs1.pem", "2048")
    source = HERE / "server.pkcs1.pem"
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", source, "-out", HERE / "server.pkcs8.pem")
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", source, "-outform", "DER", "-out", HERE / "server.pkcs8.der")
    openssl("pkcs8", "-topk8", "-passout", "pass:correct", "-in", source, "-out", HERE / "server.encrypted.pem")
    (HERE / "encrypted").mkdir(exist_ok=True)
    old = ("-passout", "pass:correct", "-in", source, "-provider", "legacy", "-provider", "default", "-out")
    for cipher in ("des", "des3", "aes128", "aes192", "aes256", "camellia128", "aria256", "seed"):
        openssl("rsa", "-" + cipher, "-traditional", *old, HERE / "encrypted" / f"pem-{cipher}.pem")
    for way in ("SHA1-3DES", "SHA1-2DES", "SHA1-RC2-40", "SHA1-RC2-128", "SHA1-DES", "SHA1-RC2-64", "MD5-DES", "MD5-RC2-64"):
        openssl("pkcs8", "-topk8", "-v1", "PBE-" + way, *old, HERE / "encrypted" / f"pbe-{way.lower()}.pem")
    openssl("pkcs8", "-topk8", "-v1", "PBE-SHA1-RC4-128", *old, HERE / "server.rc4.pem")
    openssl("req", "-x509", "-key", source, "-subj", "/CN=keys.example", "-days", "36500", "-out", HERE / "server.crt")
    openssl("pkcs12", "-export", "-passout", "pass:correct", "-inkey", source, "-in", HERE / "server.crt",
            "-out", HERE / "server.p12")
    openssl("genrsa", "-traditional", "-out", HERE / "other.pem", "2048")
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", HERE / "ec.pem")
    openssl("ec", "-aes128", "-passout", "pass:correct", "-in", HERE / "ec.pem", "-out", HERE / "ec.encrypted.pem")
    openssl("genpkey", "-algorithm", "ed25519", "-out", HERE / "ed25519.pem")


class Relay:
    """Passes bytes on and keeps them in the order in which they came."""

    def __init__(self, port):
        self.server = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.conversations = []

    def run(self, times):
        for _ in range(times):
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.server))
            said = []
            self.conversations.append(said)
            threads = [threading.Thread(target=self.copy, args=pair) for pair in
                       ((client, server, True, said), (server, client, False, said))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    @staticmethod
    def copy(source, sink, from_client, said):
        while True:
            try:
                data = source.recv(65536)
            except OSError:
                data = b""
            if not data:
                break
            said.append((from_client, data))
            sink.sendall(data)
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def pcap(conversations):
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)]
    moment = 1_700_000_000_000_000
    for number, said in enumerate(conversations):
        ports = (50000 + number, 4433)
        sequence = [1000, 2000]

        def packet(from_client, flags, data):
            nonlocal moment
            moment += 1000
            me, you = (0, 1) if from_client else (1, 0)
            tcp = struct.pack(">HHIIBBHHH", ports[me], ports[you], sequence[me], sequence[you], 0x50, flags, 65535, 0, 0)
            addresses = [bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])]
            ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(data), 0, 0x4000, 64, 6, 0) + addresses[me] + addresses[you]
            frame = ip + tcp + data
            out.append(struct.pack("<IIII", moment // 10**6, moment % 10**6, len(frame), len(frame)) + frame)
            sequence[me] += len(data) + bool(flags & 3)

        packet(True, 0x02, b"")
        packet(False, 0x12, b"")
        packet(True, 0x10, b"")
        for from_client, data in said:
            for start in range(0, len(data), 1400):
                packet(from_client, 0x18, data[start:start + 1400])
        packet(True, 0x11, b"")
        packet(False, 0x11, b"")
    return b"".join(out)


def record(name, server, client, again=None):
    """Two connections where `again` says how the second one is resumed."""
    with tempfile.TemporaryDirectory() as folder:
        port, log = free_port(), pathlib.Path(folder, "log")
        certificate = [] if "-nocert" in server else ["-key", HERE / "server.pkcs1.pem", "-cert", HERE / "server.crt"]
        process = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-quiet", "-rev", *map(str, certificate),
                                    *server], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        relay = Relay(port)
        thread = threading.Thread(target=relay.run, args=(2 if again is not None else 1,))
        thread.start()
        runs = [client] if again is None else [[*client, "-sess_out", f"{folder}/session"],
                                              [*client, "-sess_in", f"{folder}/session", *again]]
        for arguments in runs:
            talker = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{relay.port}", "-keylogfile",
                                       str(log), *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            time.sleep(0.5)
            talker.stdin.write(b"what only the two should know\n")
            talker.stdin.flush()
            time.sleep(0.5)
            talker.stdin.close()
            talker.wait()
        thread.join()
        process.terminate()
        (HERE / f"{name}.pcap").write_bytes(pcap(relay.conversations))
        (HERE / f"{name}.keys").write_text(log.read_text())
        print(name, [len(said) for said in relay.conversations])


def main():
    os.chdir(HERE)
    keys()
    legacy = ["-tls1_2"]
    psk = ["-psk", PSK, "-psk_identity", "lamp"]
    record("rsa-ticket", [], [*legacy, "-cipher", "AES128-GCM-SHA256"], [])
    record("rsa-session-id", ["-no_ticket"], [*legacy, "-cipher", "AES128-SHA"], [])
    record("rsa-tls10", ["-cipher", "AES128-SHA@SECLEVEL=0"], ["-tls1", "-cipher", "AES128-SHA@SECLEVEL=0"])
    record("ecdhe", [], [*legacy, "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"])
    record("tls13", [], ["-tls1_3"])
    record("psk", ["-nocert", *psk], [*legacy, *psk, "-cipher", "PSK-AES128-GCM-SHA256"])
    record("rsa-psk", [*psk], [*legacy, *psk, "-cipher", "RSA-PSK-AES128-GCM-SHA256"])
    record("ecdhe-psk", ["-nocert", *psk], [*legacy, *psk, "-cipher", "ECDHE-PSK-AES128-CBC-SHA256"])
    # Without a group in common there is no Diffie-Hellman.
    record("psk-tls13", ["-nocert", "-tls1_3", "-allow_no_dhe_kex", "-groups", "P-384", *psk],
           ["-tls1_3", "-allow_no_dhe_kex", "-groups", "P-256", *psk])
    record("psk-dhe-tls13", ["-nocert", "-tls1_3", *psk], ["-tls1_3", *psk])


main()
