//! Whether a value is what it was, told without keeping it.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use siphasher::sip128::{Hasher128, SipHasher13};

/// 128 bits of SipHash-1-3 (Aumasson and Bernstein 2012) with a fixed key: two values that
/// a page can have do not share one by chance. It is no proof against malice, and guards
/// nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    pub fn of<T: Hash + ?Sized>(value: &T) -> Self {
        let mut hasher = SipHasher13::new();
        value.hash(&mut hasher);
        Fingerprint(hasher.finish128().as_u128())
    }

    /// Quicker than [`of`](Self::of) a slice, and as good.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(bytes);
        Fingerprint(hasher.finish128().as_u128())
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}
