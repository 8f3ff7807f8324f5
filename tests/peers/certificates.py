"""The certificates that the programs of peers.py show to one another, each with the one fault of its name."""

import os
import pathlib
import shutil
import subprocess

HOST = "localhost"

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
default_crl_days = 3650
crlnumber = crlnumber
[any]
organizationName = optional
commonName = optional
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[short]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[narrow]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
nameConstraints = critical, permitted;DNS:example
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::SAN
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = $ENV::AIA
[nameless]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = $ENV::AIA
[critical]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::SAN
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = $ENV::AIA
1.3.6.1.4.1.32473.1 = critical, ASN1:UTF8String:unheard of
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
ROOTS = ("root", "client-root", "other-root", "impostor")
LONG_AGO, PAST, FUTURE, FAR = "20200101000000Z", "20230101000000Z", "20380101000000Z", "20450101000000Z"
SOON = "20300101000000Z"
# Clocks that lie on either side of a certificate from LONG_AGO to SOON.
CLOCK_AHEAD, CLOCK_BEHIND = "2035-06-01", "2015-06-01"
KEYS = {
    "ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
}


def openssl(*arguments, **more):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def certificate(name, issuer, profile, common_name, start=LONG_AGO, end=FAR, host=HOST, key="ec", digest="sha256"):
    """Makes NAME.pem, NAME.key, NAME.full.pem with the chain but its root, and NAME.rest.pem with what is above NAME."""
    openssl("genpkey", *KEYS[key], "-out", f"{name}.key")
    openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/O=tlslab/CN={common_name}", "-out", "request.pem")
    signer = ["-selfsign", "-keyfile", f"{name}.key"] if issuer is None else ["-keyfile", f"{issuer}.key", "-cert", f"{issuer}.pem"]
    openssl("ca", "-batch", "-notext", "-config", "profiles.cnf", "-extensions", profile, "-in", "request.pem", "-md", digest,
            "-startdate", start, "-enddate", end, "-out", f"{name}.pem", *signer,
            env={**os.environ, "SAN": f"DNS:{host}", "AIA": AIA["middle" in (issuer or "")]})
    # A root is at the other side already.
    above = pathlib.Path(f"{issuer}.full.pem").read_text() if issuer is not None and issuer not in ROOTS else ""
    pathlib.Path(f"{name}.rest.pem").write_text(above)
    pathlib.Path(f"{name}.full.pem").write_text(pathlib.Path(f"{name}.pem").read_text() + above)


def revoke(name, issuer):
    """Makes ISSUER.crl.pem, in which NAME is listed, and ISSUER.crls.pem with the empty list of the root as well."""
    common = ["-config", "profiles.cnf", "-md", "sha256"]
    signer = ["-keyfile", f"{issuer}.key", "-cert", f"{issuer}.pem"]
    root = {"middle": "root", "client-middle": "client-root"}[issuer]
    environment = {**os.environ, "SAN": f"DNS:{HOST}", "AIA": AIA[0]}
    above = ["-keyfile", f"{root}.key", "-cert", f"{root}.pem"]
    # A list has all entries of the database: those of another issuer do no harm, their serial numbers are others'.
    openssl("ca", "-gencrl", *common, *above, "-out", f"{root}.crl.pem", env=environment)
    openssl("ca", *common, *signer, "-revoke", f"{name}.pem", "-crl_reason", "keyCompromise", env=environment)
    openssl("ca", "-gencrl", *common, *signer, "-out", f"{issuer}.crl.pem", env=environment)
    lists = [pathlib.Path(f"{which}.crl.pem").read_text() for which in (issuer, root)]
    pathlib.Path(f"{issuer}.crls.pem").write_text("".join(lists))


def make_certificates():
    pathlib.Path("profiles.cnf").write_text(PROFILES)
    pathlib.Path("index").touch()
    pathlib.Path("serial").write_text("1000")
    pathlib.Path("crlnumber").write_text("01")
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
    make_rarer_certificates()
    for name in ("good", "client"):
        # The leaf alone, without the certificate that leads to the root.
        shutil.copy(f"{name}.pem", f"{name}-alone.pem")
        shutil.copy(f"{name}.pem", f"{name}-alone.full.pem")
        pathlib.Path(f"{name}-alone.rest.pem").touch()
        shutil.copy(f"{name}.key", f"{name}-alone.key")


def make_rarer_certificates():
    certificate("rsa", "middle", "server", HOST, key="rsa")
    certificate("passing", "middle", "server", HOST, end=SOON)
    certificate("nameless", "middle", "nameless", HOST)
    certificate("wildcard", "middle", "server", "wildcard", host="*.example")
    certificate("short-key", "middle", "server", HOST, key="rsa1024")
    certificate("rsa-middle", "root", "root", "Peers RSA middle", key="rsa")
    certificate("sha1", "rsa-middle", "server", HOST, key="rsa", digest="sha1")
    certificate("critical", "middle", "critical", HOST)
    certificate("narrow-middle", "root", "narrow", "Peers narrow middle")
    certificate("outside", "narrow-middle", "server", HOST)
    certificate("short-middle", "root", "short", "Peers short middle")
    certificate("below-middle", "short-middle", "root", "Peers middle below")
    certificate("too-deep", "below-middle", "server", HOST)
    certificate("by-a-leaf", "good", "server", HOST)
    # An authority of the same name and another key, as after a reinstallation.
    certificate("impostor", None, "root", "Peers root")
    certificate("by-impostor", "impostor", "server", HOST)
    certificate("client-old-middle", "client-root", "root", "Peers client old middle", end=PAST)
    certificate("client-old-chain", "client-old-middle", "client", "somebody")
    certificate("revoked", "middle", "server", HOST)
    certificate("client-revoked", "client-middle", "client", "somebody")
    revoke("revoked", "middle")
    revoke("client-revoked", "client-middle")
