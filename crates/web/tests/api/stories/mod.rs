//! Returns, each from its beginning to its end. A story's snapshot is what a reviewer reads; it is the same on both engines.

mod cases;
mod goods;
mod handling;
mod money;
