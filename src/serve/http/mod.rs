//! All that faces the browser.
