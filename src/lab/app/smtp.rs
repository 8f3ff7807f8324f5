//! SMTP submission (RFC 5321, RFC 6409) with STARTTLS (RFC 3207) and AUTH (RFC 4954).

use super::{Act, Application, Facing, Identity, Lines, Role, Waiting, allowed, not_let_in};
use crate::lab::scenario::{HandshakeCheck, StartTls};

pub(super) struct Server {
    role: Role,
    identity: Option<Identity>,
    lines: Lines,
    secured: bool,
    /// Inside a mail, up to the line with the single dot.
    in_data: bool,
    /// TLS begins: what came behind STARTTLS in plain text is thrown away (RFC 3207 4.2).
    turning: bool,
}

impl Server {
    pub(super) fn new(role: Role) -> Self {
        Self { role, identity: None, lines: Lines::default(), secured: false, in_data: false, turning: false }
    }

    fn offers_tls(&self) -> bool {
        !self.secured && matches!(self.role.starttls, StartTls::Opportunistic | StartTls::Required)
    }

    fn insists(&self) -> bool {
        !self.secured && self.role.starttls == StartTls::Required
    }

    fn command(&mut self, line: &str, acts: &mut Vec<Act>) {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => self.hello(acts),
            "STARTTLS" if self.offers_tls() => {
                say(acts, "220 2.0.0 Ready to start TLS");
                acts.push(Act::StartTls);
                self.turning = true;
            }
            "STARTTLS" => say(acts, "502 5.5.1 Command not implemented"),
            "QUIT" => {
                say(acts, "221 2.0.0 Bye");
                acts.push(Act::Close);
            }
            "AUTH" | "MAIL" | "RCPT" | "DATA" if self.insists() => {
                say(acts, "530 5.7.0 Must issue a STARTTLS command first");
            }
            "AUTH" | "MAIL" | "RCPT" | "DATA" if !allowed(self.role.allow.as_deref(), self.identity.as_ref()) => {
                acts.push(not_let_in(self.identity.as_ref()));
                say(acts, "550 5.7.1 Not authorized");
            }
            "AUTH" => {
                acts.push(Act::Served);
                say(acts, "235 2.7.0 Authentication successful");
            }
            "MAIL" | "RCPT" | "RSET" | "NOOP" => say(acts, "250 2.1.0 OK"),
            "DATA" => {
                self.in_data = true;
                say(acts, "354 End data with <CR><LF>.<CR><LF>");
            }
            _ => say(acts, "500 5.5.2 Command not recognized"),
        }
    }

    fn hello(&self, acts: &mut Vec<Act>) {
        let mut words = vec![format!("{}.lab.test", self.role.name)];
        if self.offers_tls() {
            words.push("STARTTLS".to_owned());
        }
        if !self.insists() {
            words.push("AUTH PLAIN".to_owned());
        }
        let last = words.len() - 1;
        let line = |(index, word)| format!("250{}{word}\r\n", if index == last { ' ' } else { '-' });
        let text: String = words.into_iter().enumerate().map(line).collect();
        acts.push(Act::Send(text.into_bytes()));
    }
}

fn say(acts: &mut Vec<Act>, line: &str) {
    acts.push(Act::Send(format!("{line}\r\n").into_bytes()));
}

impl Application for Server {
    fn opened(&mut self, facing: &Facing, acts: &mut Vec<Act>) {
        let upgraded = std::mem::take(&mut self.turning);
        self.lines.clear();
        self.secured = facing.secured;
        self.identity.clone_from(&facing.identity);
        if !upgraded {
            say(acts, &format!("220 {}.lab.test ESMTP", self.role.name));
        }
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.lines.push(bytes);
        while let Some(line) = self.lines.next() {
            match (self.turning, self.in_data, line.as_str()) {
                (true, ..) => return self.lines.clear(),
                (_, true, ".") => {
                    self.in_data = false;
                    acts.push(Act::Served);
                    say(acts, "250 2.0.0 Queued");
                }
                (_, true, _) => {}
                _ => self.command(&line, acts),
            }
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Send(bytes.to_vec()));
    }
}

/// What a client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Greeting,
    Features,
    GoAhead,
    Answers,
    Farewell,
}

pub(super) struct Client {
    role: Role,
    lines: Lines,
    awaits: Awaits,
    secured: bool,
    /// Whether the server offered STARTTLS in the answer that is being read.
    offered: bool,
    waiting: Waiting,
}

impl Client {
    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            lines: Lines::default(),
            awaits: Awaits::Greeting,
            secured: false,
            offered: false,
            waiting: Waiting::default(),
        }
    }

    fn hello(&mut self, acts: &mut Vec<Act>) {
        self.awaits = Awaits::Features;
        self.offered = false;
        say(acts, &format!("EHLO {}.lab.test", self.role.name));
    }

    /// The last line of an answer has come.
    fn answered(&mut self, code: &str, acts: &mut Vec<Act>) {
        match (self.awaits, code) {
            (Awaits::Greeting, "220") => self.hello(acts),
            (Awaits::Features, "250") => self.features(acts),
            (Awaits::GoAhead, "220") => acts.push(Act::StartTls),
            (Awaits::GoAhead, _) => self.without(acts, "the server would not begin TLS"),
            (Awaits::Answers, _) => acts.push(Act::Served),
            _ => acts.push(Act::Close),
        }
    }

    fn features(&mut self, acts: &mut Vec<Act>) {
        let wants = matches!(self.role.starttls, StartTls::Opportunistic | StartTls::Required);
        if self.secured || !wants {
            self.ready(acts);
        } else if self.offered {
            self.awaits = Awaits::GoAhead;
            say(acts, "STARTTLS");
        } else {
            self.without(acts, "the server did not offer STARTTLS");
        }
    }

    /// There will be no TLS: good enough, or not.
    fn without(&mut self, acts: &mut Vec<Act>, text: &str) {
        if self.role.starttls == StartTls::Required {
            acts.push(Act::Refuse { check: HandshakeCheck::StartTlsRequired, text: text.to_owned() });
            self.bye(acts);
        } else {
            self.ready(acts);
        }
    }

    fn ready(&mut self, acts: &mut Vec<Act>) {
        self.awaits = Awaits::Answers;
        self.waiting.release(acts);
    }
}

impl Application for Client {
    fn opened(&mut self, facing: &Facing, acts: &mut Vec<Act>) {
        self.lines.clear();
        self.secured = facing.secured;
        // Behind STARTTLS the server greets no more, and its features are asked for again (RFC 3207 4.2).
        if self.awaits == Awaits::GoAhead {
            self.hello(acts);
        }
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.lines.push(bytes);
        while let Some(line) = self.lines.next() {
            let word = line.get(4..).unwrap_or_default();
            self.offered |= self.awaits == Awaits::Features && word.eq_ignore_ascii_case("STARTTLS");
            if line.get(3..4) != Some("-") {
                self.answered(line.get(..3).unwrap_or_default(), acts);
            }
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.waiting.say(bytes, acts);
    }

    fn bye(&mut self, acts: &mut Vec<Act>) {
        self.awaits = Awaits::Farewell;
        say(acts, "QUIT");
    }
}
