//! Conversations between the applications, without a wire between them.

use super::*;
use crate::lab::scenario::HandshakeCheck;

fn role(app: App, starttls: StartTls, allow: Option<&[&str]>) -> Role {
    let allow = allow.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    Role { name: "peer".to_owned(), app, starttls, allow }
}

fn known(name: Option<&str>) -> Facing {
    let identity = name.map(|name| Identity { names: vec![name.to_owned()], certificate: None });
    Facing { secured: true, identity }
}

/// What the acts send, as text, and the other acts by name.
fn told(acts: &[Act]) -> String {
    let one = |act: &Act| match act {
        Act::Send(bytes) => String::from_utf8_lossy(bytes).replace("\r\n", "|"),
        Act::Onward(bytes) => format!("<{}>", String::from_utf8_lossy(bytes).replace("\r\n", "|")),
        Act::StartTls => "{tls}".to_owned(),
        Act::Served => "{served}".to_owned(),
        Act::Refuse { check, .. } => format!("{{{check}}}"),
        Act::Close => "{close}".to_owned(),
    };
    acts.iter().map(one).collect()
}

/// Lets the other side say `input` in two pieces, and gives what comes of it.
fn answer(app: &mut dyn Application, input: &str) -> String {
    let mut acts = Vec::new();
    let (first, second) = input.split_at(input.len() / 2);
    app.receive(first.as_bytes(), &mut acts);
    app.receive(second.as_bytes(), &mut acts);
    told(&acts)
}

#[test]
fn http_servers_answer_whole_requests_and_know_who_asks() {
    let get = "GET / HTTP/1.1\r\n\r\n";
    let who = "GET /whoami HTTP/1.1\r\n\r\n";
    let claimed = "GET /whoami HTTP/1.1\r\nClient-Cert: root\r\nClient-Cert: :YQ==:\r\n\r\n";
    let post = "POST /pay HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    let head = |length: u32| format!("HTTP/1.1 200 OK|Content-Type: text/plain|Content-Length: {length}||");
    let alice: Option<&[&str]> = Some(&["alice"]);
    for (shown, allow, request, expected) in [
        (None, None, get, format!("{{served}}{}GET / done by peer\n", head(19))),
        (Some("alice"), alice, who, format!("{{served}}{}you are alice\n", head(14))),
        (None, None, post, format!("{{served}}{}POST /pay done by peer\n", head(23))),
        (None, None, claimed, format!("{{served}}{}you are root\n", head(13))),
        (Some("alice"), None, claimed, format!("{{served}}{}you are alice\n", head(14))),
    ] {
        let mut server = server(role(App::Http, StartTls::Implicit, allow));
        server.opened(&known(shown), &mut Vec::new());
        assert_eq!(answer(&mut *server, request), expected);
    }
    let mut server = server(role(App::Http, StartTls::Implicit, alice));
    server.opened(&known(Some("mallory")), &mut Vec::new());
    let told = answer(&mut *server, get);
    assert!(told.starts_with("{served}{authorization}HTTP/1.1 403 Forbidden|"), "{told}");
    assert!(answer(&mut *server, "\u{16}\u{3}").starts_with("HTTP/1.1 400 Bad Request|"));
}

#[test]
fn a_relay_minds_the_field_that_names_the_client() {
    let request = "GET / HTTP/1.1\r\nClient-Cert: forged\r\nHost: a\r\n\r\n";
    let without = "<GET / HTTP/1.1|Host: a||>";
    let with = "<GET / HTTP/1.1|Client-Cert: forged|Host: a||>";
    for (header, expected) in
        [(ClientCertHeader::Ignore, with), (ClientCertHeader::Append, with), (ClientCertHeader::Set, without)]
    {
        let mut front = relay_front(App::Http, header);
        front.opened(&known(None), &mut Vec::new());
        assert_eq!(answer(&mut *front, request).replace("><", ""), expected, "{header}");
    }
    let certificate = read_certificate(b"no certificate");
    let mut front = relay_front(App::Http, ClientCertHeader::Set);
    front.opened(&Facing { secured: true, identity: Some(Identity::of(&certificate)) }, &mut Vec::new());
    assert_eq!(answer(&mut *front, request), "<GET / HTTP/1.1|Host: a|Client-Cert: :bm8gY2VydGlmaWNhdGU=:||>");
}

#[test]
fn mail_clients_begin_tls_where_it_is_offered_and_mind_where_it_is_not() {
    let offered = "250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n";
    let stripped = "250-mail\r\n250-XXXXXXXX\r\n250 AUTH PLAIN\r\n";
    for (starttls, features, expected) in [
        (StartTls::Opportunistic, offered, "STARTTLS|"),
        (StartTls::Opportunistic, stripped, "secret|"),
        (StartTls::Required, offered, "STARTTLS|"),
        (StartTls::Required, stripped, "{starttls-required}QUIT|"),
        (StartTls::Off, offered, "secret|"),
    ] {
        let mut client = client(role(App::Smtp, starttls, None));
        client.opened(&Facing::default(), &mut Vec::new());
        client.say(b"secret\r\n", &mut Vec::new());
        assert_eq!(answer(&mut *client, "220 mail ESMTP\r\n"), "EHLO peer.lab.test|");
        assert_eq!(answer(&mut *client, features), expected, "{starttls}");
    }
    let mut client = client(role(App::Smtp, StartTls::Required, None));
    client.opened(&Facing::default(), &mut Vec::new());
    answer(&mut *client, "220 mail ESMTP\r\n");
    answer(&mut *client, offered);
    assert_eq!(answer(&mut *client, "220 go ahead\r\n"), "{tls}");
    let mut acts = Vec::new();
    client.opened(&known(None), &mut acts);
    assert_eq!(told(&acts), "EHLO peer.lab.test|");
}

#[test]
fn mail_servers_throw_away_what_was_said_too_early() {
    let mut server = server(role(App::Smtp, StartTls::Required, None));
    let mut acts = Vec::new();
    server.opened(&Facing::default(), &mut acts);
    assert_eq!(told(&acts), "220 peer.lab.test ESMTP|");
    assert_eq!(answer(&mut *server, "EHLO a\r\n"), "250-peer.lab.test|250 STARTTLS|");
    assert_eq!(answer(&mut *server, "AUTH PLAIN x\r\n"), "530 5.7.0 Must issue a STARTTLS command first|");
    assert_eq!(answer(&mut *server, "STARTTLS\r\nRSET\r\n"), "220 2.0.0 Ready to start TLS|{tls}");
    let mut acts = Vec::new();
    server.opened(&known(None), &mut acts);
    assert_eq!(told(&acts), "");
    assert_eq!(answer(&mut *server, "EHLO a\r\n"), "250-peer.lab.test|250 AUTH PLAIN|");
    assert_eq!(answer(&mut *server, "AUTH PLAIN x\r\n"), "{served}235 2.7.0 Authentication successful|");
    assert_eq!(
        answer(&mut *server, "DATA\r\nQUIT\r\n.\r\n"),
        "354 End data with <CR><LF>.<CR><LF>|{served}250 2.0.0 Queued|"
    );
    assert_eq!(answer(&mut *server, "QUIT\r\n"), "221 2.0.0 Bye|{close}");
}

#[test]
fn mqtt_brokers_let_in_whom_they_know() {
    let mut connect = Vec::new();
    let mut device = client(role(App::Mqtt, StartTls::Implicit, None));
    device.opened(&known(None), &mut connect);
    let [Act::Send(connect)] = &connect[..] else { panic!("{connect:?}") };
    assert_eq!(&connect[..12], [0x10, 16, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 60]);
    for (name, code) in [("sensor-7", 0), ("mallory", 5)] {
        let mut broker = server(role(App::Mqtt, StartTls::Implicit, Some(&["sensor-7"])));
        broker.opened(&known(Some(name)), &mut Vec::new());
        let mut acts = Vec::new();
        broker.receive(connect, &mut acts);
        assert!(acts.contains(&Act::Send(vec![0x20, 2, 0, code])), "{acts:?}");
        let refused = acts.iter().any(|act| matches!(act, Act::Refuse { check: HandshakeCheck::Authorization, .. }));
        assert_eq!(refused, code == 5);
    }
    let mut acts = Vec::new();
    device.say(b"21.5", &mut acts);
    device.receive(&[0x20, 2, 0, 0], &mut acts);
    let published = [&[0x30, 9, 0, 3][..], b"lab21.5"].concat();
    assert_eq!(acts, [Act::Served, Act::Send(published)]);
}
