//! The rights of the process: what it keeps, whose its files are, and what it says when it has none.

use super::capture::{Live, PROGRAM, can_capture, have, run, until};
use super::peers::free_port;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};

/// A user that is nobody's.
const SOMEBODY: u32 = 54_321;
const GROUP: u32 = 54_322;

/// What the system says about a process: the values of a line of its status.
pub fn status(id: u32, name: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').split_whitespace().map(str::to_owned).collect()
}

/// Every thread has given up everything.
fn is_harmless(live: &Live, user: u32, group: u32) {
    for thread in fs::read_dir(format!("/proc/{}/task", live.id())).unwrap() {
        let id: u32 = thread.unwrap().file_name().to_str().unwrap().parse().unwrap();
        assert_eq!(status(id, "Uid"), vec![user.to_string(); 4]);
        assert_eq!(status(id, "Gid"), vec![group.to_string(); 4]);
        assert_eq!(status(id, "Groups"), [group.to_string()]);
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(status(id, set), ["0000000000000000"], "{set}");
        }
        assert_eq!(status(id, "NoNewPrivs"), ["1"]);
    }
}

/// It has the right to capture, and no other.
pub fn keeps_only_capturing(id: u32) {
    let nobody = ["-u", "-g"].map(|what| run("id", &[what, "nobody"]).trim().to_owned());
    assert_eq!((status(id, "Uid"), status(id, "Gid")), (vec![nobody[0].clone(); 4], vec![nobody[1].clone(); 4]));
    // CAP_NET_ADMIN is the bit 12, CAP_NET_RAW the bit 13.
    for (set, expected) in [("CapInh", 0), ("CapPrm", 0x3000), ("CapEff", 0x3000), ("CapAmb", 0)] {
        assert_eq!(status(id, set), [format!("{expected:016x}")], "{set}");
    }
    assert_eq!(status(id, "NoNewPrivs"), ["1"]);
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn under_sudo_everything_belongs_to_who_called() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::chown(folder.path(), Some(SOMEBODY), Some(GROUP)).unwrap();
    let file = folder.path().join("out.pcapng");
    let mut command = Command::new(PROGRAM);
    command.env("SUDO_UID", SOMEBODY.to_string()).env("SUDO_GID", GROUP.to_string());
    let filter = format!("tcp port {}", free_port());
    let mut live = Live::start_in(&mut command, &["-i", "lo", "-f", &filter, "-w", file.to_str().unwrap()]);
    is_harmless(&live, SOMEBODY, GROUP);
    let metadata = file.metadata().unwrap();
    assert_eq!((metadata.uid(), metadata.gid(), mode(&file)), (SOMEBODY, GROUP, 0o600));
    assert!(live.said.contains(&format!("as the user {SOMEBODY}")), "{}", live.said);
    live.signal("INT");
    live.hear("0 packets, 0 sessions");
    assert_eq!(live.end().status.code(), Some(0));
}

/// Under sudo nothing is made where only root may: the caller would get a file there.
#[test]
fn under_sudo_files_are_made_with_the_rights_of_who_called() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let output = Command::new(PROGRAM)
        .args(["live", "--headless", "-i", "lo", "-w", file.to_str().unwrap()])
        .env("SUDO_UID", SOMEBODY.to_string())
        .env("SUDO_GID", GROUP.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot write") && said.contains("ermission denied"), "{said}");
    assert!(!file.exists());
}

/// Root itself becomes nobody, and can still fill the files that were made for it, a whole ring of them.
#[test]
fn root_becomes_nobody_and_keeps_its_files() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let ring = ["--ring", "time=1s,files=3", "-w", file.to_str().unwrap()];
    let filter = format!("udp port {}", free_port());
    let live = Live::start(&[&["-i", "lo", "-f", &filter][..], &ring].concat());
    let nobody: Vec<u32> =
        ["-u", "-g"].iter().map(|what| run("id", &[what, "nobody"]).trim().parse().unwrap()).collect();
    is_harmless(&live, nobody[0], nobody[1]);
    let files: Vec<_> = (1..=3).map(|number| folder.path().join(format!("out-{number}.pcapng"))).collect();
    for file in &files {
        assert_eq!((file.metadata().unwrap().uid(), mode(file)), (0, 0o600));
    }
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port: u16 = filter.rsplit(' ').next().unwrap().parse().unwrap();
    let lengths = || files.iter().map(|file| file.metadata().unwrap().len()).collect::<Vec<_>>();
    let empty = lengths();
    until("the second file is written", || {
        let _ = socket.send_to(b"ping", ("127.0.0.1", port));
        lengths()[1] > empty[1]
    });
    assert_eq!(live.terminate().status.code(), Some(0));
    for file in &files {
        run(PROGRAM, &["inspect", file.to_str().unwrap()]);
    }
}

#[test]
fn temporary_files_are_private_and_go_with_the_capture() {
    if !can_capture() {
        return;
    }
    let filter = format!("tcp port {}", free_port());
    let live = Live::start(&["-i", "lo", "-f", &filter]);
    let words: Vec<&str> = live.said.split_whitespace().collect();
    let first = words[words.iter().position(|word| *word == "into").unwrap() + 1];
    let file = Path::new(first).to_owned();
    let folder = file.parent().unwrap().to_owned();
    assert_eq!((mode(&file), mode(&folder)), (0o600, 0o700));
    assert_eq!(live.terminate().status.code(), Some(0));
    assert!(!folder.exists());
}

/// Without the right to capture it is said what gives it on this system, and nothing is begun.
#[test]
fn without_rights_it_is_said_what_gives_them() {
    if !can_capture() || !have(&["setpriv"]) {
        return;
    }
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--"])
        .args([PROGRAM, "live", "--headless", "-i", "lo"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("failed to execute") {
        println!("skipped: nobody else can run {PROGRAM}");
        return;
    }
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
    let command = format!("setcap cap_net_raw,cap_net_admin=eip {PROGRAM}");
    for part in ["cannot capture on lo: no permission", &command] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// A program with capabilities of its own, as setcap gives them, keeps none of them.
#[test]
fn capabilities_of_the_file_are_given_up() {
    if !can_capture() || !have(&["setpriv"]) {
        return;
    }
    let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let program = folder.path().join("tlslab");
    fs::copy(PROGRAM, &program).unwrap();
    let set = Command::new("setcap").arg("cap_net_raw,cap_net_admin=eip").arg(&program).output();
    if !set.is_ok_and(|output| output.status.success()) {
        println!("skipped: no setcap here");
        return;
    }
    let mut command = Command::new("setpriv");
    let (user, group) = (SOMEBODY.to_string(), GROUP.to_string());
    command.args(["--reuid", &user, "--regid", &group, "--groups", &group, "--"]).arg(&program);
    let filter = format!("tcp port {}", free_port());
    let live = Live::start_in(&mut command, &["-i", "lo", "-f", &filter]);
    is_harmless(&live, SOMEBODY, GROUP);
    assert_eq!(live.terminate().status.code(), Some(0));
}
