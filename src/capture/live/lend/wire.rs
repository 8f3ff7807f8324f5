//! What the two processes say to each other: messages with their length in front, numbers in network order.

use super::super::super::file::{InterfaceToWrite, PacketToWrite};
use super::super::device::{CaptureDirection, CaptureOptions};
use super::super::tap::Losses;
use crate::base::{BufferId, Reader};
use crate::net::LinkType;
use std::io::{self, Read, Write};

/// Longer than any message: the longest holds a packet of the greatest snap length.
const LONGEST: u32 = 1 << 20;

/// A message.
#[derive(Debug, PartialEq)]
pub(super) enum Message<'a> {
    /// To the lender: open these.
    Open(CaptureOptions),
    /// To the lender: close them.
    Stop,
    /// They are open.
    Opened(Vec<InterfaceToWrite>),
    /// They are not, and why.
    Refused(String),
    /// A packet of the interface with that number. Its link type is that of the interface.
    Packet(u32, PacketToWrite<'a>),
    /// What an interface has lost so far.
    Lost(u32, Losses),
    /// An interface gives no more, and why.
    Gone(u32, String),
    /// They are closed; nothing more comes.
    Ended,
}

impl Message<'_> {
    const OPEN: u8 = 0;
    const STOP: u8 = 1;
    const OPENED: u8 = 2;
    const REFUSED: u8 = 3;
    const PACKET: u8 = 4;
    const LOST: u8 = 5;
    const GONE: u8 = 6;
    const ENDED: u8 = 7;

    /// Writes it with its length.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut head = Vec::with_capacity(64);
        let mut tail: &[u8] = &[];
        match self {
            Self::Open(options) => put_options(&mut head, options),
            Self::Stop => head.push(Self::STOP),
            Self::Opened(interfaces) => {
                head.push(Self::OPENED);
                for interface in interfaces {
                    put_interface(&mut head, interface);
                }
            }
            Self::Refused(reason) => {
                head.push(Self::REFUSED);
                put_text(&mut head, reason);
            }
            Self::Packet(number, packet) => {
                head.push(Self::PACKET);
                head.extend(number.to_be_bytes());
                head.extend(packet.time.to_be_bytes());
                head.extend(packet.original_length.to_be_bytes());
                tail = packet.bytes;
            }
            Self::Lost(number, losses) => {
                head.push(Self::LOST);
                head.extend(number.to_be_bytes());
                head.extend(losses.kernel.to_be_bytes());
                head.extend(losses.interface.to_be_bytes());
            }
            Self::Gone(number, reason) => {
                head.push(Self::GONE);
                head.extend(number.to_be_bytes());
                put_text(&mut head, reason);
            }
            Self::Ended => head.push(Self::ENDED),
        }
        out.write_all(&length(head.len() + tail.len()).to_be_bytes())?;
        out.write_all(&head)?;
        out.write_all(tail)
    }

    /// Waits for a message, and gives its bytes; `None` where nobody is at the other end.
    pub(super) fn wait(mut channel: impl Read) -> io::Result<Option<Vec<u8>>> {
        let mut head = [0; 4];
        match channel.read_exact(&mut head) {
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let length = usize::try_from(u32::from_be_bytes(head).min(LONGEST)).unwrap_or(0);
        let mut bytes = vec![0; length];
        channel.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

impl<'a> Message<'a> {
    /// How long the message is that begins here, with its length, where that is there.
    pub(super) fn extent(bytes: &[u8]) -> Option<usize> {
        let head = bytes.first_chunk().map(|head| u32::from_be_bytes(*head))?;
        Some(4 + usize::try_from(head.min(LONGEST)).ok()?)
    }

    /// Reads a message without its length; `None` for what is none.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes, BufferId(0));
        Some(match reader.u8()? {
            Self::OPEN => Self::Open(options(&mut reader)?),
            Self::STOP => Self::Stop,
            Self::OPENED => {
                let mut interfaces = Vec::new();
                while !reader.is_empty() {
                    interfaces.push(interface(&mut reader)?);
                }
                Self::Opened(interfaces)
            }
            Self::REFUSED => Self::Refused(text(&mut reader)?),
            Self::PACKET => {
                let number = reader.u32()?;
                let time = reader.u64()?.cast_signed();
                let original_length = reader.u32()?;
                let (link, bytes, comment) = (LinkType(0), reader.rest(), None);
                Self::Packet(number, PacketToWrite { time, link, original_length, bytes, comment })
            }
            Self::LOST => Self::Lost(reader.u32()?, Losses { kernel: reader.u64()?, interface: reader.u64()? }),
            Self::GONE => Self::Gone(reader.u32()?, text(&mut reader)?),
            Self::ENDED => Self::Ended,
            _ => return None,
        })
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(LONGEST)
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend(length(text.len()).to_be_bytes());
    out.extend(text.as_bytes());
}

fn text(reader: &mut Reader<'_>) -> Option<String> {
    let length = usize::try_from(reader.u32()?).ok()?;
    String::from_utf8(reader.take(length)?.to_vec()).ok()
}

fn put_interface(out: &mut Vec<u8>, interface: &InterfaceToWrite) {
    put_text(out, &interface.name);
    put_text(out, &interface.description);
    out.extend(interface.link.0.to_be_bytes());
    out.extend(interface.snaplen.to_be_bytes());
    put_text(out, &interface.filter);
}

fn interface(reader: &mut Reader<'_>) -> Option<InterfaceToWrite> {
    Some(InterfaceToWrite {
        name: text(reader)?,
        description: text(reader)?,
        link: LinkType(reader.u16()?),
        snaplen: reader.u32()?,
        filter: text(reader)?,
    })
}

const DIRECTIONS: [CaptureDirection; 3] = [CaptureDirection::In, CaptureDirection::Out, CaptureDirection::Both];

fn put_options(out: &mut Vec<u8>, options: &CaptureOptions) {
    let CaptureOptions { interfaces, filter, snaplen, buffer, promiscuous, direction } = options;
    out.push(Message::OPEN);
    put_text(out, filter);
    out.extend(snaplen.to_be_bytes());
    out.extend(buffer.to_be_bytes());
    out.push(u8::from(*promiscuous));
    let direction = DIRECTIONS.iter().position(|known| known == direction).unwrap_or_default();
    out.push(u8::try_from(direction).unwrap_or_default());
    for name in interfaces {
        put_text(out, name);
    }
}

fn options(reader: &mut Reader<'_>) -> Option<CaptureOptions> {
    let (filter, snaplen, buffer) = (text(reader)?, reader.u32()?, reader.u32()?);
    let (promiscuous, direction) = (reader.u8()? != 0, *DIRECTIONS.get(usize::from(reader.u8()?))?);
    let mut interfaces = Vec::new();
    while !reader.is_empty() {
        interfaces.push(text(reader)?);
    }
    Some(CaptureOptions { interfaces, filter, snaplen, buffer, promiscuous, direction })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Vec<Message<'static>> {
        let bytes = &[1, 2, 3];
        let packet = PacketToWrite { time: -5, link: LinkType(0), original_length: 1514, bytes, comment: None };
        let interface = |name: &str| InterfaceToWrite {
            name: name.to_owned(),
            description: "a card".to_owned(),
            link: LinkType(113),
            snaplen: 262_144,
            filter: "tcp port 443".to_owned(),
        };
        let options = CaptureOptions {
            interfaces: vec!["lo".to_owned(), "eth\u{fc}".to_owned()],
            filter: "udp".to_owned(),
            promiscuous: false,
            direction: CaptureDirection::Out,
            ..CaptureOptions::default()
        };
        vec![
            Message::Open(CaptureOptions::default()),
            Message::Open(options),
            Message::Stop,
            Message::Opened(vec![interface("lo"), interface("any")]),
            Message::Refused("no permission\nsetcap …".to_owned()),
            Message::Packet(7, packet),
            Message::Lost(1, Losses { kernel: u64::MAX, interface: 3 }),
            Message::Gone(0, String::new()),
            Message::Ended,
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        for message in messages() {
            message.write(&mut bytes).unwrap();
        }
        let (mut channel, mut rest) = (bytes.as_slice(), bytes.as_slice());
        for message in messages() {
            let heard = Message::wait(&mut channel).unwrap().unwrap();
            assert_eq!(Message::read(&heard), Some(message));
            let extent = Message::extent(rest).unwrap();
            assert_eq!(rest.get(4..extent), Some(heard.as_slice()));
            rest = rest.get(extent..).unwrap();
        }
        assert_eq!((Message::wait(channel).unwrap(), rest), (None, &[][..]));
    }

    /// The lender does not trust who it lends to.
    #[test]
    fn what_is_cut_is_no_message() {
        for message in messages() {
            let mut bytes = Vec::new();
            message.write(&mut bytes).unwrap();
            for cut in 5..bytes.len() {
                let read = Message::read(bytes.get(4..cut).unwrap());
                assert_ne!(read.as_ref(), Some(&message), "{cut}");
            }
        }
        assert_eq!(Message::read(&[99]), None);
    }
}
