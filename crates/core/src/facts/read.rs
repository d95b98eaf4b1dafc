//! Facts from JSON.
use super::Facts;

/// A fault.
#[derive(Clone, Debug)]
pub struct Fault;
/// A fault's code.
#[derive(Clone, Copy, Debug)]
pub enum FaultCode {}

/// Reads.
pub fn read(_: &[u8]) -> Result<Facts, Fault> {
    Err(Fault)
}
/// Reads.
pub fn read_document(_: &[u8]) -> Result<Facts, Fault> {
    Err(Fault)
}
