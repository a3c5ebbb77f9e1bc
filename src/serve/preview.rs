//! The archive in memory, and the pages that are made of it.
