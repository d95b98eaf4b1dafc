//! The published policies of sixteen merchants, restated as policy files, and what of the language only they use.

mod examples;
mod language;
