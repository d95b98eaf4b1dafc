//! The published policies of sixteen merchants, restated as policy files.

mod examples;
