//! Stories of signing in.

mod money;
mod passwords;
mod people;
mod second;
mod single_sign_on;

use backhaul_app::sessions::Session;
use backhaul_app::sign_in::{Caller, FirstStep, SignInError};
use backhaul_app::{Merchant, Roles};
use backhaul_store::sessions::SessionKind;
use backhaul_testkit::Database;
use jiff::{SignedDuration, Timestamp};

use crate::desk::Desk;

pub(super) const PASSWORD: &str = "kiosk lantern 94 ferry";
pub(super) const ORIGIN: &str = "https://returns.shop.example";

/// A desk with these members of staff, all with the same good password.
pub(super) fn desk(database: &Database, staff: &[(&str, &str)]) -> Desk {
    let desk = Desk::over(database);
    let merchant = Merchant { public_url: ORIGIN.to_owned(), ..Merchant::default() };
    let desk = Desk { app: desk.app.with_merchant(merchant), clock: desk.clock };
    for (name, roles) in staff {
        wait(desk.app.put_staff(name, &Roles::parse(roles).unwrap(), Some(PASSWORD))).unwrap();
    }
    desk
}

/// Waits for the desk on this thread.
pub(super) fn wait<T>(work: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let (mut context, mut work) = (std::task::Context::from_waker(&waker), std::pin::pin!(work));
    loop {
        if let std::task::Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return done;
        }
        std::thread::park();
    }
}

pub(super) fn caller() -> Caller {
    Caller::new(Some("192.0.2.7".parse().unwrap()), "a browser")
}

/// A first half whose password is enough.
pub(super) fn sign_in(desk: &Desk, name: &str) -> String {
    match wait(desk.app.sign_in_with_password(name, PASSWORD, &caller())).unwrap() {
        FirstStep::SignedIn(token) => token,
        FirstStep::SecondFactor(_) => panic!("{name} has a second factor"),
    }
}

/// A first half that waits for the second.
pub(super) fn first_half(desk: &Desk, name: &str) -> String {
    match wait(desk.app.sign_in_with_password(name, PASSWORD, &caller())).unwrap() {
        FirstStep::SignedIn(_) => panic!("{name} has no second factor"),
        FirstStep::SecondFactor(second) => second.token,
    }
}

pub(super) fn session(desk: &Desk, token: &str) -> Option<Session> {
    wait(desk.app.session(SessionKind::Staff, token)).unwrap()
}

/// The session of somebody who signs in by a password alone.
pub(super) fn signed_in(desk: &Desk, name: &str) -> Session {
    session(desk, &sign_in(desk, name)).unwrap()
}

pub(super) fn pass(desk: &Desk, time: SignedDuration) {
    let now = desk.clock.shown();
    desk.clock.set(now.checked_add(time).unwrap());
}

/// The code that an authenticator app shows at that moment.
pub(super) fn code_at(secret: &str, now: Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    app.generate(u64::try_from(now.as_second()).unwrap()).to_string()
}

/// Adds an authenticator app; returns its secret and the recovery codes.
pub(super) fn add_totp(desk: &Desk, session: &Session) -> (String, Vec<String>) {
    let new = wait(desk.app.begin_totp(session)).unwrap();
    let code = code_at(&new.secret, desk.clock.shown());
    let codes = wait(desk.app.add_totp(session, &new.token, &code)).unwrap();
    // The step of that code is used.
    pass(desk, SignedDuration::from_secs(30));
    (new.secret, codes)
}

/// What was done about signing in, the oldest first.
pub(super) fn events(desk: &Desk) -> Vec<(String, String)> {
    let events = wait(desk.app.sign_in_events()).unwrap();
    let mut events: Vec<_> = events.into_iter().map(|event| (event.at, event)).collect();
    events.sort_by_key(|one| one.0);
    events.into_iter().map(|(_, event)| (event.staff, event.kind)).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "the answer of a call stands in each")]
pub(super) fn is_wrong<T: std::fmt::Debug>(done: Result<T, SignInError>) -> bool {
    matches!(done, Err(SignInError::Wrong))
}

pub(super) fn waits<T: std::fmt::Debug>(done: Result<T, SignInError>) -> Timestamp {
    match done {
        Err(SignInError::Later { at }) => at,
        other => panic!("expected to wait: {other:?}"),
    }
}
