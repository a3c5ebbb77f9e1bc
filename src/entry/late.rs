//! A body that is made when somebody first asks for it, and what else of an entry is read then.
//!
//! In: the body, or the text that it is made of; a value, or what was written of it. Out:
//! [`Body`], and the value. After an edit of prose most bodies are shown by no page that is made
//! again, and most entries are filed and nothing else. Absent on purpose: what is said of a
//! text, which is known before.

use std::{
    hash::{Hash, Hasher},
    io::{self, Read, Write},
    ops::{Deref, Range},
    sync::{Arc, OnceLock},
};

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Body, body, folder_of};
use crate::{site::Site, source::Source};

#[derive(Debug)]
pub struct LateBody {
    made: OnceLock<Body>,
    /// Of a body that may not be made so far: the file, where the text stands in it, and the
    /// settings.
    text: Option<(Arc<Source>, Range<usize>, Arc<Site>)>,
}

impl LateBody {
    pub fn of(body: Body) -> Self {
        LateBody { made: OnceLock::from(body), text: None }
    }

    /// What the text at `range` will give.
    pub fn later(source: &Arc<Source>, range: Range<usize>, site: &Arc<Site>) -> Self {
        LateBody { made: OnceLock::new(), text: Some((Arc::clone(source), range, Arc::clone(site))) }
    }

    /// Makes the body now where it was not made before.
    pub fn make(&self) {
        self.get();
    }

    fn get(&self) -> &Body {
        self.made.get_or_init(|| {
            let Some((source, range, site)) = &self.text else { return Body::default() };
            if source.text.get(range.clone()).is_none() {
                // It is not the text that was known.
                return Body::default();
            }
            body::parse_body(source, range.clone(), folder_of(source), &site.markdown).0
        })
    }
}

impl Deref for LateBody {
    type Target = Body;

    fn deref(&self) -> &Body {
        self.get()
    }
}

/// A value that may have been written down by another process.
#[derive(Clone, Debug)]
pub struct Late<T> {
    read: OnceLock<T>,
    /// Of one that may not be read so far: all that was written. It is sealed with the rest, by this
    /// program, so that it can be read.
    written: Vec<u8>,
}

impl<T> Late<T> {
    pub fn of(value: T) -> Self {
        Late { read: OnceLock::from(value), written: Vec::new() }
    }
}

impl<T: BorshDeserialize + Default> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.read.get_or_init(|| borsh::from_slice(&self.written).unwrap_or_default())
    }
}

impl<T: BorshDeserialize + Default + PartialEq> PartialEq for Late<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: BorshDeserialize + Default + Eq> Eq for Late<T> {}

impl<T: BorshDeserialize + Default + Hash> Hash for Late<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

/// As bytes with their length.
impl<T: BorshSerialize> BorshSerialize for Late<T> {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        match self.read.get() {
            Some(value) if self.written.is_empty() => borsh::to_vec(value)?.serialize(writer),
            _ => self.written.serialize(writer),
        }
    }
}

impl<T> BorshDeserialize for Late<T> {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        Ok(Late { read: OnceLock::new(), written: Vec::deserialize_reader(reader)? })
    }
}
