"""What is done wrong in peers.py, and which rules name it. What is true is what was done here, whatever is said of it."""

import collections

from certificates import CLOCK_AHEAD, CLOCK_BEHIND

VERSIONS = ["1.2", "1.3"]
# server, client: options beside the usual. rules: those that name the true cause; keyless: the same for a reader of TLS 1.3
# without keys. act: what is done beside starting both (see peers.py). says: what must stand in the line of the verdict, or
# in the finding. finding: nothing went wrong in the handshake, so that the rule is looked for among the findings.
Fault = collections.namedtuple("Fault", "name server client rules keyless versions act says finding later",
                               defaults=(VERSIONS, None, "", False, False))


def later(*given, **more):
    """A fault that was added after the rules were written."""
    return Fault(*given, later=True, **more)


# What a passive reader of TLS 1.3 without keys can know of a certificate that was refused.
SERVER_REFUSED, CLIENT_REFUSED = {"CERT"}, {"MTLS"}
# Some clients look into the server's list of authorities and keep back a certificate that is of none of them: what
# happened then is that none was sent.
NOT_SENT = "MTLS-01"
MUTUAL = {"ca": "client-root"}
PSK, OTHER_PSK = "aa" * 16, "bb" * 16
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
    Fault("client certificate for servers only", MUTUAL, {"cert": "client-server-usage"}, {"MTLS-05", NOT_SENT}, CLIENT_REFUSED),
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
    later("client pins another certificate", {}, {"pin": "0" * 64}, {"CERT-24"}, SERVER_REFUSED),
    later("client's clock ahead", {"cert": "passing"}, {"clock": CLOCK_AHEAD}, {"CERT-24"}, SERVER_REFUSED),
    later("client's clock behind", {"cert": "passing"}, {"clock": CLOCK_BEHIND}, {"CERT-24"}, SERVER_REFUSED),
    later("certificate on the client's revocation list", {"cert": "revoked"}, {"crl": "middle"}, {"CERT-13"}, SERVER_REFUSED),
    later("certificate without a name but its CN", {"cert": "nameless"}, {}, {"CERT-04"}, SERVER_REFUSED),
    later("wildcard for names one label down", {"cert": "wildcard"}, {"host": "shop.europe.example"}, {"CERT-04"}, SERVER_REFUSED),
    later("authority of the same name and another key", {"cert": "by-impostor"}, {}, {"CERT-08", "CERT-16"}, SERVER_REFUSED),
    later("certificate signed by a server's certificate", {"cert": "by-a-leaf"}, {}, {"CERT-16", "CERT-10"}, SERVER_REFUSED),
    later("chain longer than its path length", {"cert": "too-deep"}, {}, {"CERT-16"}, SERVER_REFUSED),
    later("name outside the authority's constraints", {"cert": "outside"}, {}, {"CERT-16"}, SERVER_REFUSED),
    later("unknown critical extension", {"cert": "critical"}, {}, {"CERT-16"}, SERVER_REFUSED),
    later("RSA key of 1024 bits", {"cert": "short-key", "level": "0"}, {}, {"CERT-12"}, SERVER_REFUSED),
    later("certificate signed with SHA-1", {"cert": "sha1", "level": "0"}, {}, {"CERT-12"}, SERVER_REFUSED),
    later("client certificate on the server's revocation list", {**MUTUAL, "crl": "client-middle"}, {"cert": "client-revoked"},
          {"MTLS"}, CLIENT_REFUSED, says="revoked|revocation"),
    later("client's intermediate expired", MUTUAL, {"cert": "client-old-chain"}, {"MTLS-05"}, CLIENT_REFUSED, says="expired|run out|no longer|ended"),
    later("client certificate with a name that the server does not take", {**MUTUAL, "wants": "somebody.else"}, {"cert": "client"},
          {"MTLS-03"}, CLIENT_REFUSED),
    later("client certificate asked for by a new handshake, none there", {**MUTUAL, "again": "1"}, {}, {"MTLS-01", "MTLS-11"}, set(), ["1.2"]),
    later("client of TLS 1.1", {"version": "1.2"}, {"version": "1.1", "level": "0"}, {"NEG-01"}, {"NEG-01"}, ["1.1"]),
    later("client takes RSA signatures alone", {}, {"sigalgs": "RSA-PSS+SHA256:RSA+SHA256"}, {"NEG-11", "NEG-06"}, {"NEG-11", "NEG-06"}),
    later("only suites for ECDSA, server with RSA", {"cert": "rsa"}, {"ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384"}, {"NEG-06"}, set(), ["1.2"]),
    later("Diffie-Hellman group of 512 bits", {"cert": "rsa", "ciphers": "DHE-RSA-AES256-GCM-SHA384", "level": "0", "dh": "dh512.pem"},
          {}, {"NEG-12"}, set(), ["1.2"]),
    later("name that the server does not know", {"knows": "shop.example"}, {}, {"CERT-18"}, {"CERT-18"}),
    later("wrong pre-shared key", {"psk": PSK}, {"psk": OTHER_PSK}, {"RES-03", "RES-07"}, {"RES-03", "RES-07"}),
    later("unknown pre-shared key", {"psk": PSK, "identities": "1"}, {"psk": PSK, "identity": "nobody"}, {"RES-06", "RES-03", "RES-07"}, {"RES-06", "RES-03"}),
    later("renegotiation refused", {}, {"talkative": "1"}, {"NEG-17"}, {"NEG-17"}, ["1.2"], act="renegotiate"),
    later("ticket of a server with other keys", {}, {"session": "PORT.session"}, {"RES-01"}, {"RES-01"}, act="resume", finding=True),
    later("silent client, server loses patience", {"idle": "6"}, {}, {"CLOSE-04"}, {"CLOSE-04"}, act="silence", says="the server", finding=True),
    later("server killed while it answers", {"slow": "1"}, {}, {"CLOSE-02", "CLOSE-03"}, {"CLOSE-02", "CLOSE-03"}, act="kill server", says="[Tt]he server (closed|reset)", finding=True),
    later("client killed while it reads", {"slow": "1"}, {}, {"CLOSE-02", "CLOSE-03"}, {"CLOSE-02", "CLOSE-03"}, act="kill client", says="[Tt]he client (closed|reset)", finding=True),
    later("a record changed on the way", {}, {}, {"KEX-01"}, {"KEX-01", "CLOSE"}, act="change data"),
    later("the ServerHello changed on the way", {}, {}, {"RES-07", "KEX-01", "CERT-17"}, {"RES-07", "KEX-01", "CERT-17"}, act="change hello"),
    later("PROXY header not sent", {"proxy": "1"}, {}, {"NET-05", "NET-13"}, {"NET-05", "NET-13"}),
    later("PROXY header not expected", {}, {}, {"NET-13"}, {"NET-13"}, act="proxy header"),
]
# Faults that need no TLS server, each with a function in peers.py: name, rules, whether it was added later.
PLAIN = [
    ("plain HTTP server", {"NET-09"}, False),
    ("plain SMTP server", {"NET-09"}, False),
    ("plain HTTP client", {"NET-10"}, False),
    ("server says nothing", {"NET-08"}, False),
    ("server closes at once", {"NET-05", "NET-03"}, False),
    ("server resets", {"NET-05"}, False),
    ("plain SSH server", {"NET-09"}, True),
    ("plain MySQL server", {"NET-09"}, True),
    ("tunnel refused by a proxy", {"NET-11"}, True),
]
