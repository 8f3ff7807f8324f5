//! What the hellos say of the keys of a record: up to TLS 1.2 those of the handshake that the keys are made in, which
//! need not be the latest one, because one direction may be read far ahead of the other.

use super::Tracker;
use super::opening::Opening;
use crate::net::Direction;
use crate::tls::code::{CipherSuite, ProtocolVersion};
use crate::tls::decrypt::Draft;
use crate::tls::handshake::{ClientHello, ServerHello};

/// What the hellos say of the keys.
pub(super) struct Known<'a> {
    pub(super) version: Option<ProtocolVersion>,
    pub(super) cipher_suite: Option<CipherSuite>,
    pub(super) client_random: Option<[u8; 32]>,
    pub(super) server_random: Option<[u8; 32]>,
    pub(super) offered: ProtocolVersion,
    pub(super) encrypt_then_mac: bool,
    /// Whether the master secret is made from the handshake itself (RFC 7627).
    pub(super) extended_master_secret: bool,
    pub(super) session_id: &'a [u8],
    /// The ticket that the client showed.
    pub(super) ticket: &'a [u8],
    /// The ticket that the server gave.
    pub(super) new_ticket: &'a [u8],
    /// Whether there was a ClientKeyExchange; without it the handshake resumes an earlier connection.
    pub(super) key_exchanged: bool,
    /// Whether early data was announced.
    pub(super) early_data: bool,
    /// Whether the server took a pre-shared key of TLS 1.3, and whether Diffie-Hellman was added to it.
    pub(super) psk: Option<bool>,
}

impl Known<'_> {
    /// The ways of the version that was chosen or, as long as that is not known, of the one that the client offers.
    pub(super) fn draft(&self) -> Draft {
        Draft::of(self.version.unwrap_or(self.offered))
    }
}

/// The random from which keys are made: of a hello in the form of SSL 2, its challenge with zeros in front
/// (RFC 5246 E.2).
pub(crate) fn client_random(hello: &ClientHello) -> Option<[u8; 32]> {
    if hello.random.is_some() {
        return hello.random;
    }
    let mut random = [0; 32];
    let start = random.len().checked_sub(hello.ssl2_challenge.len())?;
    random.get_mut(start..)?.copy_from_slice(&hello.ssl2_challenge);
    Some(random)
}

impl Tracker {
    pub(super) fn client_random(&self) -> Option<[u8; 32]> {
        self.session.client_hellos.last().and_then(|hello| client_random(&hello.item))
    }

    /// What the latest hellos say.
    pub(super) fn known(&self) -> Known<'_> {
        let client = self.session.client_hellos.last().map(|hello| &*hello.item);
        let server = self.session.server_hellos.last().map(|hello| &*hello.item);
        self.known_of(client, server.filter(|hello| !hello.is_hello_retry_request))
    }

    /// What the hellos say that the keys of a record are made with. Up to TLS 1.2 one direction may be read far ahead of
    /// the other, so that the latest handshake need not be the one.
    pub(super) fn known_for(&self, opening: &Opening, direction: Direction) -> Known<'_> {
        let Some(version) = self.version.filter(|version| !version.is_tls13()) else { return self.known() };
        let (client, server) = self.handshake_hellos(opening.next_handshake(direction)).unzip();
        Known { version: Some(version), ..self.known_of(client, server) }
    }

    /// The hellos of the handshake with this number, up to TLS 1.2: the ServerHello, and the ClientHello that it answers.
    fn handshake_hellos(&self, number: usize) -> Option<(&ClientHello, &ServerHello)> {
        let servers = &self.session.server_hellos;
        let server = servers.get(number)?;
        let before = number.checked_sub(1).and_then(|number| servers.get(number)).map_or(0, |hello| hello.frame);
        let clients = &self.session.client_hellos;
        let answered = clients.iter().rfind(|hello| (before..=server.frame).contains(&hello.frame));
        let client = answered.or(clients.first().filter(|_| number == 0))?;
        Some((&client.item, &server.item))
    }

    fn known_of<'a>(&'a self, client: Option<&'a ClientHello>, server: Option<&'a ServerHello>) -> Known<'a> {
        let offered = client.and_then(|hello| hello.supported_versions.iter().find(|version| version.is_tls13()));
        Known {
            version: server.map(ServerHello::version),
            cipher_suite: server.and_then(|hello| hello.cipher_suite),
            client_random: client.and_then(client_random),
            server_random: server.and_then(|hello| hello.random),
            encrypt_then_mac: server.is_some_and(|hello| hello.encrypt_then_mac),
            extended_master_secret: server.is_some_and(|hello| hello.extended_master_secret),
            session_id: server.map(|hello| hello.session_id.as_slice()).unwrap_or_default(),
            ticket: client.map(|hello| hello.session_ticket.as_slice()).unwrap_or_default(),
            new_ticket: &self.new_ticket,
            key_exchanged: self.key_exchanged,
            early_data: client.is_some_and(|hello| hello.early_data),
            psk: server.filter(|hello| hello.selected_psk.is_some()).map(|hello| hello.key_share_group.is_some()),
            offered: offered.copied().unwrap_or(ProtocolVersion::TLS13),
        }
    }

    /// Whether the hellos are there from which the keys of the next record of this direction are made.
    pub(super) fn has_hellos_for(&self, opening: &mut Opening, direction: Direction) -> bool {
        if self.version.is_none_or(ProtocolVersion::is_tls13) || !opening.needs_keys(direction) {
            return self.has_hellos();
        }
        self.handshake_hellos(opening.next_handshake(direction)).is_some()
    }
}
