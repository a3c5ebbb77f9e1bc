//! Bytes that tell whether they are as they were written.
//!
//! In: a key (whose bytes they are) and parts. Out: one piece of bytes; and of it the parts
//! that are sound. Absent on purpose: what the parts hold, and where they lie. It guards
//! against a disk, not against malice.

use std::io::{self, Write};

use crate::{fingerprint::Fingerprint, parallel};

/// So many parts are made before they are written.
const AT_ONCE: usize = 32;

/// Puts the parts that items make behind each other, each sealed. Few of them are held in
/// memory.
///
/// # Errors
/// Those of `into`.
pub fn seal<T: Sync>(
    key: Fingerprint,
    items: &[T],
    part: impl Fn(&T) -> Vec<u8> + Sync + Send,
    into: &mut impl Write,
) -> io::Result<()> {
    for items in items.chunks(AT_ONCE) {
        let parts: Vec<(Vec<u8>, [u8; 16])> = parallel::map(items, |item| {
            let part = part(item);
            let seal = seal_of(key, &part);
            (part, seal)
        });
        for (part, seal) in parts {
            into.write_all(&(part.len() as u64).to_le_bytes())?;
            into.write_all(&seal)?;
            into.write_all(&part)?;
        }
    }
    Ok(())
}

/// The parts in their order; `None` for one that is not as it was, and nothing for what
/// follows one whose length leads out of the bytes.
pub fn open(key: Fingerprint, bytes: &[u8]) -> Vec<Option<&[u8]>> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some((length, behind)) = rest.split_first_chunk::<8>()
        && let Some((seal, behind)) = behind.split_first_chunk::<16>()
        && let Some((part, behind)) =
            usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|length| behind.split_at_checked(length))
    {
        parts.push((*seal, part));
        rest = behind;
    }
    let mut opened: Vec<Option<&[u8]>> =
        parallel::map(&parts, |(seal, part)| (seal_of(key, part) == *seal).then_some(*part));
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
            seal(key, &parts, Vec::clone, &mut sealed).expect("memory takes all");
            let whole: Vec<Option<&[u8]>> = parts.iter().map(|part| Some(part.as_slice())).collect();
            prop_assert_eq!(&open(key, &sealed), &whole);
            prop_assert!(open(Fingerprint::of("other"), &sealed).iter().all(Option::is_none));
            let mut spoilt = sealed.clone();
            let at = at.index(sealed.len());
            if cut {
                spoilt.truncate(at);
            } else {
                spoilt[at] ^= flip;
            }
            let opened = open(key, &spoilt);
            prop_assert!(opened != whole);
            prop_assert!(opened.iter().flatten().all(|part| parts.iter().any(|sound| sound == part)));
        }
    }
}
