//! Bytes that tell whether they are as they were written.
//!
//! In: a key (whose bytes they are) and parts. Out: one piece of bytes; and of it the parts
//! that are sound. Absent on purpose: what the parts hold, and where they lie. It guards
//! against a disk, not against malice.

use std::io::{self, Write};

use crate::{fingerprint::Fingerprint, parallel};

/// So many parts are made before they are written.
const AT_ONCE: usize = 32;

/// What stands before a part: its length in eight bytes, and its seal.
const HEAD: usize = 24;

/// A part that is as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound<'a> {
    /// With what stands before it.
    whole: &'a [u8],
}

impl<'a> Sound<'a> {
    pub fn bytes(self) -> &'a [u8] {
        &self.whole[HEAD..]
    }
}

/// The same, by itself.
#[derive(Debug)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// `whole` has what stands before a part as well. `None` where it is not as it was written.
    pub fn of(key: Fingerprint, whole: Vec<u8>) -> Option<Self> {
        let (length, behind) = whole.split_first_chunk::<8>()?;
        let (seal, part) = behind.split_first_chunk::<16>()?;
        let sound = u64::from_le_bytes(*length) == part.len() as u64 && seal_of(key, part) == *seal;
        sound.then_some(Sealed(whole))
    }

    pub fn sound(&self) -> Sound<'_> {
        Sound { whole: &self.0 }
    }
}

/// How long a part is with what stands before it, by its first eight bytes.
pub fn length_of(first: [u8; 8]) -> Option<u64> {
    u64::from_le_bytes(first).checked_add(HEAD as u64)
}

/// A part that is to be written.
#[derive(Debug)]
pub enum Part<'a> {
    New(Vec<u8>),
    /// From bytes that have the same key.
    Again(Sound<'a>),
}

/// Puts the parts that items make behind each other, each sealed. Few of them are held in
/// memory.
///
/// # Errors
/// Those of `into`.
pub fn seal<'a, T: Sync>(
    key: Fingerprint,
    items: &[T],
    part: impl Fn(&T) -> Part<'a> + Sync + Send,
    into: &mut impl Write,
) -> io::Result<()> {
    for items in items.chunks(AT_ONCE) {
        let parts: Vec<(Part<'_>, [u8; 16])> = parallel::map(items, |item| {
            let part = part(item);
            let seal = if let Part::New(bytes) = &part { seal_of(key, bytes) } else { <[u8; 16]>::default() };
            (part, seal)
        });
        for (part, seal) in parts {
            match part {
                Part::New(bytes) => {
                    into.write_all(&(bytes.len() as u64).to_le_bytes())?;
                    into.write_all(&seal)?;
                    into.write_all(&bytes)?;
                }
                Part::Again(part) => into.write_all(part.whole)?,
            }
        }
    }
    Ok(())
}

/// The parts in their order; `None` for one that is not as it was, and nothing for what
/// follows one whose length leads out of the bytes.
pub fn open(key: Fingerprint, bytes: &[u8]) -> Vec<Option<Sound<'_>>> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some((length, behind)) = rest.split_first_chunk::<8>()
        && let Some((seal, behind)) = behind.split_first_chunk::<16>()
        && let Some((part, behind)) =
            usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|length| behind.split_at_checked(length))
    {
        parts.push((*seal, Sound { whole: &rest[..HEAD + part.len()] }));
        rest = behind;
    }
    let mut opened: Vec<Option<Sound<'_>>> =
        parallel::map(&parts, |(seal, part)| (seal_of(key, part.bytes()) == *seal).then_some(*part));
    if !rest.is_empty() {
        opened.push(None);
    }
    opened
}

fn seal_of(key: Fingerprint, part: &[u8]) -> [u8; 16] {
    Fingerprint::of(&(key, part)).to_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};

    use super::*;

    proptest! {
        #[test]
        fn what_is_not_as_it_was_is_not_opened(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..5),
            at in any::<Index>(),
            flip in 1_u8..,
            cut in any::<bool>(),
        ) {
            let key = Fingerprint::of("key");
            let mut sealed = Vec::new();
            seal(key, &parts, |part| Part::New(part.clone()), &mut sealed).expect("memory takes all");
            let whole = open(key, &sealed);
            let bytes: Vec<Option<&[u8]>> = whole.iter().map(|part| part.map(Sound::bytes)).collect();
            prop_assert_eq!(bytes, parts.iter().map(|part| Some(part.as_slice())).collect::<Vec<_>>());
            prop_assert!(open(Fingerprint::of("other"), &sealed).iter().all(Option::is_none));
            let mut again = Vec::new();
            let sound: Vec<Sound<'_>> = whole.iter().flatten().copied().collect();
            seal(key, &sound, |part| Part::Again(*part), &mut again).expect("memory takes all");
            prop_assert_eq!(&again, &sealed);
            let alone: Vec<Option<Sealed>> = sound.iter().map(|part| Sealed::of(key, part.whole.to_vec())).collect();
            prop_assert!(alone.iter().zip(&sound).all(|(one, part)| one.as_ref().is_some_and(|one| one.sound() == *part)));
            let first: Option<&[u8; 8]> = sealed.first_chunk();
            prop_assert_eq!(first.and_then(|first| length_of(*first)), Some((parts[0].len() + HEAD) as u64));
            let mut spoilt = sealed.clone();
            let at = at.index(sealed.len());
            if cut {
                spoilt.truncate(at);
            } else {
                spoilt[at] ^= flip;
            }
            let opened = open(key, &spoilt);
            prop_assert!(opened != whole);
            prop_assert!(opened.iter().flatten().all(|part| parts.iter().any(|sound| sound == part.bytes())));
        }
    }
}
