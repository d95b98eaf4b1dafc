//! The threads of a store, which end when the store is dropped.

use std::thread::{self, JoinHandle};

use crate::error::OpenError;

#[derive(Debug, Default)]
pub(crate) struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    pub(crate) fn start(
        &mut self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), OpenError> {
        let started = thread::Builder::new().name(name.to_owned()).spawn(work);
        self.0.push(started.map_err(OpenError::Thread)?);
        Ok(())
    }
}

impl Drop for Threads {
    /// Waits for them, so that a file can be opened again at once. What tells them to end must be dropped before.
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            // A closure may own the last handle of its store; no thread can wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}
