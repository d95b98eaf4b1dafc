//! `backhaul user` and `backhaul api-key`: who may ask.

use std::io::{IsTerminal as _, Read as _, stdin};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use backhaul_app::{App, Role, Roles};
use clap::Subcommand;
use serde_json::{Value, json};

use crate::database::Database;
use crate::server::{Refused, Server, in_path};

/// The most bytes of a password that comes in a pipe.
const PASSWORD_BYTES_MAX: u64 = 1_000;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a member of staff, or change roles and password.
    Add {
        /// The name that events remember.
        name: String,
        /// A role: `representative`, `dock`, `finance` or `owner`; once for each.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<String>,
        /// Read a password from the standard input. Nobody signs in without one.
        #[arg(long)]
        password: bool,
        #[command(flatten)]
        database: Database,
    },
    /// List the staff.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// End a member of staff's access. What was done in that name stays on record.
    Retire {
        /// The name.
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApiKeyCommand {
    /// Make a key for a machine. It is shown this once.
    Add {
        /// What it is for; the ledger remembers the machine by it.
        name: String,
        /// A role: `representative`, `dock`, `finance` or `owner`; once for each.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<String>,
        #[command(flatten)]
        database: Database,
    },
    /// List the keys, without their secrets.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// End a key.
    Revoke {
        /// Its id, as the list shows it.
        id: String,
        #[command(flatten)]
        database: Database,
    },
}

fn role(word: &str) -> Result<String, String> {
    let known = || Role::OF_STAFF.iter().map(|role| role.as_str());
    match known().find(|known| *known == word) {
        Some(_) => Ok(word.to_owned()),
        None => Err(format!("the roles are {}", known().collect::<Vec<_>>().join(", "))),
    }
}

fn roles(words: &[String]) -> Result<Roles> {
    Roles::parse(&words.join(" ")).map_err(|word| anyhow!("`{word}` is no role"))
}

pub(crate) fn user(command: &UserCommand) -> Result<ExitCode> {
    match command {
        UserCommand::Add { name, roles: words, password, database } => {
            let password = if *password { Some(read_password()?) } else { None };
            if let Some(server) = database.server()? {
                let person = json!({"roles": words, "password": password});
                server
                    .put(&format!("/staff/{}", in_path(name)), &person)?
                    .map_err(Refused::into_error)?;
            } else {
                let desk = database.desk()?;
                wait(desk.put_staff(name, &roles(words)?, password.as_deref()))??;
            }
            println!("{name}: {}", words.join(" "));
        }
        UserCommand::List { database } => {
            if let Some(server) = database.server()? {
                for staff in listed(&server, "staff")? {
                    let is_active = staff.get("is_active").and_then(Value::as_bool);
                    let standing = if is_active == Some(false) { "  retired" } else { "" };
                    println!("{}  {}{standing}", text(&staff, "name"), text(&staff, "roles"));
                }
                return Ok(ExitCode::SUCCESS);
            }
            for staff in wait(database.desk()?.staff())?? {
                let standing = if staff.is_active { "" } else { "  retired" };
                println!("{}  {}{standing}", staff.id, staff.roles);
            }
        }
        UserCommand::Retire { name, database } => {
            match database.server()? {
                Some(server) => server.delete(&format!("/staff/{}", in_path(name)))?,
                None => wait(database.desk()?.retire_staff(name))??,
            }
            println!("{name}: retired");
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn api_key(command: &ApiKeyCommand) -> Result<ExitCode> {
    match command {
        ApiKeyCommand::Add { name, roles: words, database } => {
            let token = match database.server()? {
                Some(server) => {
                    let made = server.post("/keys", &json!({"name": name, "roles": words}))?;
                    text(&made, "token").to_owned()
                }
                None => add_key(&database.desk()?, name, words)?,
            };
            println!("{token}");
            eprintln!(
                "This is the key, and it is not shown again: keep it where others do not read it."
            );
        }
        ApiKeyCommand::List { database } => {
            if let Some(server) = database.server()? {
                for key in listed(&server, "keys")? {
                    let ended = key.get("revoked_at").and_then(Value::as_str);
                    let standing = ended.map_or_else(String::new, |at| format!("  ended {at}"));
                    let [id, name, roles] = ["key", "name", "roles"].map(|field| text(&key, field));
                    println!("{id}  {name}  {roles}{standing}");
                }
                return Ok(ExitCode::SUCCESS);
            }
            for key in wait(database.desk()?.keys())?? {
                let standing =
                    key.revoked_at.map_or_else(String::new, |at| format!("  ended {at}"));
                println!("{}  {}  {}{standing}", key.id, key.name, key.roles);
            }
        }
        ApiKeyCommand::Revoke { id, database } => {
            match database.server()? {
                Some(server) => server.delete(&format!("/keys/{}", in_path(id)))?,
                None => wait(database.desk()?.revoke_key(id))??,
            }
            println!("{id}: ended");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a server has at the path of that name.
fn listed(server: &Server, name: &str) -> Result<Vec<Value>> {
    let mut answer = server.get(&format!("/{name}"))?;
    match answer.get_mut(name).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => bail!("the server does not say what it has: it is of another version"),
    }
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Makes a key, and returns all of it.
pub(crate) fn add_key(desk: &App, name: &str, words: &[String]) -> Result<String> {
    Ok(wait(desk.add_key(name, &roles(words)?))??.token)
}

/// Waits for what the desk does on a thread of its own.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().build()?.block_on(work))
}

fn read_password() -> Result<String> {
    if stdin().is_terminal() {
        eprintln!("Type the password and end the line. It is shown as you type: mind who looks.");
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let mut text = String::new();
    let bytes = stdin().take(PASSWORD_BYTES_MAX).read_to_string(&mut text)?;
    if bytes == 0 {
        bail!("no password came in");
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
