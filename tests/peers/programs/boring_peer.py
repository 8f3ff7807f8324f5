"""A TLS client by BoringSSL, in libcurl, for peers.py: boring_peer.py client PORT OPTION=VALUE..."""

import sys

import curl_cffi
from curl_cffi.const import CurlOpt

_, port, *pairs = sys.argv[1:]
options = dict(pair.split("=", 1) for pair in pairs)
# CURL_SSLVERSION_TLSv1_2 and _3, and the same as the highest that is offered.
version = {"1.2": 6 | 6 << 16, "1.3": 7 | 7 << 16}[options["version"]]
given = {CurlOpt.SSLVERSION: version, CurlOpt.RESOLVE: [f"{options['host']}:{port}:127.0.0.1".encode()]}
if "cert" in options:
    given |= {CurlOpt.SSLCERT: options["cert"].encode(), CurlOpt.SSLKEY: options["key"].encode()}
session = curl_cffi.Session(curl_options=given, verify=options["ca"], timeout=5, http_version="v1")
answer = session.get(f"https://{options['host']}:{port}/")
print(f"HTTP/1.0 {answer.status_code}")
