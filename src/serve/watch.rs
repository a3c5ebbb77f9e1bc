//! Which files may have changed.
