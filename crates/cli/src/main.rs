//! `backhaul`: the returns desk a merchant runs on its own machine. One file a command.

mod audit_verify;
mod backup;
mod clock;
#[cfg(feature = "crash-points")]
mod crash;
mod database;
mod decide;
mod demo;
mod doctor;
mod export;
mod import_orders;
mod logs;
mod mailer;
mod meters;
mod migrate;
mod new_file;
mod people;
mod policies;
mod policy_check;
mod policy_compare;
mod policy_explain;
mod policy_test;
mod providers;
mod restore;
mod serve;
mod server;
mod settings;
mod show;
mod work_list;
mod workers;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the program's end says.
const EXIT_CODES: &str =
    "Exit codes: 0 all is well; 1 the answer is no, or a part was refused; 2 it could not be done.";

/// The returns desk a merchant runs on its own machine.
#[derive(Parser)]
#[command(version, about, propagate_version = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try the desk: start one with sample orders and returns at every stage, and serve it.
    ///
    /// Everything is in one folder, which is made; no money moves. A second start goes on where the first one stopped.
    Demo(demo::Args),
    /// Decide claims: facts as JSON in, decisions as JSON out.
    ///
    /// Facts are one JSON object a file, or one a line with `--lines`. Each is judged by the policy that its `policy` field asks
    /// for, else by the version in force when its order was placed. Malformed facts get an error object in their place, and the
    /// exit code is 1 at the end.
    Decide(decide::Args),
    /// Check, compare, explain and test policy files.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Take orders in.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Check what was kept.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Make the database, or bring it to this version.
    Migrate(migrate::Args),
    /// Serve the desk over HTTP, and work on its jobs.
    ///
    /// Prints `listening on http://…` once it does. `SIGTERM` and `SIGINT` end it in order: requests first, then jobs, up to the
    /// limit that is set; the exit code is 0 then. A second signal cuts the waiting short.
    Serve(serve::ServeArgs),
    /// Work on jobs without serving: beside servers on PostgreSQL, as many as there is work for.
    Worker(serve::WorkerArgs),
    /// Export everything as lines of JSON, for other programs.
    ///
    /// Orders with all versions, events with their hashes, and settings without secrets, all of one moment. What is personal is
    /// marked, and left out unless it is asked for.
    Export(export::Args),
    /// Copy everything, as of one moment, into one file.
    ///
    /// The file holds what people typed, and the hashes of passwords and keys: keep it as you keep the database.
    Backup(backup::Args),
    /// Put a copy back into an empty database, of the same or of the other engine.
    ///
    /// Refunds are paused then, because what was paid after the copy was made is not in it. A file that is torn, changed or of a
    /// later version is refused, and nothing is kept of it. The ledgers are verified at the end; the exit code is 1 where one was
    /// tampered with.
    Restore(restore::Args),
    /// Check the settings, the data, the clock, and whom the desk talks to.
    ///
    /// One line a check: ok, warning or wrong, what it saw, and what to do. Nothing is changed. The exit code is 1 when something
    /// is wrong.
    Doctor(doctor::Args),
    /// Staff: who may do what.
    #[command(subcommand)]
    User(people::UserCommand),
    /// The keys of machines, for the API.
    #[command(subcommand)]
    ApiKey(people::ApiKeyCommand),
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Import orders from a file of CSV or JSON lines.
    ///
    /// An import is repeatable: an order that is as it was is left alone, and a changed one becomes a further version. Of an
    /// order everything is taken or nothing; what is refused is told with its line and column, and the exit code is 1 then.
    Orders(import_orders::Args),
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Verify the chain of every order's ledger, and name the first event that was changed, removed or reordered.
    Verify(audit_verify::Args),
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Find mistakes, contradictions, rules that can never apply and situations that nothing covers.
    ///
    /// Prints one line a finding, `FILE:LINE:COLUMN: error[CODE]: …`, with facts that show it where there are any. The exit code
    /// is 1 when the policy cannot be used; warnings alone are no failure.
    Check(policy_check::Args),
    /// Show what two versions do differently, with facts that show it.
    ///
    /// Both decide situations that tell their rules apart; then comes what the buyer reads, part by part. The page of the desk, and
    /// its API, compare versions over the claims that were made, and say what it would have cost.
    Compare(policy_compare::Args),
    /// Print the policy as a page that a buyer can read, as Markdown.
    Explain(policy_explain::Args),
    /// Decide test cases and compare with what they expect.
    ///
    /// Cases are `.jsonl` files, one JSON object a line: `name`, `facts` (or a `change` of the `base` before it), and `expect`.
    Test(policy_test::Args),
}

fn main() -> ExitCode {
    #[cfg(feature = "crash-points")]
    crash::listen();
    let done = match Cli::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Decide(args) => decide::run(&args),
        Command::Policy(PolicyCommand::Check(args)) => policy_check::run(&args),
        Command::Policy(PolicyCommand::Compare(args)) => policy_compare::run(&args),
        Command::Policy(PolicyCommand::Explain(args)) => policy_explain::run(&args),
        Command::Policy(PolicyCommand::Test(args)) => policy_test::run(&args),
        Command::Import(ImportCommand::Orders(args)) => import_orders::run(&args),
        Command::Audit(AuditCommand::Verify(args)) => audit_verify::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Serve(args) => serve::serve(&args),
        Command::Worker(args) => serve::work(&args),
        Command::Export(args) => export::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::User(command) => people::user(&command),
        Command::ApiKey(command) => people::api_key(&command),
    };
    match done {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("backhaul: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether whoever read our output has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    fn leaves(command: &clap::Command, name: &str, found: &mut Vec<String>) {
        let commands = command.get_subcommands().filter(|command| command.get_name() != "help");
        let mut is_leaf = true;
        for command in commands {
            is_leaf = false;
            leaves(command, &format!("{name} {}", command.get_name()), found);
        }
        if is_leaf {
            found.push(name.to_owned());
        }
    }

    #[test]
    fn every_command_is_on_the_page() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/commands.md");
        let page = std::fs::read_to_string(page).unwrap();
        let mut commands = Vec::new();
        leaves(&Cli::command(), "backhaul", &mut commands);
        assert!(commands.len() > 10, "{commands:?}");
        for command in commands {
            assert!(page.contains(&format!("| `{command}")), "`{command}` in docs/commands.md");
        }
    }

    #[test]
    fn the_flags_of_every_command_fit_together() {
        Cli::command().debug_assert();
    }
}
