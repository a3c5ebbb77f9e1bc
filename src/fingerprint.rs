//! Whether a value is what it was, told without keeping it.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    hash::{BuildHasherDefault, Hash, Hasher},
};

use borsh::{BorshDeserialize, BorshSerialize};
use siphasher::sip128::{Hasher128, SipHasher13};

/// 128 bits of SipHash-1-3 (Aumasson and Bernstein 2012) with a fixed key: two values that
/// a page can have do not share one by chance. It is no proof against malice, and guards
/// nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
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

    /// Which one of so many equal parts it falls into is a matter of chance.
    pub fn is_multiple_of(self, number: u128) -> bool {
        self.0.is_multiple_of(number)
    }

    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The one that is written like this; `None` where none is.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let sound = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        sound.then(|| u128::from_str_radix(digits, 16).ok().map(Fingerprint))?
    }
}

/// A map of what has no other name than its fingerprint: one is as good as a hash, and
/// looking one up reads no text.
pub type FingerprintMap<V> = HashMap<Fingerprint, V, BuildHasherDefault<Half>>;

/// As [`FingerprintMap`].
pub type FingerprintSet = HashSet<Fingerprint, BuildHasherDefault<Half>>;

/// Half a fingerprint.
#[derive(Default)]
pub struct Half(u64);

impl Hasher for Half {
    fn write_u128(&mut self, fingerprint: u128) {
        self.0 = u64::try_from(fingerprint >> 64).expect("64 bits are left");
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a fingerprint is a number");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}
