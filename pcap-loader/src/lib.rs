//! libpcap, loaded when it is first needed.
//!
//! A program that links libpcap does not start on a machine without it, and does not build on one without its headers'
//! package. Most of what the program does needs neither. So on Linux this crate defines the functions that the crate
//! `pcap` imports, and each of them hands its call on to the real library, which is opened at the first call. Where
//! there is no such library the functions fail as libpcap itself does, with a text that says what to install.
//!
//! ```text
//!   crate pcap ──► pcap_create, pcap_activate, …   (this crate)  ──dlsym──►  libpcap.so.0.8
//!        └──-lpcap──► an empty libpcap.a           (build.rs)
//! ```
//!
//! Elsewhere libpcap is part of the system or of the build, and is linked in the usual way.
//!
//! # Why this is sound
//!
//! * A function is handed on with the signature that `pcap` declares for it; [`SIGNATURES`] lets a test hold the two
//!   against each other. That the real function has this signature is what `pcap` relies on as well.
//! * The library stays open until the process ends, so a function that was found never goes away.
//! * Only names that libpcap promises to keep compatible are opened, by file name: nothing in the arguments or the
//!   configuration can choose another file.
//! * Arguments are passed on untouched. The one pointer that is written to, `errbuf`, points to at least
//!   `PCAP_ERRBUF_SIZE` bytes by the contract of every function that has it.

/// Opens libpcap if that was not done yet; if it cannot be opened, says what the system says about it.
///
/// # Errors
///
/// For each name that was tried, why it could not be opened.
pub fn load() -> Result<(), &'static str> {
    #[cfg(target_os = "linux")]
    return linux::library().map(|_| ());
    #[cfg(not(target_os = "linux"))]
    return Ok(());
}

#[cfg(target_os = "linux")]
pub use linux::SIGNATURES;

#[cfg(target_os = "linux")]
mod linux {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
    use std::ptr::{null, null_mut};
    use std::sync::OnceLock;

    /// Debian and Ubuntu; Fedora, Alpine, Arch and others; a libpcap that somebody built.
    const NAMES: [&str; 3] = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];

    /// The library, or why there is none. Looked for once.
    pub(super) fn library() -> Result<&'static Library, &'static str> {
        static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
        LIBRARY.get_or_init(|| open(&NAMES)).as_ref().map_err(String::as_str)
    }

    fn open(names: &[&str]) -> Result<Library, String> {
        let mut reasons: Vec<String> = Vec::new();
        for name in names {
            // Every symbol is resolved now: one that is missing is an error here, and not the end of the process later.
            // SAFETY: opening runs the initialisers of libpcap and of what it needs, which have no preconditions.
            match unsafe { Library::open(Some(name), RTLD_NOW | RTLD_LOCAL) } {
                Ok(library) => return Ok(library),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        Err(reasons.join("; "))
    }

    /// The size of the buffer for an error that libpcap promises to its callers to fill at most.
    const PCAP_ERRBUF_SIZE: usize = 256;

    const NOT_FOUND: &str = "libpcap was not found; install the package libpcap0.8 (Debian, Ubuntu) \
                             or libpcap (Fedora, Alpine, Arch)";
    const TOO_OLD: &str = "the installed libpcap is too old; version 1.5 or newer is needed";

    /// Says in the buffer of the caller why the call failed.
    ///
    /// # Safety
    ///
    /// `errbuf` is null or points to `PCAP_ERRBUF_SIZE` bytes that can be written.
    unsafe fn explain(errbuf: *mut c_char) {
        let text = if library().is_ok() { TOO_OLD } else { NOT_FOUND };
        if errbuf.is_null() {
            return;
        }
        let length = text.len().min(PCAP_ERRBUF_SIZE - 1);
        // SAFETY: `length` bytes and the zero after them fit into the buffer, and the text is not in it.
        unsafe {
            errbuf.copy_from_nonoverlapping(text.as_ptr().cast(), length);
            errbuf.add(length).write(0);
        }
    }

    /// Defines each function so that it calls the one of the same name in the library. The block is what happens when
    /// there is none: the library or, in an old one, the function.
    macro_rules! forward {
        ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $absent:block)*) => {
            /// The functions that are defined here, as `name(types) -> type`.
            pub const SIGNATURES: &[&str] = &[
                $(concat!(stringify!($name), "(", $(stringify!($type), ",",)* ")" $(, "->", stringify!($result))?)),*
            ];

            $(
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $name($($argument: $type),*) $(-> $result)? {
                    type Real = unsafe extern "C" fn($($type),*) $(-> $result)?;
                    static REAL: OnceLock<Option<Real>> = OnceLock::new();
                    let real = REAL.get_or_init(|| {
                        // SAFETY: libpcap has the function of this name with this signature; see the head of the file.
                        let symbol = unsafe { library().ok()?.get::<Real>(stringify!($name).as_bytes()) };
                        symbol.ok().map(|symbol| *symbol)
                    });
                    match real {
                        // SAFETY: the caller keeps the contract of the function of this name, which is the same.
                        Some(real) => unsafe { real($($argument),*) },
                        None => $absent,
                    }
                }
            )*
        };
    }

    /// For functions with a buffer for the error, which all return the failure that is given.
    macro_rules! explained {
        ($errbuf:expr, $failure:expr) => {{
            // SAFETY: by the contract of the function the buffer has the size that libpcap writes to.
            unsafe { explain($errbuf) };
            $failure
        }};
    }

    /// The names of C, under which the signatures can be compared. Nothing behind these pointers is looked at.
    #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names of libpcap and of C")]
    mod name {
        use super::{c_uchar, c_uint, c_void};

        pub(super) type FILE = c_void;
        pub(super) type pcap_t = c_void;
        pub(super) type pcap_dumper_t = c_void;
        pub(super) type pcap_if_t = c_void;
        pub(super) type pcap_pkthdr = c_void;
        pub(super) type pcap_stat = c_void;
        pub(super) type bpf_program = c_void;
        pub(super) type pcap_direction_t = c_uint;
        pub(super) type pcap_handler = extern "C" fn(*mut c_uchar, *const pcap_pkthdr, *const c_uchar);
    }
    use name::{
        FILE, bpf_program, pcap_direction_t, pcap_dumper_t, pcap_handler, pcap_if_t, pcap_pkthdr, pcap_stat, pcap_t,
    };

    const FAILED: c_int = -1;

    forward! {
        // Interfaces.
        fn pcap_findalldevs(interfaces: *mut *mut pcap_if_t, errbuf: *mut c_char) -> c_int { explained!(errbuf, FAILED) }
        fn pcap_freealldevs(interfaces: *mut pcap_if_t) {}

        // Opening an interface.
        fn pcap_create(source: *const c_char, errbuf: *mut c_char) -> *mut pcap_t { explained!(errbuf, null_mut()) }
        fn pcap_set_snaplen(pcap: *mut pcap_t, length: c_int) -> c_int { FAILED }
        fn pcap_set_promisc(pcap: *mut pcap_t, on: c_int) -> c_int { FAILED }
        fn pcap_set_rfmon(pcap: *mut pcap_t, on: c_int) -> c_int { FAILED }
        fn pcap_set_timeout(pcap: *mut pcap_t, milliseconds: c_int) -> c_int { FAILED }
        fn pcap_set_immediate_mode(pcap: *mut pcap_t, on: c_int) -> c_int { FAILED }
        fn pcap_set_buffer_size(pcap: *mut pcap_t, size: c_int) -> c_int { FAILED }
        fn pcap_set_tstamp_type(pcap: *mut pcap_t, kind: c_int) -> c_int { FAILED }
        fn pcap_set_tstamp_precision(pcap: *mut pcap_t, precision: c_int) -> c_int { FAILED }
        fn pcap_activate(pcap: *mut pcap_t) -> c_int { FAILED }

        // Opening a file, or nothing.
        fn pcap_open_dead(link_type: c_int, length: c_int) -> *mut pcap_t { null_mut() }
        fn pcap_open_dead_with_tstamp_precision(link_type: c_int, length: c_int, precision: c_uint) -> *mut pcap_t {
            null_mut()
        }
        fn pcap_open_offline(path: *const c_char, errbuf: *mut c_char) -> *mut pcap_t { explained!(errbuf, null_mut()) }
        fn pcap_open_offline_with_tstamp_precision(
            path: *const c_char, precision: c_uint, errbuf: *mut c_char
        ) -> *mut pcap_t { explained!(errbuf, null_mut()) }
        fn pcap_fopen_offline(file: *mut FILE, errbuf: *mut c_char) -> *mut pcap_t { explained!(errbuf, null_mut()) }
        fn pcap_fopen_offline_with_tstamp_precision(
            file: *mut FILE, precision: c_uint, errbuf: *mut c_char
        ) -> *mut pcap_t { explained!(errbuf, null_mut()) }
        fn pcap_close(pcap: *mut pcap_t) {}

        // Packets.
        fn pcap_loop(pcap: *mut pcap_t, count: c_int, handler: pcap_handler, user: *mut c_uchar) -> c_int { FAILED }
        fn pcap_dispatch(pcap: *mut pcap_t, count: c_int, handler: pcap_handler, user: *mut c_uchar) -> c_int { FAILED }
        fn pcap_next_ex(pcap: *mut pcap_t, header: *mut *mut pcap_pkthdr, data: *mut *const c_uchar) -> c_int { FAILED }
        fn pcap_breakloop(pcap: *mut pcap_t) {}
        fn pcap_sendpacket(pcap: *mut pcap_t, data: *const c_uchar, length: c_int) -> c_int { FAILED }

        // Filters.
        fn pcap_compile(
            pcap: *mut pcap_t, program: *mut bpf_program, text: *const c_char, optimize: c_int, netmask: c_uint
        ) -> c_int { FAILED }
        fn pcap_setfilter(pcap: *mut pcap_t, program: *mut bpf_program) -> c_int { FAILED }
        fn pcap_freecode(program: *mut bpf_program) {}
        fn pcap_offline_filter(
            program: *const bpf_program, header: *const pcap_pkthdr, data: *const c_uchar
        ) -> c_int { 0 }
        fn pcap_setdirection(pcap: *mut pcap_t, direction: pcap_direction_t) -> c_int { FAILED }

        // What is known of an open capture.
        fn pcap_geterr(pcap: *mut pcap_t) -> *mut c_char { c"libpcap was not found".as_ptr().cast_mut() }
        fn pcap_stats(pcap: *mut pcap_t, counts: *mut pcap_stat) -> c_int { FAILED }
        fn pcap_setnonblock(pcap: *mut pcap_t, on: c_int, errbuf: *mut c_char) -> c_int { explained!(errbuf, FAILED) }
        fn pcap_fileno(pcap: *mut pcap_t) -> c_int { FAILED }
        fn pcap_get_selectable_fd(pcap: *mut pcap_t) -> c_int { FAILED }
        fn pcap_major_version(pcap: *mut pcap_t) -> c_int { 0 }
        fn pcap_minor_version(pcap: *mut pcap_t) -> c_int { 0 }

        // Link types.
        fn pcap_datalink(pcap: *mut pcap_t) -> c_int { FAILED }
        fn pcap_set_datalink(pcap: *mut pcap_t, link_type: c_int) -> c_int { FAILED }
        fn pcap_list_datalinks(pcap: *mut pcap_t, list: *mut *mut c_int) -> c_int { FAILED }
        fn pcap_free_datalinks(list: *mut c_int) {}
        fn pcap_datalink_name_to_val(name: *const c_char) -> c_int { FAILED }
        fn pcap_datalink_val_to_name(link_type: c_int) -> *const c_char { null() }
        fn pcap_datalink_val_to_description(link_type: c_int) -> *const c_char { null() }

        // Writing files.
        fn pcap_dump_open(pcap: *mut pcap_t, path: *const c_char) -> *mut pcap_dumper_t { null_mut() }
        fn pcap_dump_open_append(pcap: *mut pcap_t, path: *const c_char) -> *mut pcap_dumper_t { null_mut() }
        fn pcap_dump_fopen(pcap: *mut pcap_t, file: *mut FILE) -> *mut pcap_dumper_t { null_mut() }
        fn pcap_dump_flush(dumper: *mut pcap_dumper_t) -> c_int { FAILED }
        fn pcap_dump_close(dumper: *mut pcap_dumper_t) {}
        fn pcap_dump(user: *mut c_uchar, header: *const pcap_pkthdr, data: *const c_uchar) {}
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::ffi::CStr;

        #[test]
        fn a_library_that_is_not_there_is_named_with_the_reason() {
            let reasons = open(&["libno-such-library.so.1", "libno-such-library.so"]).err().unwrap_or_default();
            assert_eq!(reasons.matches("libno-such-library.so").count(), 2, "{reasons}");
        }

        #[test]
        fn the_error_fits_into_the_buffer_of_the_caller() {
            for text in [NOT_FOUND, TOO_OLD] {
                assert!(text.len() < PCAP_ERRBUF_SIZE, "{text}");
            }
            let mut buffer: [c_char; PCAP_ERRBUF_SIZE] = [0x7f; PCAP_ERRBUF_SIZE];
            // SAFETY: the buffer has the size that is asked for, and a zero once it was written.
            let text = unsafe {
                explain(null_mut());
                explain(buffer.as_mut_ptr());
                CStr::from_ptr(buffer.as_ptr())
            };
            assert!(text.to_string_lossy().contains("libpcap"), "{text:?}");
        }
    }
}
