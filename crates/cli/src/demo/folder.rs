//! The folder of a demo: `demo.json` says when it was begun, and `demo-keys.txt` holds its keys. Each file is there whole or
//! not at all, so that a demo that was killed goes on.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use backhaul_app::{App, Role, Roles};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::new_file::NewFile;
use crate::people::{add_key, wait};

/// What says that a folder is a demo's.
const MARK: &str = "demo.json";
/// The keys.
const KEYS: &str = "demo-keys.txt";
/// What a file's name ends in while it is being written.
const PART: &str = ".part";
/// What stands at the top of the keys.
const KEYS_TITLE: &str = "# The API keys of this demo, one for each role. Delete this file, and the next start makes new ones.";

/// The passwords of the members of staff.
const STAFF: &str = "demo-staff.txt";
/// What stands at the top of the passwords.
const STAFF_TITLE: &str = "# The staff of this demo, one for each role. Delete this file, and the next start sets new passwords.";
/// How long the passwords are: by chance, and short enough to be typed.
const PASSWORD_CHARS: usize = 16;

/// When a demo was begun: everything in it is dated from there.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    pub(super) began_at: Timestamp,
}

/// The demo in the folder; nothing where there is no folder, or an empty one.
///
/// # Errors
/// The folder cannot be read, or holds something else.
pub(super) fn look(folder: &Path) -> Result<Option<Mark>> {
    let about = || format!("cannot read the folder `{}`", folder.display());
    let mark = folder.join(MARK);
    if mark.is_file() {
        let text = fs::read_to_string(&mark).with_context(about)?;
        let mark = serde_json::from_str(&text);
        return mark.map(Some).with_context(|| {
            format!(
                "`{}` is spoilt: remove the folder, and begin a new demo",
                folder.join(MARK).display()
            )
        });
    }
    if folder.symlink_metadata().is_err() {
        return Ok(None);
    }
    let left_over = format!("{MARK}{PART}");
    for entry in fs::read_dir(folder).with_context(about)? {
        if entry.with_context(about)?.file_name() != *left_over {
            bail!(
                "`{}` is not empty and no demo: name another folder with `--data`",
                folder.display()
            );
        }
    }
    Ok(None)
}

/// Begins a demo in the folder, which is made.
///
/// # Errors
/// The folder or the file cannot be made.
pub(super) fn begin(folder: &Path, began_at: Timestamp) -> Result<Mark> {
    let about = || format!("cannot make the folder `{}`", folder.display());
    fs::create_dir_all(folder).with_context(about)?;
    // Fractions of a second would tell nobody anything.
    let began_at = Timestamp::from_second(began_at.as_second())?;
    let mark = Mark { began_at };
    write(&folder.join(MARK), &format!("{}\n", serde_json::to_string(&mark)?))?;
    Ok(mark)
}

/// Where the keys are.
pub(super) fn keys_file(folder: &Path) -> PathBuf {
    folder.join(KEYS)
}

/// The keys, in the order of the roles; made where there are none.
///
/// # Errors
/// The file cannot be read or written, or is spoilt, or the database fails.
pub(super) fn keys(folder: &Path, app: &App) -> Result<Vec<(Role, String)>> {
    let file = keys_file(folder);
    if !file.exists() {
        make_keys(&file, app)?;
    }
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let key = |role: &Role| {
        let of_role = text.lines().filter_map(|line| line.split_once(' '));
        let mut key = of_role.filter(|(word, _)| *word == role.as_str()).map(|(_, key)| key.trim());
        let spoilt = || format!("there is no key of `{}` in `{}`", role.as_str(), file.display());
        let key =
            key.next_back().with_context(spoilt).context("delete the file to get new keys")?;
        Ok((*role, key.to_owned()))
    };
    Role::OF_STAFF.iter().map(key).collect()
}

/// Where the passwords are.
pub(super) fn staff_file(folder: &Path) -> PathBuf {
    folder.join(STAFF)
}

/// A member of staff for each role, with a password; made where there are none.
///
/// # Errors
/// The file cannot be read or written, or is spoilt, or the database fails.
pub(super) fn staff(folder: &Path, app: &App) -> Result<Vec<(Role, String)>> {
    let file = staff_file(folder);
    if !file.exists() {
        let mut text = format!("{STAFF_TITLE}\n");
        for role in Role::OF_STAFF {
            let password = backhaul_app::sessions::random_key()?;
            let password: String = password.chars().take(PASSWORD_CHARS).collect();
            wait(app.put_staff(role.as_str(), &Roles::from(*role), Some(&password)))??;
            text.extend([role.as_str(), " ", &password, "\n"]);
        }
        write(&file, &text)?;
    }
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let password = |role: &Role| {
        let mut of_role = text.lines().filter_map(|line| line.split_once(' '));
        let found = of_role.find(|(word, _)| *word == role.as_str());
        let spoilt =
            || format!("there is no password of `{}` in `{}`", role.as_str(), file.display());
        let (_, password) =
            found.with_context(spoilt).context("delete the file to get new passwords")?;
        Ok((*role, password.trim().to_owned()))
    };
    Role::OF_STAFF.iter().map(password).collect()
}

/// Makes a key for each role. Those that an earlier try has made, and that nobody knows, are ended.
fn make_keys(file: &Path, app: &App) -> Result<()> {
    let name = |role: &Role| format!("demo-{}", role.as_str());
    let is_ours = |known: &str| Role::OF_STAFF.iter().any(|role| name(role) == known);
    for known in wait(app.keys())?? {
        if known.revoked_at.is_none() && is_ours(&known.name) {
            wait(app.revoke_key(&known.id))??;
        }
    }
    let mut text = format!("{KEYS_TITLE}\n");
    for role in Role::OF_STAFF {
        let key = add_key(app, &name(role), &[role.as_str().to_owned()])?;
        text.extend([role.as_str(), " ", &key, "\n"]);
    }
    write(file, &text)
}

fn write(place: &Path, text: &str) -> Result<()> {
    let about = || format!("cannot write `{}`", place.display());
    let new = NewFile::at(place)?;
    let mut file = new.opener()().with_context(about)?;
    file.write_all(text.as_bytes()).with_context(about)?;
    new.finish(&file)
}
