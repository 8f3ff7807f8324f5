//! Conversations as they were, and what must be recognised in them.

use super::*;
use crate::base::parse_hex;

/// One side's bytes: `>` for the client, `<` for the server, `x` in front for hexadecimal digits.
fn said(text: &str) -> (Direction, Vec<u8>) {
    let direction = if text.starts_with('>') { Direction::ToServer } else { Direction::ToClient };
    let text = text.get(1..).unwrap();
    match text.strip_prefix("x ") {
        Some(digits) => (direction, parse_hex(digits).unwrap_or_else(|| panic!("{digits}"))),
        None => (direction, text.as_bytes().to_vec()),
    }
}

/// The protocol, the answer, and the lines with their direction in front.
fn told(found: &Recognised) -> String {
    let answer = match found.accepted {
        None => "?",
        Some(true) => "yes",
        Some(false) => "no",
    };
    let lines = found.lines.iter().map(|(_, direction, text)| {
        let mark = if *direction == Direction::ToServer { '>' } else { '<' };
        format!("\n{mark}{text}")
    });
    format!("{} {answer}{}", found.protocol, lines.collect::<String>())
}

/// Reads a conversation piece by piece and byte by byte; how it was cut must make no difference.
fn check(rows: &[(&[&str], &str)]) {
    for (conversation, expected) in rows {
        let pieces: Vec<_> = conversation.iter().map(|text| said(text)).collect();
        let whole: Vec<_> =
            pieces.iter().map(|(direction, bytes)| Said { direction: *direction, frame: 1, bytes }).collect();
        assert_eq!(told(&recognise(&whole)), *expected);
        let torn: Vec<_> = pieces
            .iter()
            .flat_map(|(direction, bytes)| bytes.chunks(1).map(|bytes| Said { direction: *direction, frame: 1, bytes }))
            .collect();
        assert_eq!(told(&recognise(&torn)), *expected, "byte by byte");
        for side in [Direction::ToServer, Direction::ToClient] {
            let half: Vec<_> = whole.iter().copied().filter(|said| said.direction == side).collect();
            let _ = recognise(&half);
        }
        for (index, (direction, bytes)) in pieces.iter().enumerate() {
            for at in 0..bytes.len() {
                for wrong in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut bytes = bytes.clone();
                    bytes[at] = wrong;
                    let mut whole = whole.clone();
                    whole[index] = Said { direction: *direction, frame: 1, bytes: &bytes };
                    let _ = recognise(&whole);
                }
            }
        }
        for end in 0..torn.len() {
            let _ = recognise(&torn[..end]);
        }
    }
}

#[test]
fn text_protocols() {
    check(&[
        (
            &[
                "<220 mail.example ESMTP\r\n",
                ">EHLO me\r\n",
                "<250-mail.example\r\n250 STARTTLS\r\n",
                ">STARTTLS\r\n",
                "<220 go ahead\r\n",
            ],
            "SMTP STARTTLS yes\n<220 mail.example ESMTP\n>EHLO me\n<250-mail.example\n<250 STARTTLS\n>STARTTLS\n\
             <220 go ahead",
        ),
        (
            &[
                "<220 mail.example ESMTP\r\n",
                ">EHLO me\r\n",
                "<250 mail.example\r\n",
                ">STARTTLS\r\n",
                "<454 TLS not available\r\n",
            ],
            "SMTP STARTTLS no\n<220 mail.example ESMTP\n>EHLO me\n<250 mail.example\n>STARTTLS\n\
             <454 TLS not available",
        ),
        (
            &["<220 x LMTP\r\n", ">LHLO me\r\n", ">STARTTLS\r\n", "<220 ok\r\n"],
            "LMTP STARTTLS yes\n<220 x LMTP\n>LHLO me\n>STARTTLS\n<220 ok",
        ),
        (
            &["<* OK ready\r\n", ">a1 STARTTLS\r\n", "<* NOTE\r\na1 OK begin\r\n"],
            "IMAP STARTTLS yes\n<* OK ready\n>a1 STARTTLS\n<* NOTE\n<a1 OK begin",
        ),
        (
            &["<* OK ready\r\n", ">a1 STARTTLS\r\n", "<a1 BAD no\r\n"],
            "IMAP STARTTLS no\n<* OK ready\n>a1 STARTTLS\n<a1 BAD no",
        ),
        (&["<+OK ready\r\n", ">STLS\r\n", "<-ERR no\r\n"], "POP3 STLS no\n<+OK ready\n>STLS\n<-ERR no"),
        (&["<220 ftp\r\n", ">AUTH TLS\r\n", "<234 ok\r\n"], "FTP AUTH TLS yes\n<220 ftp\n>AUTH TLS\n<234 ok"),
        (&["<200 news\r\n", ">STARTTLS\r\n", "<382 go on\r\n"], "NNTP STARTTLS yes\n<200 news\n>STARTTLS\n<382 go on"),
        (&[">CAP LS\r\nSTARTTLS\r\n", "<:irc 670 x :go\r\n"], "IRC STARTTLS yes\n>CAP LS\n>STARTTLS\n<:irc 670 x :go"),
        (
            &["<\"IMPLEMENTATION\" \"x\"\r\nOK\r\n", ">STARTTLS\r\n", "<OK \"begin\"\r\n"],
            "ManageSieve STARTTLS yes\n<\"IMPLEMENTATION\" \"x\"\n<OK\n>STARTTLS\n<OK \"begin\"",
        ),
        (
            &[">OPTIONS * HTTP/1.1\r\nUpgrade: TLS/1.0\r\n\r\n", "<HTTP/1.1 101 Switching\r\n\r\n"],
            "HTTP Upgrade yes\n>OPTIONS * HTTP/1.1\n>Upgrade: TLS/1.0\n>\n<HTTP/1.1 101 Switching\n<",
        ),
        (&[">hello\r\n", "<x 00010203"], "unrecognised ?\n>hello\n<4 bytes"),
        (&[], "unrecognised ?"),
    ]);
}

#[test]
fn xml_without_line_ends() {
    let pieces = [">", "<", ">", "<"];
    let texts = [
        "<stream:stream xmlns='jabber:client' to='x'>",
        "<stream:features/>",
        "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<proceed/>",
    ];
    let conversation: Vec<String> = pieces.iter().zip(texts).map(|(way, text)| format!("{way}{text}")).collect();
    let conversation: Vec<&str> = conversation.iter().map(String::as_str).collect();
    let expected = format!("XMPP STARTTLS yes\n>{}\n<{}\n>{}\n<{}", texts[0], texts[1], texts[2], texts[3]);
    check(&[(&conversation, &expected)]);
}

#[test]
fn binary_protocols() {
    let greeting = "<x 1f000000 0a 382e302e3330 00 01000000 0011223344556677 00 ff0f 21 0200 0000 0000";
    check(&[
        (
            &[">x 00000008 04d2162f", "<S"],
            "PostgreSQL SSLRequest yes\n>SSLRequest (code 80877103)\n<S: server is willing",
        ),
        (
            &[">x 00000008 04d21630", "<N", ">x 00000008 04d2162f", "<N"],
            "PostgreSQL SSLRequest no\n>GSSENCRequest (code 80877104)\n<N: server is unwilling\n\
             >SSLRequest (code 80877103)\n<N: server is unwilling",
        ),
        (
            &[
                &greeting.replacen("1f", "1e", 1),
                ">x 20000001 058aff00 00000001 21 0000000000000000000000 000000000000000000000000",
            ],
            "MySQL SSLRequest ?\n<greeting of server version 8.0.30, offers TLS\n>SSLRequest (CLIENT_SSL)",
        ),
        (
            &[">x 12010014 00000000 00000b0001 01000b0001 ff 01", "<x 0401000f 00000000 0100060001 ff 03"],
            "TDS prelogin yes\n>PRELOGIN: encryption on\n<PRELOGIN response: encryption required",
        ),
        (
            &[
                ">x 03000029 24 e0 0000 0000 00 436f6f6b69653a206d737473686173683d616263 0d0a 01 00 0800 03000000",
                "<x 03000013 0e d0 0000 1234 00 02 00 0800 01000000",
            ],
            "RDP yes\n>connection request: TLS, CredSSP, Cookie: mstshash=abc\n<connection confirm: TLS",
        ),
        (
            &[
                ">x 03000013 0e e0 0000 0000 00 01 00 0800 01000000",
                "<x 03000013 0e d0 0000 1234 00 03 00 0800 05000000",
            ],
            "RDP no\n>connection request: TLS\n<negotiation failure: HYBRID_REQUIRED_BY_SERVER",
        ),
        (
            &[
                ">x 301d 020101 7718 8016 312e332e362e312e342e312e313436362e3230303337",
                "<x 300c 020101 7807 0a0100 0400 0400",
            ],
            "LDAP StartTLS yes\n>ExtendedRequest 1.3.6.1.4.1.1466.20037 (StartTLS)\n<ExtendedResponse: success",
        ),
        (&[">x 3012 020101 600d 020103 0402 636e 8004 70617373"], "LDAP ?\n>BindRequest cn, password [hidden]"),
        (
            &["<x fffd2e", ">x fffb2e", "<x fffa2e01fff0", ">x fffa2e01fff0"],
            "Telnet START_TLS yes\n<IAC DO START_TLS\n>IAC WILL START_TLS\n<IAC SB START_TLS FOLLOWS\n\
             >IAC SB START_TLS FOLLOWS",
        ),
    ]);
}

#[test]
fn proxies() {
    check(&[
        (
            &[">CONNECT example:443 HTTP/1.1\r\nProxy-Authorization: Basic Zm9v\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n"],
            "HTTP CONNECT yes\n>CONNECT example:443 HTTP/1.1\n>Proxy-Authorization: [hidden]\n>\n<HTTP/1.1 200 OK\n<",
        ),
        (
            &[">CONNECT a:25 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n220 x ESMTP\r\n", ">EHLO x\r\n"],
            "SMTP yes\n>CONNECT a:25 HTTP/1.1\n>\n<HTTP/1.1 200 OK\n<\n<220 x ESMTP\n>EHLO x",
        ),
        (
            &[">CONNECT a:443 HTTP/1.1\r\n\r\n", "<HTTP/1.1 403 No\r\n\r\n"],
            "HTTP CONNECT no\n>CONNECT a:443 HTTP/1.1\n>\n<HTTP/1.1 403 No\n<",
        ),
        (
            &[">x 050100", "<x 0500", ">x 0501000301 61 01bb", "<x 05000001 00000000 0000"],
            "SOCKS5 yes\n>SOCKS5 methods: no authentication\n<SOCKS5 method: no authentication\n\
             >SOCKS5 CONNECT a:443\n<SOCKS5 reply: succeeded",
        ),
        (
            &[
                ">x 05020002",
                "<x 0502",
                ">x 01 0162 03706173",
                "<x 0100",
                ">x 05010001 c0000201 01bb",
                "<x 05050001 00000000 0000",
            ],
            "SOCKS5 no\n>SOCKS5 methods: no authentication, user name and password\n\
             <SOCKS5 method: user name and password\n>SOCKS5 user b, password [hidden]\n\
             <SOCKS5 authentication accepted\n>SOCKS5 CONNECT 192.0.2.1:443\n<SOCKS5 reply: connection refused",
        ),
        (
            &[">x 0401 01bb c0000201 00", "<x 005a 0000 00000000"],
            "SOCKS4 yes\n>SOCKS4 CONNECT 192.0.2.1:443\n<SOCKS4 reply: granted",
        ),
        (
            &[">x 0401 01bb 00000001 6d6500 612e6200", "<x 005b 0000 00000000"],
            "SOCKS4 no\n>SOCKS4 CONNECT a.b:443, user me\n<SOCKS4 reply: rejected",
        ),
        (
            &[">PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"],
            "PROXY protocol v1 ?\n>PROXY TCP4 192.0.2.1 192.0.2.2 1000 443",
        ),
        (&[">PROXY UNKNOWN\r\nEHLO x\r\n", "<220 y ESMTP\r\n"], "SMTP ?\n>PROXY UNKNOWN\n>EHLO x\n<220 y ESMTP"),
        (
            &[">x 0d0a0d0a000d0a515549540a 21 11 000c c0000201 c0000202 03e8 01bb"],
            "PROXY protocol v2 ?\n>PROXY v2: from 192.0.2.1:1000 to 192.0.2.2:443",
        ),
        (&[">x 0d0a0d0a000d0a515549540a 20 00 0000"], "PROXY protocol v2 ?\n>PROXY v2 LOCAL: the proxy itself speaks"),
    ]);
}

#[test]
fn secrets_are_hidden() {
    for (lines, shown) in [
        (&[">USER me", ">PASS secret word"][..], &["USER me", "PASS [hidden]"][..]),
        (&[">pass secret"], &["pass [hidden]"]),
        (&[">AUTH PLAIN AGZvbwBiYXI="], &["AUTH PLAIN [hidden]"]),
        (
            &[">AUTH LOGIN", "<334 VXNlcg==", ">Zm9v", "<334 UGFzcw==", ">YmFy", "<235 ok", ">EHLO x"],
            &["AUTH LOGIN", "334 VXNlcg==", "[hidden]", "334 UGFzcw==", "[hidden]", "235 ok", "EHLO x"],
        ),
        (
            &[">a LOGIN me {6}", "<+ go", ">secret", "<a OK", ">b NOOP"],
            &["a LOGIN [hidden]", "+ go", "[hidden]", "a OK", "b NOOP"],
        ),
        (&[">a LOGIN me secret", "<a OK", ">b NOOP"], &["a LOGIN [hidden]", "a OK", "b NOOP"]),
        (&[">a AUTHENTICATE PLAIN AGZv"], &["a AUTHENTICATE PLAIN [hidden]"]),
        (&[">AUTHENTICATE \"PLAIN\" \"AGZv\""], &["AUTHENTICATE \"PLAIN\" [hidden]"]),
        (&[">AUTHENTICATE AGZv"], &["AUTHENTICATE [hidden]"]),
        (&[">APOP me 0123456789abcdef"], &["APOP me [hidden]"]),
        (&[">AUTHINFO USER me", ">AUTHINFO PASS x"], &["AUTHINFO USER me", "AUTHINFO PASS [hidden]"]),
        (&[">PRIVMSG NickServ :IDENTIFY secret"], &["PRIVMSG NickServ :IDENTIFY [hidden]"]),
        (&[">AUTH TLS", "<250-AUTH PLAIN LOGIN"], &["AUTH TLS", "250-AUTH PLAIN LOGIN"]),
        (&[">Authorization: Basic x", ">Cookie: a=b"], &["Authorization: [hidden]", "Cookie: [hidden]"]),
        (&[">a<auth mechanism='PLAIN'>AGZv</auth>b"], &["a<auth mechanism='PLAIN'>[hidden]</auth>b"]),
        (&[">*2", ">$4", ">AUTH", ">$6", ">secret", "<+OK"], &["*2", "$4", "AUTH", "[hidden]", "[hidden]", "+OK"]),
        (&[">AUTH secret"], &["AUTH [hidden]"]),
        (&[">HELLO 3 AUTH me secret"], &["HELLO 3 AUTH [hidden]"]),
        (
            &[">AUTHENTICATE PLAIN", "<AUTHENTICATE +", ">AUTHENTICATE AGZv", "<:x 903 :ok", ">NICK y"],
            &["AUTHENTICATE PLAIN", "AUTHENTICATE +", "[hidden]", ":x 903 :ok", "NICK y"],
        ),
        (&[">GET /?user=a&password=b HTTP/1.1"], &["GET /?user=a&password=[hidden]"]),
        (
            &["<login:", ">me", "<Password: ", ">secret", "<Welcome"],
            &["login:", "[hidden]", "Password: ", "[hidden]", "Welcome"],
        ),
        (&[">unknown", "<LOGIN me secret"], &["unknown", "LOGIN [hidden]"]),
    ] {
        let conversation: Vec<_> = lines.iter().map(|line| said(&format!("{line}\r\n"))).collect();
        let conversation: Vec<_> =
            conversation.iter().map(|(direction, bytes)| Said { direction: *direction, frame: 1, bytes }).collect();
        let found = recognise(&conversation);
        let texts: Vec<_> = found.lines.iter().map(|(_, _, text)| text.as_str()).collect();
        assert_eq!(texts, shown);
    }
}

#[test]
fn long_conversations_are_cut() {
    let long = "x".repeat(2000) + "\r\n";
    let said: Vec<_> =
        (0..100).map(|frame| Said { direction: Direction::ToServer, frame, bytes: long.as_bytes() }).collect();
    let found = recognise(&said);
    assert_eq!(found.lines.len(), MAX_LINES);
    assert!(found.lines.iter().all(|(_, _, text)| text.len() <= MAX_LINE));
    assert_eq!(found.lines[47].2, "[37 lines left out]");
    assert_eq!((found.lines[46].0, found.lines[48].0, found.lines[63].0), (46, 84, 99));
}

/// What stands before TLS in the first stream of a little-endian pcap that has a ClientHello. The stream is taken as
/// it comes: good enough for captures without loss.
fn before_tls(file: &[u8]) -> Vec<(Direction, u32, Vec<u8>)> {
    use crate::base::Tree;
    use crate::net::{Layers, LinkType};
    let word = |at: usize| Some(u32::from_le_bytes(*file.get(at..)?.first_chunk()?));
    let link = LinkType(u16::try_from(word(20).unwrap()).unwrap());
    let (mut at, mut number, mut layers) = (24, 0, Layers::new());
    let mut streams: Vec<(crate::net::Endpoint, crate::net::Endpoint, Vec<_>)> = Vec::new();
    while let Some(bytes) = word(at + 8).and_then(|length| file.get(at + 16..at + 16 + length as usize)) {
        at += 16 + bytes.len();
        number += 1;
        let Some(found) = layers.read(link, bytes, 0, &mut Tree::off()) else { continue };
        let (source, destination) = (found.source, found.destination);
        let known =
            streams.iter().position(|(a, b, _)| (*a, *b) == (source, destination) || (*b, *a) == (source, destination));
        if known.is_none() {
            streams.push((source, destination, Vec::new()));
        }
        let index = known.unwrap_or(streams.len() - 1);
        let stream = &mut streams[index];
        let direction = if stream.0 == source { Direction::ToServer } else { Direction::ToClient };
        let tls = found.payload.windows(2).position(|start| start == [0x16, 3]);
        let before = &found.payload[..tls.unwrap_or(found.payload.len())];
        if !before.is_empty() {
            stream.2.push((direction, number, before.to_vec()));
        }
        if tls.is_some() {
            return std::mem::take(&mut stream.2);
        }
    }
    Vec::new()
}

#[test]
fn real_conversations_are_recognised() {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures"));
    if !root.is_dir() {
        println!("skipped: no captures at {}", root.display());
        return;
    }
    for (name, protocol, accepted) in [
        ("zeek/irc-starttls.pcap", "IRC STARTTLS", Some(true)),
        ("zeek/pop3-starttls.pcap", "POP3 STLS", Some(true)),
        ("zeek/xmpp-dialback-starttls.pcap", "XMPP STARTTLS", Some(true)),
        ("zeek/psql-aws-ssl-require-15432.pcap", "PostgreSQL SSLRequest", Some(true)),
        ("zeek/rdp-to-ssl.pcap", "RDP", Some(true)),
        ("zeek/ftp-auth-tls.pcap", "FTP AUTH TLS", Some(true)),
        ("zeek/connect-with-header.pcap", "HTTP CONNECT", Some(true)),
        ("arkime/socks-https-example.pcap", "SOCKS4", Some(true)),
        ("ndpi/haproxy.pcap", "PROXY protocol v1", None),
    ] {
        let pieces = before_tls(&std::fs::read(root.join(name)).unwrap());
        let said: Vec<_> = pieces
            .iter()
            .map(|(direction, frame, bytes)| Said { direction: *direction, frame: *frame, bytes })
            .collect();
        let found = recognise(&said);
        println!("{name}: {}", told(&found));
        assert_eq!((found.protocol, found.accepted), (protocol, accepted), "{name}");
    }
}
