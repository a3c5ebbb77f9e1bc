//! Files that are read once for many builds.
//!
//! In: the archive's folder, and what earlier builds kept of its files. Out: [`Sources`].
//! What is kept depends on no settings; as little of it as a file's mark differs is read.

use std::path::Path;

use super::{Fingerprint, Sources, Store};
use crate::{
    publish::program,
    sealed::{self, Part},
    source::{Seen, Sight},
};

/// What it is called among what is kept.
const KIND: &str = "sources";

/// So many files are a part.
const PART: usize = 2048;

/// Whether files may be known without being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Marks,
    Nothing,
}

pub fn read(root: &Path, store: &Store, trust: Trust) -> Sources {
    let Some(key) = program().map(|program| Fingerprint::of(&(KIND, program))) else {
        return Sources::read(root);
    };
    let seen = if trust == Trust::Marks { known(store, key) } else { Seen::default() };
    let (sources, now) = Sources::read_knowing(root, &seen);
    if !now.is_same(&seen) {
        let sights = now.sights();
        let parts: Vec<&[Sight]> = sights.chunks(PART).collect();
        store.keep(KIND, key, &parts, |part| Part::New(borsh::to_vec(part).unwrap_or_default()));
        store.forget_of_another_clock(KIND, key);
    }
    sources
}

fn known(store: &Store, key: Fingerprint) -> Seen {
    let bytes = store.read(KIND, key).unwrap_or_default();
    let parts = sealed::open(key, &bytes).into_iter().flatten();
    let sights = parts.filter_map(|part| borsh::from_slice::<Vec<Sight>>(part.bytes()).ok());
    Seen::of(sights.flatten())
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::atomic::Ordering;

    use assert_fs::{TempDir, prelude::*};

    use super::*;
    use crate::{
        build::{Inputs, Known, Request, build},
        parallel::Progress,
    };

    #[test]
    fn a_build_of_a_file_that_is_not_what_was_known_is_void_and_keeps_nothing() {
        const PATH: &str = "content/works/a.md";
        let archive = TempDir::new().expect("there is room");
        let settings = "title = \"T\"\ncollections = [{ id = \"works\", title = \"Works\" }]\n";
        archive.child("site.toml").write_str(settings).expect("it can be written");
        let text = "---\ntype: book\ntitle: A\n---\nText.\n";
        archive.child(PATH).write_str(text).expect("it can be written");
        let (_, now) = Sources::read_knowing(archive.path(), &Seen::default());
        assert!(now.sights().is_empty(), "it has just been written");
        for (known, moved) in [(text, false), ("another", true)] {
            let sight = Seen::sight(archive.path(), PATH, known).expect("it is there");
            let seen = Seen::of(std::iter::once(sight));
            let read = |root: &Path| Sources::read_knowing(root, &seen).0;
            let inputs = Inputs::read_by(archive.path(), &Request::default(), read);
            let void = inputs.moved();
            let store = Store::of(archive.path()).unless(inputs.moved());
            let known = Known { store: Some(&store), ..Known::default() };
            let built = build(inputs, known, &|_| {}, &Progress::default(), &mut |_, _, _| {});
            assert_eq!(void.load(Ordering::Relaxed), moved);
            assert_eq!(built.sound, !moved);
            assert_eq!(archive.child(".regesta/entries").exists(), !moved);
            std::fs::remove_dir_all(archive.path().join(".regesta")).ok();
        }
    }
}
