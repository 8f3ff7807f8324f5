//! The second connection: resumption, tickets, early data.

use super::*;

fn resuming(version: ProtocolVersion, client: Resume, server: Resume) -> (EndpointSetup, EndpointSetup) {
    let pki = pki();
    let mut for_client = setup(&pki, "client", &["app", "issuing"]);
    for_client.versions = vec![version];
    for_client.resume = client;
    let mut for_server = setup(&pki, "server", &["web", "issuing"]);
    for_server.resume = server;
    for_server.client_auth = ClientAuth::Required;
    (for_client, for_server)
}

#[test]
fn sessions_are_resumed_where_both_want_it() {
    use Resume::{Never, Stateful, Ticket};
    for (version, client, server, resumed) in [
        (TLS12, Never, Stateful, false),
        (TLS12, Stateful, Never, false),
        (TLS12, Stateful, Stateful, true),
        (TLS12, Ticket, Stateful, true),
        (TLS12, Stateful, Ticket, false),
        (TLS12, Ticket, Ticket, true),
        (TLS13, Never, Stateful, false),
        (TLS13, Stateful, Never, false),
        (TLS13, Stateful, Stateful, true),
        (TLS13, Ticket, Ticket, true),
    ] {
        let (client, server) = resuming(version, client, server);
        let meet_twice = || {
            let mut pair = Pair::new(&client, &server);
            (pair.meet(b""), pair.meet(b""))
        };
        let (first, second) = meet_twice();
        let label = format!("{version} {:?} {:?}", client.resume, server.resume);
        assert_eq!((first.client.resumed, second.client.resumed), (Some(false), Some(resumed)), "{label}");
        assert_eq!(second.server.peer_certificates.len(), 2, "{label}: the server remembers whom it knew");
        assert_ne!(first.flights, second.flights, "{label}: every connection has its own randomness");
        assert!((first, second) == meet_twice(), "{label}: the same bytes");
    }
}

#[test]
fn a_restart_and_the_passing_of_time_end_sessions_and_a_new_list_does_not() {
    let pki = pki();
    for version in [TLS12, TLS13] {
        for way in [Resume::Stateful, Resume::Ticket] {
            let (client, server) = resuming(version, way, way);
            let after = |change: &dyn Fn(&mut Pair)| {
                let mut pair = Pair::new(&client, &server);
                pair.meet(b"");
                change(&mut pair);
                pair.meet(b"").client.resumed == Some(true)
            };
            let label = format!("{version} {way:?}");
            assert!(!after(&|pair| pair.server.restart()), "{label}: the server was restarted");
            assert!(!after(&|pair| pair.client.restart()), "{label}: the client was restarted");
            let pass = |pair: &mut Pair, seconds| {
                pair.client.set_clock(NOW + seconds);
                pair.server.set_clock(NOW + seconds);
            };
            assert!(after(&|pair| pass(pair, 3600)), "{label}: an hour");
            // rustls never forgets a session id of TLS 1.2 because of its age.
            let for_ever = (version, way) == (TLS12, Resume::Stateful);
            assert_eq!(after(&|pair| pass(pair, 25 * 3600)), for_ever, "{label}: a day");
            // The finding of the lab: who is revoked goes on with an old session.
            let revoked = |pair: &mut Pair| {
                let lists = ["web-revoked", "root-list"].map(|name| pki.revocation_list(name).unwrap().der.clone());
                let (mut client, mut server) = (client.clone(), server.clone());
                client.revocation_lists = lists.to_vec();
                server.revocation_lists = lists.to_vec();
                pair.server.configure(&server).unwrap();
                pair.client.configure(&client).unwrap();
            };
            assert!(after(&revoked), "{label}: both have got a list that names both");
        }
    }
}

fn early(server: Resume, store: Store) -> (EndpointSetup, EndpointSetup) {
    let (mut client, mut server) = resuming(TLS13, server, server);
    server.client_auth = ClientAuth::None;
    server.store = store;
    client.early_data = true;
    server.early_data = true;
    (client, server)
}

#[test]
fn early_data_goes_with_the_first_flight_where_the_server_takes_it() {
    let (client, server) = early(Resume::Stateful, Store::SingleUse);
    let mut pair = Pair::new(&client, &server);
    let first = pair.meet(b"early ");
    assert_eq!((first.client.early_data_accepted, &*first.server_got), (None, &b"question"[..]));
    let second = pair.meet(b"early ");
    assert_eq!((second.client.early_data_accepted, second.server.early_data_accepted), (Some(true), Some(true)));
    assert_eq!(&*second.server_got, b"early question");
    // The server takes none any more; the client has offered it by the old ticket.
    let mut without = server.clone();
    without.early_data = false;
    pair.server.configure(&without).unwrap();
    let third = pair.meet(b"early ");
    assert_eq!((third.client.early_data_accepted, &*third.server_got), (Some(false), &b"question"[..]));
    // rustls gives no leave for early data where it cannot see that a ticket is used once.
    let (client, server) = early(Resume::Ticket, Store::SingleUse);
    let mut pair = Pair::new(&client, &server);
    pair.meet(b"");
    assert_eq!(pair.meet(b"early ").client.early_data_accepted, None);
}

#[test]
fn a_first_flight_can_be_played_again_to_a_careless_server_only() {
    for (store, executed) in [(Store::SingleUse, false), (Store::Careless, true)] {
        let (client, server) = early(Resume::Stateful, store);
        let mut pair = Pair::new(&client, &server);
        pair.meet(b"");
        let flight = pair.meet(b"pay ").flights.swap_remove(0).1;
        let mut replayed = pair.server.open(None).unwrap();
        replayed.receive(&flight).unwrap();
        assert_eq!(replayed.read() == b"pay ", executed, "{store}");
        assert_eq!(replayed.report().early_data_accepted, executed.then_some(true), "{store}");
    }
}

#[test]
fn as_many_tickets_are_given_as_the_setup_says() {
    let flight_of_tickets = |resume, tickets| {
        let (client, mut server) = resuming(TLS13, Resume::Stateful, resume);
        server.tickets = tickets;
        let mut pair = Pair::new(&client, &server);
        let length = pair.meet(b"").flights[3].1.len();
        (length, pair.meet(b"").client.resumed == Some(true))
    };
    let (none, _) = flight_of_tickets(Resume::Stateful, Some(0));
    let (one, _) = flight_of_tickets(Resume::Stateful, Some(1));
    let (two, resumed) = flight_of_tickets(Resume::Stateful, None);
    assert!(none < one && one < two && resumed, "{none} {one} {two}");
    assert_eq!(flight_of_tickets(Resume::Stateful, Some(2)).0, two);
    assert_eq!(flight_of_tickets(Resume::Never, None), (none, false));
    assert_eq!(flight_of_tickets(Resume::Never, Some(1)), (one, false), "given, and never honoured");
}
