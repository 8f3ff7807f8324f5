//! Servers and clients of other people's making.

use super::capture::{can_capture, have, run, until};
use super::network::Pair;
use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// One authority, a server and a client that it vouches for.
pub struct Papers {
    folder: TempDir,
}

impl Papers {
    pub fn new() -> Self {
        // Who root becomes may look into it.
        let open = std::fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().permissions(open).tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let key = ["-newkey", "rsa:2048", "-nodes"];
        run(
            "openssl",
            &[
                &["req", "-x509", "-subj", "/CN=Live Test CA", "-keyout", &at("ca.key"), "-out", &at("ca.pem")][..],
                &key,
            ]
            .concat(),
        );
        for (name, subject) in [("server", "/CN=localhost"), ("client", "/CN=client")] {
            let (key_file, request) = (at(&format!("{name}.key")), at(&format!("{name}.csr")));
            run(
                "openssl",
                &[&["req", "-new", "-subj", subject, "-keyout", &key_file, "-out", &request][..], &key].concat(),
            );
            let certificate = at(&format!("{name}.pem"));
            let signing = ["-req", "-CAcreateserial", "-days", "2", "-CA", &at("ca.pem"), "-CAkey", &at("ca.key")];
            run("openssl", &[&["x509"][..], &signing, &["-in", &request, "-out", &certificate]].concat());
        }
        Self { folder }
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The library of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    OpenSsl,
    GnuTls,
}

/// A server that listens.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts one on all addresses of this machine and waits until it listens.
    pub fn start(library: Library, papers: &Papers, mutual: bool) -> Self {
        let port = free_port();
        let mut command = match library {
            Library::OpenSsl => openssl(port, papers, mutual),
            Library::GnuTls => gnutls(port, papers, mutual),
        };
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the server listens", || knock(port));
        Self { child, port }
    }
}

/// A server of OpenSSL that any client may visit, and a filter that lets only its packets through.
pub struct Stage {
    pub papers: Papers,
    pub server: Server,
    pub filter: String,
}

impl Stage {
    /// Sets it up; nothing where this machine cannot do it.
    pub fn new() -> Option<Self> {
        Self::of(false)
    }

    /// The same with a server that wants to know its clients, if it is `mutual`.
    pub fn of(mutual: bool) -> Option<Self> {
        if !can_capture() || !have(&["openssl"]) {
            return None;
        }
        let papers = Papers::new();
        let server = Server::start(Library::OpenSsl, &papers, mutual);
        let filter = format!("tcp port {}", server.port);
        Some(Self { papers, server, filter })
    }

    /// A file that is there as long as the server.
    pub fn file(&self) -> PathBuf {
        self.papers.folder().join("out.pcapng")
    }

    /// Lets a client make one connection.
    pub fn visit(&self, version: &'static str) {
        visit(Visit { client: "openssl", version, mutual: false }, &self.papers, self.server.port);
    }

    /// Lets a client ask for a host by its name.
    pub fn greet(&self, name: &str) {
        let address = format!("127.0.0.1:{}", self.server.port);
        run("openssl", &["s_client", "-connect", &address, "-servername", name]);
    }
}

/// Whether somebody listens. It waits until the server has let go of the connection again: what it sends at its end
/// would otherwise be captured as a session of its own.
fn knock(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.shutdown(Shutdown::Write).unwrap();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut Vec::new());
    true
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn openssl(port: u16, papers: &Papers, mutual: bool) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_server", "-www", "-quiet", "-cipher", "ALL:@SECLEVEL=0", "-accept", &port.to_string()]);
    command.args(["-key", &papers.path("server.key"), "-cert", &papers.path("server.pem")]);
    if mutual {
        command.args(["-Verify", "1", "-CAfile", &papers.path("ca.pem")]);
    }
    command
}

fn gnutls(port: u16, papers: &Papers, mutual: bool) -> Command {
    let mut command = Command::new("gnutls-serv");
    command.args(["--quiet", "--http", "--priority", GNUTLS_ALL, "--port", &port.to_string()]);
    command.args(["--x509keyfile", &papers.path("server.key"), "--x509certfile", &papers.path("server.pem")]);
    if mutual {
        command.args(["--require-client-cert", "--x509cafile", &papers.path("ca.pem")]);
    } else {
        command.arg("--disable-client-cert");
    }
    command
}

const GNUTLS_ALL: &str = "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1";

/// What a client is told.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub client: &'static str,
    /// `1.2`.
    pub version: &'static str,
    pub mutual: bool,
}

/// Lets a client make one connection. How it ends is seen on the wire; a program that refuses its arguments is not.
pub fn visit(visit: Visit, papers: &Papers, port: u16) {
    complete(visit, Command::new(visit.client), papers, "127.0.0.1", port);
}

/// The same from the far side of a pair of cards.
pub fn visit_from(pair: &Pair, visit: Visit, papers: &Papers, port: u16) {
    complete(visit, pair.inside(visit.client), papers, &pair.near_address, port);
}

fn complete(visit: Visit, mut command: Command, papers: &Papers, host: &str, port: u16) {
    arguments(&mut command, visit, papers, host, port);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("Usage") && !said.contains("unknown option"), "{command:?}: {said}");
}

fn arguments(command: &mut Command, visit: Visit, papers: &Papers, host: &str, port: u16) {
    let Visit { client, version, mutual } = visit;
    let own = [papers.path("client.pem"), papers.path("client.key")];
    match client {
        "openssl" => {
            let version = format!("-tls{}", version.replace('.', "_").replace("1_0", "1"));
            command.args(["s_client", "-cipher", "ALL:@SECLEVEL=0", &version, "-connect", &format!("{host}:{port}")]);
            if mutual {
                command.args(["-cert", &own[0], "-key", &own[1]]);
            }
        }
        "curl" => {
            let url = format!("https://{host}:{port}/");
            command.args(["--silent", "--insecure", "--max-time", "20", "--tls-max", version, &url]);
            if mutual {
                command.args(["--cert", &own[0], "--key", &own[1]]);
            }
        }
        _ => {
            let priority = format!("NORMAL:-VERS-ALL:+VERS-TLS{version}");
            command.args(["--insecure", "--priority", &priority, "--port", &port.to_string(), host]);
            if mutual {
                command.args(["--x509certfile", &own[0], "--x509keyfile", &own[1]]);
            }
        }
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
