//! A body that is made when somebody first asks for it.
//!
//! In: the body, or the text that it is made of. Out: [`Body`]. After an edit of prose most
//! bodies are shown by no page that is made again. Absent on purpose: what is said of a
//! text, which is known before.

use std::{
    ops::{Deref, Range},
    sync::{Arc, OnceLock},
};

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
