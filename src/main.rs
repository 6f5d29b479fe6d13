//! The `terrier` command.

fn main() {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|arg| arg == dataterrier::scan::worker::SUBCOMMAND)
    {
        let served =
            dataterrier::scan::worker::serve(std::io::stdin().lock(), std::io::stdout().lock());
        std::process::exit(i32::from(served.is_err()));
    }
}
