//! Why there is no live capture, and what helps.

use crate::base::printable;

/// Why something about live capture could not be done. The text is for the person who asked for it: each says what,
/// why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// libpcap cannot be loaded.
    #[error("live capture needs libpcap, which cannot be loaded ({reason})\n{INSTALL}")]
    NoLibrary {
        /// What the system says about each name that was tried.
        reason: String,
    },
    /// The system does not let this user capture.
    #[error("cannot {action}: no permission ({reason})\n{PERMIT}")]
    NoPermission {
        /// What was to be done: "list the interfaces".
        action: String,
        /// What libpcap says.
        reason: String,
    },
    /// libpcap could not do it for another reason.
    #[error("cannot {action}: libpcap says: {reason}")]
    Failed {
        /// What was to be done: "list the interfaces".
        action: String,
        /// What libpcap says.
        reason: String,
    },
}

const INSTALL: &str = if cfg!(target_feature = "crt-static") {
    "This build is statically linked and cannot load libraries: use one that is not.
Capture files are read without libpcap."
} else {
    "Install it and try again:
  Debian, Ubuntu   apt install libpcap0.8
  Fedora           dnf install libpcap
  Alpine           apk add libpcap
  Arch             pacman -S libpcap
Capture files are read without libpcap."
};

const PERMIT: &str = if cfg!(target_os = "linux") {
    "Run it as root, or let everybody who can run the program capture:
  sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v tlslab)\""
} else {
    "Run it as an administrator (root), or ask for read access to the capture devices of the system."
};

impl LiveError {
    /// What libpcap's refusal means. Its errors are texts; the system's own words for a missing permission are in them.
    pub(super) fn refused(action: &str, reason: &str) -> Self {
        let (action, reason) = (action.to_owned(), printable(reason));
        let lower = reason.to_lowercase();
        if ["not permitted", "permission", "access is denied"].iter().any(|words| lower.contains(words)) {
            Self::NoPermission { action, reason }
        } else {
            Self::Failed { action, reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let missing = LiveError::NoLibrary { reason: "libpcap.so.1: no such file".to_owned() };
        for (error, parts) in [
            (missing, &["libpcap.so.1: no such file", "Capture files are read without"][..]),
            (
                LiveError::refused("open eth0", "libpcap error: eth0: socket: Operation not permitted"),
                &["cannot open eth0: no permission", "socket: Operation not permitted", "root"],
            ),
            (
                LiveError::refused("open eth0", "eth0: You don't have permission to capture on that device"),
                &["cannot open eth0: no permission", "root"],
            ),
            (
                LiveError::refused("open eth9", "No such device\u{1b}"),
                &["cannot open eth9: libpcap says: No such device\\x1b"],
            ),
        ] {
            let text = error.to_string();
            for part in parts {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }

    #[test]
    fn the_package_is_named_for_each_system() {
        if cfg!(not(target_feature = "crt-static")) {
            for words in ["Debian", "libpcap0.8", "Fedora", "Alpine", "Arch"] {
                assert!(INSTALL.contains(words), "{words}");
            }
        }
    }
}
