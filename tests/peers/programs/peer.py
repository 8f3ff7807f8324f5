"""One side of a TLS connection by Python's ssl, for peers.py: peer.py server|client PORT OPTION=VALUE..."""

import hashlib
import socket
import ssl
import sys
import time

VERSIONS = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def context(side, options):
    kind = ssl.PROTOCOL_TLS_SERVER if side == "server" else ssl.PROTOCOL_TLS_CLIENT
    made = ssl.SSLContext(kind)
    made.minimum_version = made.maximum_version = VERSIONS[options["version"]]
    if "level" in options:
        made.set_ciphers(f"DEFAULT:@SECLEVEL={options['level']}")
    if "cert" in options:
        made.load_cert_chain(options["cert"], options["key"])
    if "ca" in options:
        made.load_verify_locations(options["ca"])
        made.verify_mode = ssl.CERT_REQUIRED
    if "crl" in options:
        made.load_verify_locations(options["crl"])
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if "ciphers" in options:
        made.set_ciphers(options["ciphers"])
    if "alpn" in options:
        made.set_alpn_protocols(options["alpn"].split(","))
    if "keylog" in options:
        made.keylog_filename = options["keylog"]
    return made


def server(port, options):
    listener = socket.create_server(("127.0.0.1", port))
    connection, _ = listener.accept()
    with context("server", options).wrap_socket(connection, server_side=True) as secured:
        if "idle" in options:
            secured.settimeout(float(options["idle"]))
        secured.recv(4096)
        secured.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
        for _ in range(100 if "slow" in options else 0):
            secured.sendall(bytes(20000))
            time.sleep(0.03)
        # A server that closes with unread data resets the connection, and what it said last is lost.
        secured.unwrap()


def client(port, options):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        with context("client", options).wrap_socket(connection, server_hostname=options["host"]) as secured:
            if "pin" in options and hashlib.sha256(secured.getpeercert(True)).hexdigest() != options["pin"]:
                sys.exit("this is not the certificate that was pinned")
            secured.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            answer = secured.recv(4096)
            print(answer.decode())
            if not answer:
                sys.exit("no answer")


side, port, *pairs = sys.argv[1:]
{"server": server, "client": client}[side](int(port), dict(pair.split("=", 1) for pair in pairs))
