//! The field tables of TLS: one row for each field, with its name, its place in the standards and its explanation.
