//! The rights of the process: what it takes to capture, and giving up all of them once the interfaces are open.
//!
//! A decoder of hostile bytes must not be root. The order is fixed: interfaces are opened, the files of root are made,
//! then everything goes that is not needed, and it is made sure that it is gone, before the first packet is read. It is
//! done while the process has one thread: capabilities belong to a thread, and later ones have those of their parent.

use super::LiveError;
use crate::base::printable;
use nix::unistd::{Gid, Group, Uid, User, geteuid, getgroups, getuid, setgroups};
use std::path::{Path, PathBuf};

/// Who the process is to be when the interfaces are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The user and group to become; none where the process is no root.
    target: Option<Target>,
    /// Whether the files of the capture belong to root.
    files_of_root: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    user: Uid,
    group: Gid,
    name: String,
}

/// What the environment says about who called `sudo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Caller {
    user: Uid,
    group: Gid,
}

impl Plan {
    /// Decides by who the process is, by who called `sudo`, and by `user`, the name of somebody to become.
    pub(super) fn new(user: Option<&str>) -> Result<Self, LiveError> {
        Self::of(geteuid(), caller(|name| std::env::var(name).ok()), user)
    }

    fn of(effective: Uid, caller: Option<Caller>, user: Option<&str>) -> Result<Self, LiveError> {
        if !effective.is_root() {
            return match user {
                Some(name) => Err(LiveError::User { reason: format!("only root can become {}", printable(name)) }),
                None => Ok(Self { target: None, files_of_root: false }),
            };
        }
        let target = match (user, caller) {
            (Some(name), _) => Target::named(name)?,
            (None, Some(caller)) => Target::caller(caller),
            (None, None) => Target::nobody(),
        };
        // Who is root and nobody else wants files of root, in places that only root can write to.
        Ok(Self { target: Some(target), files_of_root: caller.is_none() })
    }

    /// Whether files are to be made before the rights are given up: they belong to who called.
    pub(super) fn files_of_root(&self) -> bool {
        self.files_of_root
    }

    /// The name of who the process becomes, where it does not stay who it is.
    pub(super) fn becomes(&self) -> Option<&str> {
        self.target.as_ref().map(|target| target.name.as_str())
    }

    /// Gives up everything but the right to capture, for a process that does nothing else.
    pub(super) fn keep_capturing(&self) -> Result<(), LiveError> {
        capabilities::outlive_root().map_err(|cause| failed("keeping them", &cause))?;
        self.change_user()?;
        capabilities::only_capture().map_err(|cause| failed("capabilities", &cause))
    }

    fn change_user(&self) -> Result<(), LiveError> {
        let Some(Target { user, group, .. }) = self.target else { return Ok(()) };
        // Groups first: without the user root there is no right to change them.
        setgroups(&[group]).map_err(|cause| failed("setgroups", &cause))?;
        become_group(group).map_err(|cause| failed("setgid", &cause))?;
        become_user(user).map_err(|cause| failed("setuid", &cause))
    }

    /// Gives up everything, or fails: then nothing may be captured.
    pub(super) fn carry_out(&self) -> Result<(), LiveError> {
        self.change_user()?;
        capabilities::clear().map_err(|cause| failed("capabilities", &cause))?;
        self.verify().map_err(|what| failed("they are still there", &what))
    }

    /// Asks the system whether everything is gone, and tries to get it back.
    fn verify(&self) -> Result<(), &'static str> {
        if let Some(target) = &self.target {
            let groups = getgroups().map_err(|_| "the groups cannot be asked for")?;
            if getuid() != target.user || geteuid() != target.user || groups.iter().any(|group| *group != target.group)
            {
                return Err("the user or the groups");
            }
        }
        let root = Uid::from_raw(0);
        if getuid().is_root() || geteuid().is_root() || nix::unistd::seteuid(root).is_ok() {
            return Err("the process can become root");
        }
        capabilities::verify()
    }
}

fn failed(what: &str, cause: &dyn std::fmt::Display) -> LiveError {
    LiveError::Rights { reason: format!("{what}: {cause}") }
}

/// Gives up the capabilities of this thread, where the process is not root: the rights to capture are then only with
/// the threads that it has started. Root gives up its rights for all threads at once when it becomes somebody else.
pub fn leave_to_others() {
    if !geteuid().is_root() {
        // Without it nothing is worse than before.
        let _ = capabilities::clear();
    }
}

impl Target {
    fn named(name: &str) -> Result<Self, LiveError> {
        let printed = printable(name);
        let reason = |why: &str| LiveError::User { reason: format!("cannot become {printed}: {why}") };
        match User::from_name(name) {
            Ok(Some(user)) if user.uid.is_root() => Err(reason("the decoder never runs as root")),
            Ok(Some(user)) => Ok(Self { user: user.uid, group: user.gid, name: printed }),
            Ok(None) => Err(reason("there is no such user")),
            Err(cause) => Err(reason(&cause.to_string())),
        }
    }

    fn caller(caller: Caller) -> Self {
        let known = User::from_uid(caller.user).ok().flatten();
        let name = known.map_or_else(|| caller.user.to_string(), |user| printable(&user.name));
        Self { user: caller.user, group: caller.group, name }
    }

    fn nobody() -> Self {
        const NOBODY: u32 = 65534;
        let known = User::from_name("nobody").ok().flatten().filter(|user| !user.uid.is_root());
        let (user, group) = known.map_or((Uid::from_raw(NOBODY), Gid::from_raw(NOBODY)), |user| (user.uid, user.gid));
        Self { user, group, name: "nobody".to_owned() }
    }
}

/// Who called `sudo`; nobody where that was root.
fn caller(variable: impl Fn(&str) -> Option<String>) -> Option<Caller> {
    let number = |name: &str| variable(name)?.parse::<u32>().ok();
    let caller = Caller { user: Uid::from_raw(number("SUDO_UID")?), group: Gid::from_raw(number("SUDO_GID")?) };
    Some(caller).filter(|caller| !caller.user.is_root())
}

#[cfg(target_os = "linux")]
fn become_user(user: Uid) -> nix::Result<()> {
    nix::unistd::setresuid(user, user, user)
}

#[cfg(target_os = "linux")]
fn become_group(group: Gid) -> nix::Result<()> {
    nix::unistd::setresgid(group, group, group)
}

#[cfg(not(target_os = "linux"))]
use nix::unistd::{setgid as become_group, setuid as become_user};

#[cfg(target_os = "linux")]
mod capabilities {
    use caps::{CapSet, Capability, CapsHashSet};

    /// Effective before permitted: none may be in effect that is not permitted.
    const SETS: [CapSet; 4] = [CapSet::Ambient, CapSet::Effective, CapSet::Permitted, CapSet::Inheritable];

    pub(super) fn clear() -> Result<(), Box<dyn std::error::Error>> {
        SETS.into_iter().try_for_each(|set| caps::clear(None, set))?;
        // From now on no program that is started gets rights either.
        nix::sys::prctl::set_no_new_privs()?;
        Ok(())
    }

    /// Keeps capabilities when the user is changed.
    pub(super) fn outlive_root() -> nix::Result<()> {
        nix::sys::prctl::set_keepcaps(true)
    }

    /// Gives up all but those that it takes to capture.
    pub(super) fn only_capture() -> Result<(), Box<dyn std::error::Error>> {
        let both = [Capability::CAP_NET_RAW, Capability::CAP_NET_ADMIN];
        let had = caps::read(None, CapSet::Permitted)?;
        let kept: CapsHashSet = both.into_iter().filter(|capability| had.contains(capability)).collect();
        caps::clear(None, CapSet::Ambient)?;
        // Effective first on the way down, and last on the way up.
        caps::clear(None, CapSet::Effective)?;
        caps::set(None, CapSet::Permitted, &kept)?;
        caps::clear(None, CapSet::Inheritable)?;
        caps::set(None, CapSet::Effective, &kept)?;
        nix::sys::prctl::set_no_new_privs()?;
        Ok(())
    }

    pub(super) fn verify() -> Result<(), &'static str> {
        let is_empty = |set| caps::read(None, set).is_ok_and(|found: CapsHashSet| found.is_empty());
        if SETS.into_iter().all(is_empty) && no_thread_has_any() { Ok(()) } else { Err("capabilities") }
    }

    /// Capabilities belong to threads, and screens have some.
    fn no_thread_has_any() -> bool {
        let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return true };
        let is_free = |status: String| {
            let mut sets = status.lines().filter_map(|line| line.strip_prefix("CapPrm:"));
            sets.all(|set| set.trim().bytes().all(|digit| digit == b'0'))
        };
        // A thread that has ended meanwhile has none.
        threads.flatten().all(|thread| std::fs::read_to_string(thread.path().join("status")).map_or(true, is_free))
    }

    /// Whether the process may open the sockets that packets are captured with.
    pub(super) fn may_capture() -> bool {
        caps::has_cap(None, CapSet::Effective, Capability::CAP_NET_RAW).unwrap_or(false)
    }
}

#[cfg(not(target_os = "linux"))]
mod capabilities {
    pub(super) fn outlive_root() -> nix::Result<()> {
        Err(nix::errno::Errno::ENOTSUP)
    }

    pub(super) fn only_capture() -> nix::Result<()> {
        Err(nix::errno::Errno::ENOTSUP)
    }

    pub(super) fn clear() -> Result<(), std::convert::Infallible> {
        Ok(())
    }

    pub(super) fn verify() -> Result<(), &'static str> {
        Ok(())
    }

    pub(super) fn may_capture() -> bool {
        true
    }
}

/// Whether this thread may open the sockets that packets are captured with.
pub(super) fn may_capture() -> bool {
    capabilities::may_capture()
}

/// What somebody without the right to capture can do about it on this system.
pub(super) fn how_to_permit() -> String {
    if !cfg!(target_os = "linux") {
        return "Run it as an administrator (root), or ask for read access to the capture devices of the system."
            .to_owned();
    }
    if geteuid().is_root() && !capabilities::may_capture() {
        return "This root has not the capability CAP_NET_RAW, as in most containers. Start the container with it:\n  \
                docker run --cap-add=NET_RAW --cap-add=NET_ADMIN …"
            .to_owned();
    }
    let program = std::env::current_exe().map_or_else(|_| "tlslab".into(), |path| quoted(&path));
    let sudo = if found("sudo").is_some() { "sudo " } else { "" };
    let mut lines = Vec::new();
    if sudo.is_empty() {
        lines.push("As root, let everybody who can run this file capture with it:".to_owned());
    } else {
        lines.push(
            "Put sudo before the command; the rights of root are given up once the interfaces are open.".to_owned(),
        );
        lines.push("Or let everybody who can run this file capture with it:".to_owned());
    }
    lines.push(format!("  {sudo}setcap cap_net_raw,cap_net_admin=eip {program}"));
    if let Ok(Some(group)) = Group::from_name("wireshark") {
        lines.push("Or only the members of the group wireshark, by this before it:".to_owned());
        lines.push(format!("  {sudo}chgrp wireshark {program} && {sudo}chmod 750 {program}"));
        let is_member = getgroups().is_ok_and(|groups| groups.contains(&group.gid));
        if is_member && found("dumpcap").is_some() {
            lines.push("You are a member, and dumpcap captures for you:".to_owned());
            lines.push(format!("  dumpcap -i INTERFACE -w - | {program} inspect --format ndjson -"));
        }
    }
    lines.join("\n")
}

/// The path for a shell.
fn quoted(path: &Path) -> String {
    let text = printable(&path.to_string_lossy());
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A program in the folders of `PATH` or of administrators.
fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Uid = Uid::from_raw(0);

    fn sudo(user: &str, group: &str) -> Option<Caller> {
        caller(|name| Some(if name == "SUDO_UID" { user } else { group }.to_owned()))
    }

    #[test]
    fn root_becomes_who_called_or_nobody() {
        let anna = Caller { user: Uid::from_raw(4000), group: Gid::from_raw(4001) };
        assert_eq!(sudo("4000", "4001"), Some(anna));
        assert_eq!(caller(|_| None), None);
        for (user, group) in [("0", "0"), ("x", "1"), ("1", "-1"), ("", "")] {
            assert_eq!(sudo(user, group), None, "{user} {group}");
        }
        let plan = Plan::of(ROOT, Some(anna), None).unwrap();
        let target = plan.target.clone().unwrap();
        assert_eq!((target.user, target.group, plan.files_of_root()), (anna.user, anna.group, false));
        let plan = Plan::of(ROOT, None, None).unwrap();
        assert_eq!((plan.becomes(), plan.files_of_root()), (Some("nobody"), true));
        assert!(!plan.target.unwrap().user.is_root());
        let plan = Plan::of(Uid::from_raw(1), Some(anna), None).unwrap();
        assert_eq!((plan.becomes(), plan.files_of_root()), (None, false));
    }

    #[test]
    fn who_cannot_be_is_refused_before_anything_is_opened() {
        for (effective, name, part) in [
            (0, "root", "never runs as root"),
            (0, "no-such-user\u{1b}", "no-such-user\\x1b: there is no such user"),
            (1, "nobody", "only root can become nobody"),
        ] {
            let refusal = Plan::of(Uid::from_raw(effective), None, Some(name)).unwrap_err().to_string();
            assert!(refusal.contains(part), "{refusal}");
        }
    }

    #[test]
    fn a_path_can_be_pasted_into_a_shell() {
        for (path, expected) in
            [("/usr/bin/tlslab", "/usr/bin/tlslab"), ("/a b/c", "'/a b/c'"), ("/it's", r"'/it'\''s'")]
        {
            assert_eq!(quoted(Path::new(path)), expected);
        }
        assert!(!cfg!(target_os = "linux") || how_to_permit().contains("setcap") || geteuid().is_root());
    }
}
