//! The desk over HTTP.
