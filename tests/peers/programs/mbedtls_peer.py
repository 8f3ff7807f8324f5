"""A TLS client by mbedTLS, for peers.py: mbedtls_peer.py client PORT OPTION=VALUE..."""

import re
import socket
import sys

from mbedtls import pk, tls, x509


def certificates(path):
    text = open(path).read()
    return [x509.CRT.from_PEM(part) for part in re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, re.S)]


def again(step, *given):
    while True:
        try:
            return step(*given)
        except (tls.WantReadError, tls.WantWriteError):
            pass


_, port, *pairs = sys.argv[1:]
options = dict(pair.split("=", 1) for pair in pairs)
trust = tls.TrustStore()
for authority in certificates(options["ca"]):
    trust.add(authority)
given = {"trust_store": trust, "validate_certificates": True}
if "cert" in options:
    key = pk.ECC.from_buffer(open(options["key"], "rb").read() + b"\0")
    given["certificate_chain"] = tuple([*certificates(options["cert"])]), key
context = tls.ClientContext(tls.TLSConfiguration(**given))
with socket.create_connection(("127.0.0.1", int(port)), timeout=5) as connection:
    secured = context.wrap_socket(connection, server_hostname=options["host"])
    again(secured.do_handshake)
    again(secured.send, b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
    answer = again(secured.recv, 4096)
    print(answer.decode())
