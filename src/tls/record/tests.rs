//! Records as data: hexadecimal in, notes and tree lines out.
