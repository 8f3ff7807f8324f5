#!/usr/bin/env bash
# Makes the sample captures anew: real peers on a loopback interface of their own, recorded by tcpdump.
#
#   sudo captures/make.sh
#
# Needs bash, root, openssl 3, curl, gnutls-cli, python3, tcpdump, editcap, ip; and two peers that can X25519MLKEM768:
# openssl 3.5, or a program that PQ_PEER names (see the end). Nothing is installed, and nothing leaves the machine.
# Keys, certificates, ports of the clients and times are new each time, so every run gives other bytes.
set -euo pipefail

# A network namespace keeps everything else out of the recordings.
if [[ ${1:-} != --inside ]]; then
    exec unshare --net -- "$0" --inside
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# An Ethernet's limits, so that long messages need several segments as they do in the world.
ip link set lo mtu 1500 gso_max_segs 1
ip link set lo up
if [[ -z ${PQ_PEER:-} ]] && ! openssl list -kem-algorithms | grep -q X25519MLKEM768; then
    echo "this openssl cannot X25519MLKEM768: PQ_PEER must name a program that can" >&2
    exit 1
fi

# ---- certificates ----------------------------------------------------------------------------------------------

# authority DIRECTORY COMMON-NAME
authority() {
    mkdir "$1" && touch "$1/index" && echo 1000 >"$1/serial"
    openssl ecparam -name prime256v1 -genkey -noout -out "$1/key.pem"
    cat >"$1/ca.cnf" <<CNF
[ca]
default_ca = this
[this]
dir = $1
database = $1/index
serial = $1/serial
new_certs_dir = $1
certificate = $1/ca.pem
private_key = $1/key.pem
default_md = sha256
policy = any
unique_subject = no
[any]
countryName = optional
organizationName = optional
commonName = supplied
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = \$ENV::SAN
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = \$ENV::SAN
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
    openssl req -new -key "$1/key.pem" -subj "/C=EU/O=tlslab/CN=$2" -out "$1/ca.csr"
    SAN=none:none openssl ca -batch -notext -config "$1/ca.cnf" -selfsign -extensions root -in "$1/ca.csr" \
        -startdate 20250101000000Z -enddate 20450101000000Z -out "$1/ca.pem" 2>/dev/null
}

# certificate NAME AUTHORITY PROFILE COMMON-NAME SUBJECT-ALTERNATIVE-NAMES [FROM TO]
certificate() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
    openssl req -new -key "$1.key" -subj "/C=EU/O=tlslab/CN=$4" -out "$1.csr"
    SAN=$5 openssl ca -batch -notext -config "$2/ca.cnf" -extensions "$3" -in "$1.csr" \
        -startdate "${6:-20250101000000Z}" -enddate "${7:-20450101000000Z}" -out "$1.pem" 2>/dev/null
}

authority root "tlslab Sample Root CA"
authority other "tlslab Other Root CA"
certificate localhost root server localhost DNS:localhost,IP:127.0.0.1
certificate shop root server shop.example DNS:shop.example,DNS:www.shop.example
certificate expired root server localhost DNS:localhost 20230101000000Z 20240101000000Z
certificate stranger other server localhost DNS:localhost
certificate client root client "Sample Client" email:client@shop.example
echo "a page that only the two peers can read" >page.txt

# ---- recording -------------------------------------------------------------------------------------------------

# Waits until somebody listens on port 4433.
listening() {
    for _ in $(seq 100); do
        grep -q ':1151 00000000:0000 0A' /proc/net/tcp && return
        sleep 0.05
    done
    echo "no server came up" >&2 && return 1
}

# record NAME: serves with the function serve and calls with the function call, and keeps what went over the wire.
record() {
    local name=$1
    # What was left of the sample before must not be taken for a sign that this one is ready.
    rm -f session.pem tcpdump.log && touch "$name.keys" tcpdump.log
    export KEYS=$work/$name.keys
    serve >server.log 2>&1 &
    local server=$!
    listening
    tcpdump --immediate-mode -U -i lo -s 0 -w "$name.pcap" tcp port 4433 2>>tcpdump.log &
    local tcpdump=$!
    until grep -q 'listening on' tcpdump.log; do sleep 0.05; done
    call >client.log 2>&1 || true
    sleep 0.4
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    sleep 0.2
    kill -INT "$tcpdump" && wait "$tcpdump" 2>/dev/null || true
    editcap -F pcapng "$name.pcap" "$here/$name.pcapng"
    # The same secret may be written by both peers.
    sort -u "$name.keys" | { grep -v '^#' || true; } >"$here/$name.keys"
    echo "$name: $(stat -c %s "$here/$name.pcapng") bytes, $(wc -l <"$here/$name.keys") secrets"
}

# Servers take the place of the shell that runs them, so that they can be ended by its number.
# A server of OpenSSL with a certificate and more options; it sends each line back reversed.
echo_server() { exec openssl s_server -4 -accept 4433 -naccept "${COUNT:-1}" -rev -cert "$1.pem" -key "$1.key" "${@:2}"; }
page_server() { exec openssl s_server -4 -accept 4433 -WWW -cert "$1.pem" -key "$1.key" "${@:2}"; }
# A client of OpenSSL that trusts the sample authority and says one line.
say() {
    (sleep 0.3 && echo "$1" && sleep 0.3) | openssl s_client -4 -connect 127.0.0.1:4433 -servername localhost \
        -CAfile root/ca.pem -keylogfile "$KEYS" -nocommands "${@:2}"
}
fetch() { SSLKEYLOGFILE=$KEYS curl -s --resolve localhost:4433:127.0.0.1 https://localhost:4433/page.txt "$@"; }

# ---- the samples -----------------------------------------------------------------------------------------------

serve() { page_server localhost -tls1_2; }
call() { fetch --cacert root/ca.pem; }
record one-way-tls12

serve() { page_server localhost -tls1_3; }
call() { fetch --cacert root/ca.pem; }
record one-way-tls13

serve() { echo_server localhost -tls1_2 -Verify 1 -verify_return_error -CAfile root/ca.pem; }
call() {
    (sleep 0.3 && echo "it is me" && sleep 0.3) | SSLKEYLOGFILE=$KEYS gnutls-cli -p 4433 --sni-hostname=localhost \
        --verify-hostname=localhost --x509cafile=root/ca.pem --x509certfile=client.pem --x509keyfile=client.key 127.0.0.1
}
record mutual-tls12

serve() { page_server localhost -tls1_3 -Verify 1 -verify_return_error -CAfile root/ca.pem; }
call() { fetch --cacert root/ca.pem --cert client.pem --key client.key; }
record mutual-tls13

serve() { echo_server localhost -tls1_2 -Verify 1 -verify_return_error -CAfile root/ca.pem; }
call() { say "nobody asked me before"; }
record client-certificate-missing-tls12

serve() { echo_server localhost -tls1_3 -Verify 1 -verify_return_error -CAfile root/ca.pem; }
call() { say "I thought that I was in"; }
record client-certificate-missing-tls13

serve() { page_server expired; }
call() { fetch --cacert root/ca.pem; }
record certificate-expired

serve() { echo_server shop -tls1_2; }
call() { say "hello" -verify_hostname localhost -verify_return_error; }
record wrong-host

serve() { page_server stranger; }
call() { fetch --cacert root/ca.pem; }
record unknown-ca

serve() { echo_server localhost -tls1_3 -groups P-384; }
call() { say "second try" -groups X25519:P-384; }
record hello-retry-request

serve() { COUNT=2 echo_server localhost -tls1_2; }
call() { say "first time" -sess_out session.pem && say "you know me" -sess_in session.pem; }
record resumption-tls12

serve() { COUNT=2 echo_server localhost -tls1_3; }
call() { say "first time" -sess_out session.pem && say "you know me" -sess_in session.pem; }
record resumption-tls13

serve() { echo_server localhost -tls1_3 -alpn http/1.1; }
call() { say "not quite HTTP" -alpn h2,http/1.1; }
record alpn

serve() { echo_server localhost -tls1_3; }
call() { say "hello" -tls1_2; }
record no-common-version

serve() { exec python3 "$here/smtp-server.py" localhost.pem localhost.key; }
call() {
    (sleep 0.3 && printf 'EHLO client.example\n' && sleep 0.2 && printf 'QUIT\n' && sleep 0.2) |
        openssl s_client -4 -connect 127.0.0.1:4433 -servername localhost -starttls smtp -name client.example \
            -CAfile root/ca.pem -keylogfile "$KEYS" -nocommands -crlf
}
record smtp-starttls

# Any two peers with X25519MLKEM768 will do. PQ_PEER is a program that is called as
#   PQ_PEER server CERTIFICATE KEY ADDRESS        takes one connection and sends back what it gets
#   PQ_PEER client AUTHORITY ADDRESS NAME         says a line, and writes its secrets to $SSLKEYLOGFILE
if [[ -n ${PQ_PEER:-} ]]; then
    serve() { exec "$PQ_PEER" server localhost.pem localhost.key 127.0.0.1:4433; }
    call() { SSLKEYLOGFILE=$KEYS "$PQ_PEER" client root/ca.pem 127.0.0.1:4433 localhost; }
else
    serve() { echo_server localhost -tls1_3 -groups X25519MLKEM768:X25519; }
    call() { say "a shared secret against quantum computers" -groups X25519MLKEM768:X25519; }
fi
record post-quantum

cp root/ca.pem "$here/sample-root-ca.pem"
