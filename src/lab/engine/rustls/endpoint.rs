//! A peer: its configuration, and what it remembers between connections.

use super::super::{Connection, Endpoint, EndpointIdentity, EndpointSetup, EngineError, SecretSink};
use super::connection::RustlsConnection;
use super::resume::{Clock, Forgetful, Store, Tickets};
use super::scope::Scope;
use super::verifier::{ClientCheck, ServerCheck};
use super::{identity, provider};
use crate::lab::random::Stream;
use crate::lab::scenario::{ClientAuth, Resume, Store as StoreKind};
use crate::tls::code::ProtocolVersion;
use rustls::client::{ClientSessionMemoryCache, ResolvesClientCert, Resumption, Tls12Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::fmt;
use std::sync::Arc;

/// How many servers a client remembers sessions of.
const SESSIONS: usize = 32;
/// Bytes of early data that a server takes: one record's worth.
const EARLY_DATA: u32 = 1 << 14;
/// Tickets of TLS 1.3 where the setup names no number, as in rustls.
const TICKETS: usize = 2;
/// What rustls counts as part of a record beside its plaintext.
const RECORD_HEADER: usize = 5;

/// A client or a server.
pub(super) struct RustlsEndpoint {
    setup: EndpointSetup,
    clock: Arc<Clock>,
    /// How many connections were begun: each has its own randomness.
    opened: u64,
    /// How often it was restarted.
    life: u64,
    role: Role,
}

enum Role {
    Client { config: Arc<ClientConfig>, check: Arc<ServerCheck>, shows: Arc<dyn ResolvesClientCert> },
    Server { config: Arc<ServerConfig>, store: Arc<Store> },
}

impl RustlsEndpoint {
    pub(super) fn client(setup: &EndpointSetup) -> Result<Self, EngineError> {
        let clock = Clock::new(setup.clock);
        let provider = Arc::new(provider::provider(setup)?);
        let check = Arc::new(ServerCheck::new(setup, &provider)?);
        let shows = identity::of_client(&setup.identities)?;
        let config = Arc::new(client_config(setup, provider, &clock, &check, &shows, None)?);
        let role = Role::Client { config, check, shows };
        Ok(Self { setup: setup.clone(), clock, opened: 0, life: 0, role })
    }

    pub(super) fn server(setup: &EndpointSetup) -> Result<Self, EngineError> {
        let clock = Clock::new(setup.clock);
        let store = Arc::new(Store::default());
        let config = Arc::new(server_config(setup, &clock, &store, 0)?);
        let role = Role::Server { config, store };
        Ok(Self { setup: setup.clone(), clock, opened: 0, life: 0, role })
    }
}

impl Endpoint for RustlsEndpoint {
    fn open(&mut self, server_name: Option<&str>) -> Result<Box<dyn Connection>, EngineError> {
        let number = self.opened.to_be_bytes();
        self.opened += 1;
        let mut scope = Scope::new(Stream::new(&self.setup.seed, &[b"connection", &number]));
        let failed = |error: rustls::Error| EngineError(error.to_string());
        let (inner, wanted) = match &self.role {
            Role::Client { config, .. } => {
                let text = server_name.ok_or_else(|| EngineError("a client needs the name of its server".into()))?;
                let name = ServerName::try_from(text.to_owned())
                    .map_err(|_| EngineError(format!("{text:?} is neither a host name nor an address")))?;
                let config = config.clone();
                (scope.during(|| ClientConnection::new(config, name)).map_err(failed)?.into(), Some(text.to_owned()))
            }
            Role::Server { config, .. } => {
                let config = config.clone();
                (scope.during(|| ServerConnection::new(config)).map_err(failed)?.into(), None)
            }
        };
        Ok(Box::new(RustlsConnection::new(inner, scope, wanted)))
    }

    fn set_clock(&mut self, seconds: i64) {
        self.clock.set(seconds);
    }

    fn restart(&mut self) {
        self.life += 1;
        match &mut self.role {
            Role::Client { config, .. } => {
                Arc::make_mut(config).resumption = resumption(self.setup.resume);
            }
            Role::Server { config, store } => {
                store.forget();
                if self.setup.resume == Resume::Ticket {
                    let tickets = Tickets::new(self.setup.seed, self.clock.clone(), self.life);
                    Arc::make_mut(config).ticketer = Arc::new(tickets);
                }
            }
        }
    }

    fn configure(&mut self, setup: &EndpointSetup) -> Result<(), EngineError> {
        match &mut self.role {
            Role::Client { config, check, shows } => {
                let provider = Arc::new(provider::provider(setup)?);
                let new_shows = if same_identities(&self.setup.identities, &setup.identities) {
                    shows.clone()
                } else {
                    identity::of_client(&setup.identities)?
                };
                let kept = (self.setup.resume == setup.resume).then(|| config.resumption.clone());
                let new = client_config(setup, provider.clone(), &self.clock, check, &new_shows, kept)?;
                check.take_in(setup, &provider)?;
                *shows = new_shows;
                *config = Arc::new(new);
            }
            Role::Server { config, store } => {
                *config = Arc::new(server_config(setup, &self.clock, store, self.life)?);
            }
        }
        self.clock.set(setup.clock);
        self.setup = setup.clone();
        Ok(())
    }
}

/// rustls resumes only while what the client shows is the same object; so it is kept where it says the same.
fn same_identities(old: &[EndpointIdentity], new: &[EndpointIdentity]) -> bool {
    let same = |(old, new): (&EndpointIdentity, &EndpointIdentity)| old.chain == new.chain && old.key == new.key;
    old.len() == new.len() && old.iter().zip(new).all(same)
}

fn client_config(
    setup: &EndpointSetup,
    provider: Arc<CryptoProvider>,
    clock: &Arc<Clock>,
    check: &Arc<ServerCheck>,
    shows: &Arc<dyn ResolvesClientCert>,
    kept: Option<Resumption>,
) -> Result<ClientConfig, EngineError> {
    let mut config = ClientConfig::builder_with_details(provider, clock.clone())
        .with_protocol_versions(&versions(&setup.versions)?)
        .map_err(|error| EngineError(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(check.clone())
        .with_client_cert_resolver(shows.clone());
    config.alpn_protocols.clone_from(&setup.alpn);
    config.enable_sni = setup.sni;
    config.enable_early_data = setup.early_data;
    config.max_fragment_size = setup.fragment.map(record_size);
    config.resumption = kept.unwrap_or_else(|| resumption(setup.resume));
    if let Some(sink) = &setup.key_log {
        config.key_log = Arc::new(KeyLog(sink.clone()));
    }
    Ok(config)
}

/// An empty memory of sessions.
fn resumption(resume: Resume) -> Resumption {
    let store = || Resumption::store(Arc::new(ClientSessionMemoryCache::new(SESSIONS)));
    match resume {
        Resume::Never => Resumption::disabled(),
        Resume::Stateful => store().tls12_resumption(Tls12Resumption::SessionIdOnly),
        Resume::Ticket => store().tls12_resumption(Tls12Resumption::SessionIdOrTickets),
    }
}

fn server_config(
    setup: &EndpointSetup,
    clock: &Arc<Clock>,
    store: &Arc<Store>,
    life: u64,
) -> Result<ServerConfig, EngineError> {
    let provider = Arc::new(provider::provider(setup)?);
    let builder = ServerConfig::builder_with_details(provider.clone(), clock.clone())
        .with_protocol_versions(&versions(&setup.versions)?)
        .map_err(|error| EngineError(error.to_string()))?;
    let builder = match setup.client_auth {
        ClientAuth::None => builder.with_no_client_auth(),
        ClientAuth::Optional | ClientAuth::Required => {
            builder.with_client_cert_verifier(Arc::new(ClientCheck::new(setup, &provider)?))
        }
    };
    let mut config = builder.with_cert_resolver(Arc::new(identity::ByName::new(&setup.identities)?));
    config.alpn_protocols.clone_from(&setup.alpn);
    config.max_fragment_size = setup.fragment.map(record_size);
    config.max_early_data_size = if setup.early_data { EARLY_DATA } else { 0 };
    let tickets = setup.tickets.map(|number| usize::try_from(number).unwrap_or(TICKETS));
    config.send_tls13_tickets = tickets.unwrap_or(if setup.resume == Resume::Never { 0 } else { TICKETS });
    store.set_careless(setup.store == StoreKind::Careless);
    match setup.resume {
        // Tickets that were asked for by number are sent, and never honoured.
        Resume::Never => config.session_storage = Arc::new(Forgetful { pretends: setup.tickets.is_some() }),
        Resume::Stateful => config.session_storage = store.clone(),
        Resume::Ticket => {
            config.session_storage = Arc::new(Forgetful { pretends: false });
            config.ticketer = Arc::new(Tickets::new(setup.seed, clock.clone(), life));
        }
    }
    if let Some(sink) = &setup.key_log {
        config.key_log = Arc::new(KeyLog(sink.clone()));
    }
    Ok(config)
}

fn versions(wanted: &[ProtocolVersion]) -> Result<Vec<&'static SupportedProtocolVersion>, EngineError> {
    const BOTH: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];
    let find = |wanted: &ProtocolVersion| {
        let missing = || EngineError(format!("rustls has no {wanted}; it has TLS 1.2 and TLS 1.3"));
        BOTH.into_iter().find(|version| u16::from(version.version) == wanted.0).ok_or_else(missing)
    };
    if wanted.is_empty() { Ok(BOTH.to_vec()) } else { wanted.iter().map(find).collect() }
}

fn record_size(plaintext: u32) -> usize {
    usize::try_from(plaintext).unwrap_or(usize::MAX).saturating_add(RECORD_HEADER)
}

/// Hands secrets on.
struct KeyLog(Arc<dyn SecretSink>);

impl rustls::KeyLog for KeyLog {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        // The key exchange does not know the connection that it is for; the first secret made from it does.
        if label != "CLIENT_EARLY_TRAFFIC_SECRET"
            && let Some(shared) = super::scope::take_agreed()
        {
            self.0.shared_secret(client_random, &shared);
        }
        self.0.secret(label, client_random, secret);
    }
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyLog")
    }
}
