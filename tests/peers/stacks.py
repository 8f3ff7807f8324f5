"""How each TLS program of peers.py is started, as server and as client.

A function takes a port and options and gives a command with its environment, or None where the program cannot do what
is asked. Options of both sides: version, keylog, cert (of NAME.full.pem and NAME.key), ca, crl, ciphers, suites, groups,
alpn, sigalgs, level (what OpenSSL calls the security level), psk (in hex). Of the client: host, pin (it refuses every
certificate), clock (a day). Of the server: slow (it takes seconds for its answer), idle (seconds of patience), knows (the
only name that it serves), wants (the only common name that it takes of a client), proxy (it waits for a PROXY header).
"""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "programs"
BASIC = {"version", "keylog", "cert", "ca", "host"}
ANSWER = "hello\n"
# Reads all of the request: what ends with something unread resets its connection, and the answer is lost.
SHELL_ANSWER = """while read -r line && [ ${#line} -gt 1 ]; do :; done
printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n'
sleep 0.1
"""


def beyond(options, *known):
    """Whether something is asked that the program is not known to do."""
    return bool(set(options) - BASIC - set(known))


def pairs(options):
    """The options as words for the programs of our own."""
    found = {name: value for name, value in options.items() if name not in ("cert", "ca", "crl")}
    if "cert" in options:
        found.update(cert=f"{options['cert']}.full.pem", key=f"{options['cert']}.key")
    if "ca" in options:
        found["ca"] = f"{options['ca']}.pem"
    if "crl" in options:
        found["crl"] = f"{options['crl']}.crls.pem"
    return [f"{name}={value}" for name, value in found.items()]


def clocked(options, command):
    """The command with its clock at another day."""
    return ["faketime", options["clock"], *command] if "clock" in options else command


def own(program, *known, own_clock=False):
    """Both sides of a program of our own, which is started as PROGRAM server|client PORT OPTION=VALUE..."""
    def side(name):
        def start(port, options):
            if beyond(options, *known):
                return None
            command = [*program, name, str(port), *pairs({key: options[key] for key in options if key != "clock" or own_clock})]
            return command if own_clock else clocked(options, command), {"SSLKEYLOGFILE": options["keylog"]}
        return start
    return side("server"), side("client")


# ---- OpenSSL itself ---------------------------------------------------------------------------------------------------

def openssl_options(options):
    version = {"1.1": "-tls1_1", "1.2": "-tls1_2", "1.3": "-tls1_3"}[options["version"]]
    command = [version, "-keylogfile", options["keylog"]]
    if "cert" in options:
        command += ["-cert", f"{options['cert']}.pem", "-key", f"{options['cert']}.key"]
        if os.path.getsize(f"{options['cert']}.rest.pem"):
            command += ["-cert_chain", f"{options['cert']}.rest.pem"]
    if "ca" in options:
        command += ["-CAfile", f"{options['ca']}.pem", "-verify_return_error"]
    if "crl" in options:
        command += ["-CRL", f"{options['crl']}.crl.pem", "-crl_check"]
    if "level" in options:
        command += ["-cipher", f"{options.get('ciphers', 'DEFAULT')}:@SECLEVEL={options['level']}"]
    if "psk" in options:
        command += ["-psk", options["psk"], "-psk_identity", options.get("identity", "Client_identity")]
    for name, flag in (("ciphers", "-cipher"), ("suites", "-ciphersuites"), ("groups", "-groups"), ("alpn", "-alpn"),
                       ("sigalgs", "-sigalgs"), ("dh", "-dhparam")):
        if name in options and not (name == "ciphers" and "level" in options):
            command += [flag, options[name]]
    return command


OPENSSL = ("ciphers", "suites", "groups", "alpn", "crl", "level", "psk", "sigalgs", "dh")


def openssl_server(port, options):
    # In TLS 1.2 it minds no name of a key.
    if beyond(options, *OPENSSL, "knows", "identities") or ("identities" in options and options["version"] == "1.2"):
        return None
    asks = ["-Verify", "3"] if "ca" in options else []
    if "psk" in options:
        options = {name: value for name, value in options.items() if name != "cert"}
        asks = ["-nocert"]
    if "knows" in options:
        asks += ["-servername", options["knows"], "-servername_fatal", "-cert2", f"{options['cert']}.pem", "-key2", f"{options['cert']}.key"]
    return ["openssl", "s_server", "-4", "-accept", str(port), "-naccept", "1", "-www", *asks, *openssl_options(options)], {}


def openssl_client(port, options):
    if beyond(options, *OPENSSL, "clock", "talkative", "session", "identity"):
        return None
    # Without -quiet a line R asks for a renegotiation.
    quiet = [] if "talkative" in options else ["-quiet", "-no_ign_eof"]
    command = ["openssl", "s_client", "-4", "-connect", f"127.0.0.1:{port}", "-servername", options["host"],
               "-verify_hostname", options["host"], *quiet, *openssl_options(options)]
    if "session" in options:
        flag = "-sess_in" if os.path.exists(options["session"]) else "-sess_out"
        command += [flag, options["session"]]
    return clocked(options, command), {}


# ---- GnuTLS -----------------------------------------------------------------------------------------------------------

def gnutls_priority(options):
    priority = {"1.1": "NORMAL:-VERS-ALL:+VERS-TLS1.1", "1.2": "NORMAL:-VERS-ALL:+VERS-TLS1.2", "1.3": "NORMAL:-VERS-ALL:+VERS-TLS1.3"}[options["version"]]
    if "psk" in options:
        priority += ":-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK"
    if "sigalgs" in options:
        priority += ":-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256"
    return priority


def gnutls_server(port, options):
    if beyond(options, "crl", "psk", "identities"):
        return None
    command = ["gnutls-serv", "-q", "--http", "-p", str(port), "--priority", gnutls_priority(options)]
    if "psk" in options:
        pathlib.Path(f"{port}.psk").write_text(f"Client_identity:{options['psk']}\n")
        command += ["--pskpasswd", f"{port}.psk"]
    else:
        command += ["--x509certfile", f"{options['cert']}.full.pem", "--x509keyfile", f"{options['cert']}.key"]
    if "ca" in options:
        command += ["--x509cafile", f"{options['ca']}.pem", "--require-client-cert", "--verify-client-cert"]
    else:
        command += ["--disable-client-cert"]
    if "crl" in options:
        command += ["--x509crlfile", f"{options['crl']}.crls.pem"]
    return command, {"SSLKEYLOGFILE": options["keylog"]}


def gnutls_client(port, options):
    if beyond(options, "alpn", "psk", "sigalgs", "clock", "identity"):
        return None
    command = ["gnutls-cli", "-p", str(port), f"--sni-hostname={options['host']}", f"--verify-hostname={options['host']}",
               "--priority", gnutls_priority(options), "--x509cafile", f"{options['ca']}.pem"]
    if "cert" in options:
        command += ["--x509certfile", f"{options['cert']}.full.pem", "--x509keyfile", f"{options['cert']}.key"]
    if "alpn" in options:
        command += [f"--alpn={name}" for name in options["alpn"].split(",")]
    if "psk" in options:
        command += [f"--pskusername={options.get('identity', 'Client_identity')}", f"--pskkey={options['psk']}"]
    return clocked(options, [*command, "127.0.0.1"]), {"SSLKEYLOGFILE": options["keylog"]}


# ---- clients that ask for a page --------------------------------------------------------------------------------------

def curl_client(port, options):
    if beyond(options, "ciphers", "suites", "groups", "pin", "crl", "clock"):
        return None
    version = {"1.1": ["--tlsv1.1", "--tls-max", "1.1"], "1.2": ["--tlsv1.2", "--tls-max", "1.2"], "1.3": ["--tlsv1.3"]}[options["version"]]
    command = ["curl", "-sSf", "--http1.1", "--max-time", "5", "--resolve", f"{options['host']}:{port}:127.0.0.1",
               "--cacert", f"{options['ca']}.pem", *version]
    if "cert" in options:
        command += ["--cert", f"{options['cert']}.full.pem", "--key", f"{options['cert']}.key"]
    if "crl" in options:
        command += ["--crlfile", f"{options['crl']}.crls.pem"]
    if "pin" in options:
        command += ["--pinnedpubkey", "sha256//" + "A" * 43 + "="]
    for name, flag in (("ciphers", "--ciphers"), ("suites", "--tls13-ciphers"), ("groups", "--curves")):
        if name in options:
            command += [flag, options[name]]
    return clocked(options, [*command, f"https://{options['host']}:{port}/"]), {"SSLKEYLOGFILE": options["keylog"]}


def wget_client(port, options):
    if beyond(options, "pin", "crl", "clock") or options["host"] != "localhost":
        return None
    version = {"1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}[options["version"]]
    command = ["wget", "-q", "-O", "-", "--tries=1", "--timeout=5", f"--secure-protocol={version}",
               f"--ca-certificate={options['ca']}.pem"]
    if "cert" in options:
        command += [f"--certificate={options['cert']}.full.pem", f"--private-key={options['cert']}.key"]
    if "crl" in options:
        command += [f"--crl-file={options['crl']}.crls.pem"]
    if "pin" in options:
        command += ["--pinnedpubkey=sha256//" + "A" * 43 + "="]
    return clocked(options, [*command, f"https://{options['host']}:{port}/"]), {"SSLKEYLOGFILE": options["keylog"]}


# ---- servers with a file of settings ----------------------------------------------------------------------------------

def settings(port, text, short=True):
    """A folder for the server at this port, with its settings and a page."""
    folder = pathlib.Path(f"{port}.server").resolve()
    folder.mkdir(exist_ok=True)
    os.chmod(folder, 0o755)
    (folder / "index.html").write_text(ANSWER if short else "0123456789" * 100_000)
    (folder / "settings").write_text(text.replace("FOLDER", str(folder)).replace("PORT", str(port)))
    return folder


def files(options, with_key=False):
    """Where the certificate lies: the chain and its key, or one file with both."""
    here = pathlib.Path.cwd()
    if not with_key:
        return here / f"{options['cert']}.full.pem", here / f"{options['cert']}.key"
    both = here / f"{options['cert']}.both.pem"
    if not both.exists():
        both.write_text("".join((here / f"{options['cert']}.{part}").read_text() for part in ("full.pem", "key")))
    return both


def nginx_server(port, options):
    if beyond(options, "ciphers", "suites", "groups", "crl", "level", "slow", "idle", "knows", "proxy"):
        return None
    chain, key = files(options)
    here = pathlib.Path.cwd()
    own = [f"ssl_certificate {chain}; ssl_certificate_key {key};"]
    if "ca" in options:
        own.append(f"ssl_client_certificate {here}/{options['ca']}.pem; ssl_verify_client on; ssl_verify_depth 3;")
    if "crl" in options:
        own.append(f"ssl_crl {here}/{options['crl']}.crls.pem;")
    if "ciphers" in options or "level" in options:
        level = f":@SECLEVEL={options['level']}" if "level" in options else ""
        own.append(f"ssl_ciphers {options.get('ciphers', 'DEFAULT')}{level};")
    if "suites" in options:
        own.append(f"ssl_conf_command Ciphersuites {options['suites']};")
    if "groups" in options:
        own.append(f"ssl_ecdh_curve {options['groups'].replace('P-', 'secp')}r1;")
    if "slow" in options:
        own.append("limit_rate 40k;")
    if "idle" in options:
        own.append(f"client_header_timeout {options['idle']}s;")
    listen = f"listen 127.0.0.1:{port} ssl" + (" proxy_protocol" if "proxy" in options else "") + ";"
    extra = ""
    if "knows" in options:
        own.append(f"server_name {options['knows']};")
        extra = f"server {{ listen 127.0.0.1:{port} ssl default_server; ssl_reject_handshake on; }}"
    folder = settings(port, f"""
daemon off; master_process off; error_log FOLDER/log info; pid FOLDER/pid;
events {{ worker_connections 64; }}
http {{ access_log off; ssl_protocols TLSv{options['version']}; root FOLDER;
client_body_temp_path FOLDER/a; proxy_temp_path FOLDER/b; fastcgi_temp_path FOLDER/c; uwsgi_temp_path FOLDER/d; scgi_temp_path FOLDER/e;
{extra} server {{ {listen} {' '.join(own)} }} }}""", "slow" not in options)
    return ["nginx", "-p", str(folder), "-c", str(folder / "settings")], {}


def haproxy_server(port, options):
    if beyond(options, "ciphers", "suites", "groups", "alpn", "crl", "level", "idle", "knows", "proxy"):
        return None
    here = pathlib.Path.cwd()
    version = f"TLSv{options['version']}"
    bind = [f"bind 127.0.0.1:{port} ssl crt {files(options, True)} ssl-min-ver {version} ssl-max-ver {version}"]
    if "ca" in options:
        bind.append(f"ca-file {here}/{options['ca']}.pem verify required")
    if "crl" in options:
        bind.append(f"crl-file {here}/{options['crl']}.crls.pem")
    level = f":@SECLEVEL={options['level']}" if "level" in options else ""
    for name, word in (("suites", "ciphersuites"), ("groups", "curves"), ("alpn", "alpn")):
        if name in options:
            bind.append(f"{word} {options[name]}")
    if "ciphers" in options or level:
        bind.append(f"ciphers {options.get('ciphers', 'DEFAULT')}{level}")
    if "knows" in options:
        # The certificate is for localhost: a client that asks for another name meets none.
        bind.append("strict-sni")
    if "proxy" in options:
        bind.append("accept-proxy")
    folder = settings(port, f"""
global
  maxconn 50
defaults
  mode http
  timeout client 5s
  timeout connect 1s
  timeout server 5s
  timeout http-request {options.get('idle', 5)}s
frontend here
  {' '.join(bind)}
  http-request return status 200 content-type text/plain string hello
""")
    return ["haproxy", "-db", "-q", "-f", str(folder / "settings")], {}


def apache_server(port, options):
    if beyond(options, "ciphers", "suites", "groups", "crl", "level", "idle", "again"):
        return None
    chain, key = files(options)
    here = pathlib.Path.cwd()
    own = [f"SSLCertificateFile {chain}", f"SSLCertificateKeyFile {key}", f"SSLProtocol -all +TLSv{options['version']}"]
    level = f":@SECLEVEL={options['level']}" if "level" in options else ""
    if "ciphers" in options or level:
        own.append(f"SSLCipherSuite {options.get('ciphers', 'DEFAULT')}{level}")
    if "suites" in options:
        own.append(f"SSLCipherSuite TLSv1.3 {options['suites']}")
    if "groups" in options:
        own.append(f"SSLOpenSSLConfCmd Groups {options['groups']}")
    if "ca" in options:
        own.append(f"SSLCACertificateFile {here}/{options['ca']}.pem")
        asks = "SSLVerifyClient require\nSSLVerifyDepth 3"
        # For one place alone: the client is asked once it has said what it wants.
        own.append(f"<Location />\n{asks}\n</Location>" if "again" in options else asks)
    if "crl" in options:
        own.append(f"SSLCARevocationFile {here}/{options['crl']}.crls.pem\nSSLCARevocationCheck leaf")
    if "idle" in options:
        own.append(f"RequestReadTimeout handshake=0 header={options['idle']}")
    modules = "/usr/lib/apache2/modules"
    load = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in ("mpm_event", "authz_core", "dir", "ssl", "reqtimeout"))
    folder = settings(port, f"""
{load}
ServerRoot FOLDER
ServerName localhost
Listen 127.0.0.1:{port}
PidFile FOLDER/pid
ErrorLog FOLDER/log
LogLevel info
Mutex file:FOLDER
StartServers 1
ServerLimit 1
ThreadsPerChild 4
MaxRequestWorkers 4
MinSpareThreads 1
MaxSpareThreads 4
DocumentRoot FOLDER
<VirtualHost *:{port}>
SSLEngine on
{chr(10).join(own)}
</VirtualHost>
""")
    return ["apache2", "-d", str(folder), "-f", str(folder / "settings"), "-DFOREGROUND"], {}


def lighttpd_server(module, *known):
    def server(port, options):
        if beyond(options, *known, "idle") or not os.path.exists(f"/usr/lib/lighttpd/mod_{module}.so"):
            return None
        chain, key = files(options)
        here = pathlib.Path.cwd()
        version = f"TLSv{options['version']}"
        command = [f'"MinProtocol" => "{version}"', f'"MaxProtocol" => "{version}"']
        for name, word in (("ciphers", "CipherString"), ("suites", "Ciphersuites"), ("groups", "Curves")):
            if name in options:
                command.append(f'"{word}" => "{options[name]}"')
        own = [f'ssl.pemfile = "{chain}"', f'ssl.privkey = "{key}"', f"ssl.openssl.ssl-conf-cmd = ({', '.join(command)})"]
        if "ca" in options:
            own += [f'ssl.verifyclient.ca-file = "{here}/{options["ca"]}.pem"', 'ssl.verifyclient.activate = "enable"',
                    'ssl.verifyclient.enforce = "enable"', "ssl.verifyclient.depth = 3"]
        if "crl" in options:
            own.append(f'ssl.verifyclient.ca-crl-file = "{here}/{options["crl"]}.crls.pem"')
        if "idle" in options:
            own.append(f"server.max-read-idle = {options['idle']}\nserver.max-keep-alive-idle = {options['idle']}")
        folder = settings(port, f"""
server.modules = ("mod_{module}")
server.document-root = "FOLDER"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "FOLDER/log"
index-file.names = ("index.html")
mimetype.assign = ("" => "text/plain")
ssl.engine = "enable"
{chr(10).join(own)}
""")
        return ["lighttpd", "-D", "-f", str(folder / "settings")], {}
    return server


def stunnel(port, options, own):
    chain, key = files(options) if "cert" in options else (None, None)
    here = pathlib.Path.cwd()
    lines = [f"sslVersion = TLSv{options['version']}"]
    if chain:
        lines += [f"cert = {chain}", f"key = {key}"]
    if "ca" in options:
        lines += [f"CAfile = {here}/{options['ca']}.pem", "verifyChain = yes"]
    for name, word in (("ciphers", "ciphers"), ("suites", "ciphersuites"), ("groups", "curves")):
        if name in options:
            lines.append(f"{word} = {options[name]}")
    return "foreground = yes\n" + "\n".join(own[0]) + "\n" + "\n".join([*own[1], *lines]) + "\n"


def stunnel_server(port, options):
    if beyond(options, "ciphers", "suites", "groups", "crl", "wants"):
        return None
    here = pathlib.Path.cwd()
    more = ["requireCert = yes"] if "ca" in options else []
    if "crl" in options:
        more.append(f"CRLfile = {here}/{options['crl']}.crls.pem")
    if "wants" in options:
        more.append(f"checkHost = {options['wants']}")
    folder = settings(port, stunnel(port, options, (["pid = ", "syslog = no"], ["[here]", f"accept = 127.0.0.1:{port}", "exec = /bin/sh",
                                                                 "execArgs = sh FOLDER/says", *more])))
    (folder / "says").write_text(SHELL_ANSWER)
    return ["stunnel4", str(folder / "settings")], {}


def stunnel_client(port, options):
    if beyond(options, "ciphers", "suites", "groups", "crl", "clock"):
        return None
    more = ["client = yes", f"connect = 127.0.0.1:{port}", f"sni = {options['host']}", f"checkHost = {options['host']}"]
    if "crl" in options:
        more.append(f"CRLfile = {pathlib.Path.cwd()}/{options['crl']}.crls.pem")
    path = pathlib.Path(f"{port}.stunnel")
    path.write_text(stunnel(port, options, (["pid = ", "syslog = no", "foreground = quiet"], more)).replace("foreground = yes\n", ""))
    return clocked(options, ["stunnel4", str(path.resolve())]), {}


def socat_options(options):
    words = [f"openssl-min-proto-version=TLS{options['version']}", f"openssl-max-proto-version=TLS{options['version']}"]
    if "cert" in options:
        words += [f"cert={options['cert']}.full.pem", f"key={options['cert']}.key"]
    words += [f"cafile={options['ca']}.pem", "verify=1"] if "ca" in options else ["verify=0"]
    if "ciphers" in options:
        words.append(f"cipher={options['ciphers']}")
    return words


def socat_server(port, options):
    if beyond(options, "ciphers", "wants"):
        return None
    words = [f"bind=127.0.0.1,reuseaddr", *socat_options(options)]
    if "wants" in options:
        words.append(f"commonname={options['wants']}")
    path = pathlib.Path(f"{port}.says")
    path.write_text(SHELL_ANSWER)
    return ["socat", f"OPENSSL-LISTEN:{port},{','.join(words)}", f"EXEC:sh {path}"], {}


def socat_client(port, options):
    if beyond(options, "ciphers", "clock"):
        return None
    words = [f"commonname={options['host']}", f"snihost={options['host']}", *socat_options(options)]
    return clocked(options, ["socat", "-t2", "-", f"OPENSSL:127.0.0.1:{port},{','.join(words)}"]), {}


# ---- NSS --------------------------------------------------------------------------------------------------------------

def nss_database(options):
    """A database of NSS with the certificate, its key and the authority that is trusted."""
    folder = pathlib.Path(f"nss-{options.get('cert', '')}-{options.get('ca', '')}")
    if folder.exists():
        return folder
    made = pathlib.Path(f"{folder}-{os.getpid()}-{id(options)}")
    made.mkdir()
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["certutil", "-N", "-d", made, "--empty-password"], **quiet)
    if "ca" in options:
        subprocess.run(["certutil", "-A", "-d", made, "-n", "ca", "-t", "CT,C,C", "-i", f"{options['ca']}.pem"], **quiet)
    if "cert" in options:
        name = options["cert"]
        subprocess.run(["openssl", "pkcs12", "-export", "-in", f"{name}.full.pem", "-inkey", f"{name}.key", "-name", "own", "-passout",
                        "pass:", "-out", made / "own.p12"], **quiet)
        subprocess.run(["pk12util", "-i", made / "own.p12", "-d", made, "-W", ""], **quiet)
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made)
    return folder


def nss_server(port, options):
    if beyond(options) or options["version"] == "1.1":
        return None
    version = f"tls{options['version']}"
    asks = ["-r", "-r"] if "ca" in options else []
    return ["selfserv", "-d", str(nss_database(options)), "-n", "own", "-p", str(port), "-V", f"{version}:{version}", *asks], {"SSLKEYLOGFILE": options["keylog"]}


def nss_client(port, options):
    if beyond(options, "clock") or options["version"] == "1.1" or options["host"] != "localhost":
        return None
    version = f"tls{options['version']}"
    own = ["-n", "own"] if "cert" in options else []
    command = ["tstclnt", "-4", "-h", options["host"], "-p", str(port), "-d", str(nss_database(options)), "-V", f"{version}:{version}", *own]
    return clocked(options, command), {"SSLKEYLOGFILE": options["keylog"]}


# ---- others -----------------------------------------------------------------------------------------------------------

def botan_client(port, options):
    if beyond(options, "clock") or options["version"] != "1.2" or options["host"] != "localhost" or "cert" in options:
        return None
    command = ["botan", "tls_client", options["host"], f"--port={port}", f"--trusted-cas={options['ca']}.pem", "--skip-system-cert-store"]
    return clocked(options, command), {}


def only(side, test):
    """A side that can do only what the test allows."""
    return lambda port, options: side(port, options) if test(options) else None


python_server, python_client = own([sys.executable, str(HERE / "peer.py")], "ciphers", "alpn", "pin", "crl", "clock", "slow", "idle", "level")
node_server, node_client = own(["node", str(HERE / "peer.js")], "ciphers", "alpn", "pin", "crl", "clock", "slow", "knows", "sigalgs")
java_server, _ = own(["java", "-cp", ".", "Peer"])
go_server, go_client = own(["./go-peer"], "ciphers", "groups", "alpn", "pin", "clock", "slow", "idle", "knows", "wants", own_clock=True)
ruby_server, ruby_client = own(["ruby", str(HERE / "peer.rb")], "ciphers", "alpn", "clock", "knows")
perl_server, perl_client = own(["perl", str(HERE / "peer.pl")], "ciphers", "alpn", "clock", "crl")
php_server, php_client = own(["php", str(HERE / "peer.php")], "ciphers", "clock")
erlang_server, erlang_client = own(["escript", str(HERE / "peer.erl")], "alpn", "pin", "knows")
_, mbedtls_client = own([sys.executable, str(HERE / "mbedtls_peer.py")])
_, boring_client = own([sys.executable, str(HERE / "boring_peer.py")], "clock")
_, wolfssl_client = own(["./wolfssl-peer"], "clock")
rustls_server, rustls_client = own(["./rustls-peer"], "alpn", "suites", "groups", "clock", "crl", "knows")
_, java_client = own(["java", "-cp", ".", "Peer"], "pin", "alpn")
# Its wheel knows no TLS 1.3.
mbedtls_client = only(mbedtls_client, lambda options: options["version"] == "1.2")

SERVERS = {"openssl": openssl_server, "gnutls": gnutls_server, "python": python_server, "node": node_server, "java": java_server,
           "go": go_server, "nginx": nginx_server, "haproxy": haproxy_server, "apache": apache_server,
           "lighttpd": lighttpd_server("openssl", "ciphers", "suites", "groups", "crl"),
           "lighttpd+gnutls": lighttpd_server("gnutls", "crl"), "lighttpd+mbedtls": lighttpd_server("mbedtls", "crl"),
           "lighttpd+nss": lighttpd_server("nss"), "lighttpd+wolfssl": lighttpd_server("wolfssl", "crl"),
           "stunnel": stunnel_server, "socat": socat_server, "nss": nss_server, "ruby": ruby_server,
           "perl": perl_server, "php": php_server, "erlang": erlang_server, "rustls": rustls_server}
CLIENTS = {"openssl": openssl_client, "curl": curl_client, "gnutls": gnutls_client, "wget": wget_client,
           "python": python_client, "node": node_client, "java": java_client,
           "go": go_client, "rustls": rustls_client, "nss": nss_client, "mbedtls": mbedtls_client, "wolfssl": wolfssl_client,
           "boringssl": boring_client, "botan": botan_client, "stunnel": stunnel_client, "socat": socat_client,
           "ruby": ruby_client, "perl": perl_client, "php": php_client, "erlang": erlang_client}
# The programs by which the rules were written; the others came later, and tell how the rules do on what they did not know.
FIRST_SERVERS = ("openssl", "gnutls", "python", "node", "java")
FIRST_CLIENTS = ("openssl", "curl", "gnutls", "wget", "python", "node", "java")
# Programs that say something as soon as they are connected are given it.
REQUEST = b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"
SAYS = {name: REQUEST for name in ("openssl", "gnutls", "nss", "botan", "stunnel", "socat")}


# The programs that write down their keys: where neither side does, nobody can open the session.
KEYLOG_SERVERS = {"openssl", "gnutls", "python", "node", "go", "rustls"}
KEYLOG_CLIENTS = {"openssl", "curl", "gnutls", "wget", "python", "node", "go", "rustls"}


def has(module):
    return importlib.util.find_spec(module) is not None


def installed(folder):
    """Builds what has to be built, and gives the names of the programs that are there."""
    program = {"openssl": "openssl", "gnutls": "gnutls-cli", "python": "python3", "node": "node", "curl": "curl", "wget": "wget",
               "nginx": "nginx", "haproxy": "haproxy", "apache": "apache2", "stunnel": "stunnel4", "socat": "socat", "nss": "tstclnt",
               "botan": "botan", "ruby": "ruby", "perl": "perl", "php": "php", "erlang": "escript", "lighttpd": "lighttpd"}
    found = {name for name, command in program.items() if shutil.which(command)}
    found |= {f"lighttpd+{name}" for name in ("gnutls", "mbedtls", "nss", "wolfssl") if os.path.exists(f"/usr/lib/lighttpd/mod_{name}.so")}
    found |= {name for name, module in (("mbedtls", "mbedtls"), ("boringssl", "curl_cffi")) if has(module)}
    build = {"java": ("javac", ["javac", "-d", ".", str(HERE / "Peer.java")]),
             "go": ("go", ["go", "build", "-o", "go-peer", str(HERE / "peer.go")]),
             "wolfssl": ("cc", ["cc", "-o", "wolfssl-peer", str(HERE / "wolfssl_peer.c"), "-lwolfssl"])}
    for name, (compiler, command) in build.items():
        if shutil.which(compiler) and subprocess.run(command, cwd=folder, stderr=subprocess.DEVNULL).returncode == 0:
            found.add(name)
    rustls = HERE.parents[2] / "target" / "debug" / "examples" / "peer"
    if rustls.exists():
        shutil.copy(rustls, folder / "rustls-peer")
        found.add("rustls")
    return found
