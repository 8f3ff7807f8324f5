//! One side of a TLS connection by rustls, for peers.py: peer server|client PORT OPTION=VALUE...

#![allow(clippy::print_stdout)] // it is a program by itself

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::server::{ResolvesServerCertUsingSni, WebPkiClientVerifier};
use rustls::{CipherSuite, NamedGroup, SupportedProtocolVersion, sign::CertifiedKey, version};
use rustls::{ClientConfig, ClientConnection, KeyLogFile, RootCertStore, ServerConfig, ServerConnection, Stream};

type Options = HashMap<String, String>;
type Anything = Result<(), Box<dyn std::error::Error>>;

fn main() -> Anything {
    let mut words = std::env::args().skip(1);
    let (side, port) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let options: Options = words.filter_map(|word| word.split_once('=').map(|(a, b)| (a.into(), b.into()))).collect();
    if side == "server" { server(port.parse()?, &options) } else { client(port.parse()?, &options) }
}

fn provider(options: &Options) -> Arc<CryptoProvider> {
    let mut made = aws_lc_rs::default_provider();
    let suite = match options.get("suites").map(String::as_str) {
        Some("TLS_AES_256_GCM_SHA384") => Some(CipherSuite::TLS13_AES_256_GCM_SHA384),
        Some(_) => Some(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
        None => None,
    };
    made.cipher_suites.retain(|own| suite.is_none_or(|suite| own.suite() == suite));
    let group = match options.get("groups").map(String::as_str) {
        Some("P-384") => Some(NamedGroup::secp384r1),
        Some(_) => Some(NamedGroup::secp521r1),
        None => None,
    };
    if let Some(group) = group {
        made.kx_groups = aws_lc_rs::ALL_KX_GROUPS.to_vec();
        made.kx_groups.retain(|own| own.name() == group);
    }
    Arc::new(made)
}

fn versions(options: &Options) -> Vec<&'static SupportedProtocolVersion> {
    if options["version"] == "1.3" { vec![&version::TLS13] } else { vec![&version::TLS12] }
}

fn chain(path: &str) -> Result<Vec<CertificateDer<'static>>, Box<dyn std::error::Error>> {
    Ok(CertificateDer::pem_file_iter(path)?.collect::<Result<_, _>>()?)
}

fn roots(options: &Options) -> Result<Arc<RootCertStore>, Box<dyn std::error::Error>> {
    let mut made = RootCertStore::empty();
    made.add_parsable_certificates(chain(&options["ca"])?);
    Ok(Arc::new(made))
}

fn lists(options: &Options) -> Vec<CertificateRevocationListDer<'static>> {
    let Some(path) = options.get("crl") else { return Vec::new() };
    CertificateRevocationListDer::pem_file_iter(path).into_iter().flatten().flatten().collect()
}

fn server(port: u16, options: &Options) -> Anything {
    let provider = provider(options);
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(&versions(options))?;
    let builder = if options.contains_key("ca") {
        let verifier = WebPkiClientVerifier::builder_with_provider(roots(options)?, provider.clone());
        builder
            .with_client_cert_verifier(verifier.with_crls(lists(options)).only_check_end_entity_revocation().build()?)
    } else {
        builder.with_no_client_auth()
    };
    let (chain, key) = (chain(&options["cert"])?, PrivateKeyDer::from_pem_file(&options["key"])?);
    let mut config = if let Some(known) = options.get("knows") {
        let mut names = ResolvesServerCertUsingSni::new();
        let _ = names.add(known, CertifiedKey::new(chain, provider.key_provider.load_private_key(key)?));
        builder.with_cert_resolver(Arc::new(names))
    } else {
        builder.with_single_cert(chain, key)?
    };
    config.alpn_protocols = options.get("alpn").iter().flat_map(|names| names.split(',')).map(Into::into).collect();
    config.key_log = Arc::new(KeyLogFile::new());
    let (mut tcp, _) = TcpListener::bind(("127.0.0.1", port))?.accept()?;
    let mut tls = ServerConnection::new(Arc::new(config))?;
    let done = answer(&mut Stream::new(&mut tls, &mut tcp));
    tls.send_close_notify();
    // What is still to be said is mostly why not.
    let _ = tls.write_tls(&mut tcp);
    Ok(done?)
}

fn answer(stream: &mut Stream<'_, ServerConnection, TcpStream>) -> std::io::Result<()> {
    let _ = stream.read(&mut [0; 4096])?;
    stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
}

fn client(port: u16, options: &Options) -> Anything {
    let provider = provider(options);
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_protocol_versions(&versions(options))?;
    let verifier = WebPkiServerVerifier::builder_with_provider(roots(options)?, provider).with_crls(lists(options));
    let builder = builder.with_webpki_verifier(verifier.only_check_end_entity_revocation().build()?);
    let mut config = match options.get("cert") {
        Some(path) => builder.with_client_auth_cert(chain(path)?, PrivateKeyDer::from_pem_file(&options["key"])?)?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = options.get("alpn").iter().flat_map(|names| names.split(',')).map(Into::into).collect();
    config.key_log = Arc::new(KeyLogFile::new());
    let mut tcp = TcpStream::connect(("127.0.0.1", port))?;
    tcp.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut tls = ClientConnection::new(Arc::new(config), ServerName::try_from(options["host"].clone())?)?;
    let mut stream = Stream::new(&mut tls, &mut tcp);
    stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    print!("{}", String::from_utf8_lossy(&answer));
    Ok(read.map(|_| ())?)
}
