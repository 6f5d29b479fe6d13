//! The `terrier` command.

fn main() {}
