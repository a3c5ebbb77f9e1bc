//! Opens a file at a line in the editor.
