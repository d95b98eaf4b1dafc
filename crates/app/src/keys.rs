//! Who is asking: the keys of machines, and staff.
//!
//! A key is `bh_ID_SECRET`. The database keeps the SHA-256 of the secret alone: it is 256 bits of chance, so nothing slower is
//! needed. A password is not, and is kept as an Argon2id hash.

use std::fmt::{self, Write as _};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use backhaul_core::ledger::{Actor, StaffId};
use backhaul_store::people::{self, KeyRow, StaffRow};
use backhaul_store::{Error, Hash};
use jiff::{SignedDuration, Timestamp};
use lru::LruCache;

use crate::right::Roles;
use crate::sign_in::{Weakness, end_access, weakness};
use crate::{App, Merchant, Who};

/// How long a key that was found good is believed without another look: a key that another process ended works so much longer.
pub const KEY_BELIEVED_FOR: SignedDuration = SignedDuration::from_secs(2);
/// How old the note of a key's last use may be.
pub const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// What the ledger's name of a machine begins with.
const KEY_ACTOR: &str = "key:";
/// How many keys are believed at once.
const BELIEVED_MAX: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// The most characters of a key's name.
pub const KEY_NAME_CHARS_MAX: usize = 60;
/// The fewest characters of a password (NIST SP 800-63B asks for at least 8, and for 15 where it stands alone).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The most characters of a password, so that hashing it has a bound.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// Who was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// As whom the desk is asked.
    pub who: Who,
    /// Whose idempotency keys are used.
    pub caller: String,
}

/// A key that was made; it is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its name in lists.
    pub id: String,
    /// All of it, for the machine.
    pub token: String,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the key {}", self.id)
    }
}

/// Why a key or a member of staff was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// No name that events could remember.
    #[error(
        "`{0}` is no name: it has 1 to {KEY_NAME_CHARS_MAX} characters, no control character, and no blank at its ends"
    )]
    Name(String),
    /// A password that is too short or too long.
    #[error("a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters")]
    Password,
    /// A password that is easy to guess.
    #[error("{}", weak(*.0))]
    WeakPassword(Weakness),
    /// Somebody has that name.
    #[error("there is a `{0}` already")]
    Taken(String),
    /// Without this one nobody could manage the staff.
    #[error("this is the last owner: make somebody else one first")]
    LastOwner,
    /// Nobody has that name.
    #[error("there is no `{0}`")]
    Unknown(String),
    /// The machine gives no randomness, or the hash cannot be made.
    #[error("no secret can be made: {0}")]
    Secret(String),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl App {
    /// Makes a key for a machine.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn add_key(&self, name: &str, roles: &Roles) -> Result<NewKey, PeopleError> {
        let name = well_named(name)?.to_owned();
        let (id, secret) = (chance::<8>()?, chance::<32>()?);
        let token = format!("bh_{id}_{secret}");
        let row = KeyRow {
            id: id.clone(),
            name,
            roles: roles.to_string(),
            secret_hash: Hash::of_text(&secret).to_string(),
            created_at: self.clock.now(),
            revoked_at: None,
            last_used_at: None,
        };
        self.store.write(move |tx| people::add_key(tx, &row)).await?;
        Ok(NewKey { id, token })
    }

    /// Ends a key.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] where no good key has that id, and [`PeopleError::Database`].
    pub async fn revoke_key(&self, id: &str) -> Result<(), PeopleError> {
        let (key, now) = (id.to_owned(), self.clock.now());
        let was_good = self.store.write(move |tx| people::revoke_key(tx, &key, now)).await?;
        self.believed.forget_all();
        if was_good { Ok(()) } else { Err(PeopleError::Unknown(id.to_owned())) }
    }

    /// Every key, without its secret.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn keys(&self) -> Result<Vec<KeyRow>, Error> {
        self.store.read(people::all_keys).await
    }

    /// Adds a member of staff, or changes the roles and the password of one.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn put_staff(
        &self,
        id: &str,
        roles: &Roles,
        password: Option<&str>,
    ) -> Result<(), PeopleError> {
        let id = well_named(id)?.to_owned();
        let hash = match password {
            Some(password) => Some(self.new_hash(&id, password).await?),
            None => None,
        };
        let (roles, now) = (roles.to_string(), self.clock.now());
        self.store
            .write(move |tx| {
                let known = people::staff(tx, &id)?;
                let password_hash =
                    hash.clone().or_else(|| Some(known.as_ref()?.password_hash.clone()));
                let row = StaffRow {
                    id: id.clone(),
                    roles: roles.clone(),
                    password_hash: password_hash.unwrap_or_default(),
                    created_at: known.map_or(now, |known| known.created_at),
                    is_active: true,
                };
                people::put_staff(tx, &row)?;
                if hash.is_some() {
                    end_access(tx, &id)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok(())
    }

    /// Refuses a password that is too short, too long, or easy to guess by somebody who knows the names around it.
    pub(crate) fn check_new_password(
        &self,
        staff: &str,
        password: &str,
    ) -> Result<(), PeopleError> {
        let length = password.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
            return Err(PeopleError::Password);
        }
        let Merchant { name, public_url, contact_email, .. } = self.merchant.as_ref();
        let host = url::Url::parse(public_url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        let email = contact_email.as_deref().unwrap_or_default();
        let names = [staff, "backhaul", "returns", name.as_str(), host, email];
        weakness(password, &names).map_or(Ok(()), |found| Err(PeopleError::WeakPassword(found)))
    }

    /// Ends a member of staff's access; what was done in that name stays on record.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] and [`PeopleError::Database`].
    pub async fn retire_staff(&self, id: &str) -> Result<(), PeopleError> {
        let name = id.to_owned();
        let retire = self.store.write(move |tx| -> Result<bool, Error> {
            let Some(known) = people::staff(tx, &name)? else { return Ok(false) };
            people::put_staff(tx, &StaffRow { is_active: false, ..known })?;
            end_access(tx, &name)?;
            Ok(true)
        });
        if retire.await? { Ok(()) } else { Err(PeopleError::Unknown(id.to_owned())) }
    }

    /// All staff.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn staff(&self) -> Result<Vec<StaffRow>, Error> {
        self.store.read(people::all_staff).await
    }

    /// Whose key this is; nobody's where it is malformed, unknown, wrong or ended, which are not told apart.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn identify(&self, token: &str) -> Result<Option<Identity>, Error> {
        let Some((id, secret)) = parts(token) else { return Ok(None) };
        let given = Hash::of_text(secret).to_string();
        let now = self.clock.now();
        if let Some(identity) = self.believed.get(&given, now) {
            return Ok(Some(identity));
        }
        let key = id.to_owned();
        let row = self.store.read(move |tx| people::key(tx, &key)).await?;
        // Equal hashes of 256 bits of chance: how long comparing takes tells nothing of the secret.
        let good = row.filter(|row| row.revoked_at.is_none() && row.secret_hash == given);
        let Some(row) = good else { return Ok(None) };
        let identity = identity(&row);
        if let Some(identity) = &identity {
            self.believed.put(given, now, identity.clone());
            self.note_use(&row, now).await?;
        }
        Ok(identity)
    }
}

impl App {
    /// Notes that a key is in use, where the last note is older than [`USE_NOTED_EVERY`].
    async fn note_use(&self, row: &KeyRow, now: Timestamp) -> Result<(), Error> {
        let is_noted = row.last_used_at.is_some_and(|at| now.duration_since(at) < USE_NOTED_EVERY);
        if is_noted {
            return Ok(());
        }
        let id = row.id.clone();
        self.store.write(move |tx| people::use_key(tx, &id, now)).await
    }
}

fn identity(row: &KeyRow) -> Option<Identity> {
    let roles = Roles::parse(&row.roles).ok()?;
    let id = StaffId::new(&format!("{KEY_ACTOR}{}", row.name)).ok()?;
    let actor = Actor::Staff { id, finance: roles.is_finance() };
    Some(Identity { who: Who { roles, actor }, caller: format!("key:{}", row.id) })
}

fn parts(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.strip_prefix("bh_")?.split_once('_')?;
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (id.len() == 16 && secret.len() == 64 && is_hex(id) && is_hex(secret)).then_some((id, secret))
}

const fn weak(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::Common => "this password is known from breaches: choose another",
        Weakness::Guessable => {
            "this password is easy to guess: make it longer, of words that have nothing to do with each other"
        }
    }
}

pub(crate) fn well_named(name: &str) -> Result<&str, PeopleError> {
    let is_name = StaffId::new(name).is_ok() && name.chars().count() <= KEY_NAME_CHARS_MAX;
    // No person is taken for a machine.
    let is_name = is_name && !name.starts_with(KEY_ACTOR);
    if is_name { Ok(name) } else { Err(PeopleError::Name(name.to_owned())) }
}

/// Whether that is a machine, by its key.
pub(crate) fn is_machine(actor: &Actor) -> bool {
    matches!(actor, Actor::Staff { id, .. } if id.as_str().starts_with(KEY_ACTOR))
}

/// So many random bytes, as hex.
pub(crate) fn chance<const BYTES: usize>() -> Result<String, PeopleError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| PeopleError::Secret(error.to_string()))?;
    Ok(bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// Keys that were found good a moment ago, by the hash of their secret.
#[derive(Clone)]
pub(crate) struct Believed(Arc<Mutex<LruCache<String, (Timestamp, Identity)>>>);

impl Default for Believed {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(BELIEVED_MAX))))
    }
}

impl Believed {
    fn get(&self, hash: &str, now: Timestamp) -> Option<Identity> {
        let (at, identity) = self.lock().get(hash)?.clone();
        let age = now.duration_since(at);
        (age >= SignedDuration::ZERO && age < KEY_BELIEVED_FOR).then_some(identity)
    }

    fn put(&self, hash: String, now: Timestamp, identity: Identity) {
        self.lock().put(hash, (now, identity));
    }

    fn forget_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, (Timestamp, Identity)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
