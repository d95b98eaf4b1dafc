//! What the owner changes of others' sign-in: inviting, roles, retiring, resetting, ending sessions.

use backhaul_store::people::{self, StaffRow};
use backhaul_store::sessions::{self as kept, SessionKind};
use backhaul_store::sign_in::{factors, identities, passkeys, steps};
use jiff::SignedDuration;

use super::audit::{self, SignInEventKind};
use super::first::FirstStep;
use super::proof::staff_of;
use super::steps::{NewStep, StepKind, look, take};
use super::{Caller, SignInError};
use crate::App;
use crate::keys::{PeopleError, well_named};
use crate::right::{Right, Roles};
use crate::sessions::Session;

/// How long an invitation is good.
pub const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(72);

impl App {
    /// Adds a member of staff, who sets the first password by the link of the token that this returns.
    ///
    /// # Errors
    /// [`SignInError`]; a name that is taken is refused.
    pub async fn invite_staff(
        &self,
        session: &Session,
        name: &str,
        roles: &Roles,
    ) -> Result<String, SignInError> {
        let by = self.require_owner(session)?;
        let name = well_named(name)?.to_owned();
        let (roles, now) = (roles.to_string(), self.clock.now());
        let NewStep { token, row } =
            NewStep::new(StepKind::Invitation, &name, String::new(), INVITATION_LASTS, now)?;
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            if people::staff(tx, &name)?.is_some() {
                return Err(SignInError::People(PeopleError::Taken(name.clone())));
            }
            let (id, roles) = (name.clone(), roles.clone());
            let password_hash = String::new();
            let added = StaffRow { id, roles, password_hash, created_at: now, is_active: true };
            people::put_staff(tx, &added)?;
            audit::note_by(tx, SignInEventKind::RolesSet, &name, &by, now)?;
            NewStep::begin(tx, &row, now)?;
            audit::note_by(tx, SignInEventKind::Invited, &name, &by, now)
        });
        done.await?;
        Ok(token)
    }

    /// A new link for somebody who is on the staff; the one there was is good no more.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn invite_again(&self, session: &Session, name: &str) -> Result<String, SignInError> {
        let by = self.require_owner(session)?;
        let (name, now) = (name.to_owned(), self.clock.now());
        let NewStep { token, row } =
            NewStep::new(StepKind::Invitation, &name, String::new(), INVITATION_LASTS, now)?;
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            active(tx, &name)?;
            steps::end_of(tx, StepKind::Invitation.as_str(), &name)?;
            NewStep::begin(tx, &row, now)?;
            audit::note_by(tx, SignInEventKind::Invited, &name, &by, now)
        });
        done.await?;
        Ok(token)
    }

    /// Who is invited by that link; nothing where it is good no more.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn invitation(&self, token: &str) -> Result<Option<String>, SignInError> {
        let (token, now) = (token.to_owned(), self.clock.now());
        let step = self.store.read(move |tx| look(tx, StepKind::Invitation, &token, now)).await?;
        Ok(step.map(|step| step.staff))
    }

    /// Uses an invitation: sets the password, and goes on as after a right one.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn use_invitation(
        &self,
        token: &str,
        password: &str,
        caller: &Caller,
    ) -> Result<FirstStep, SignInError> {
        let staff = self.invitation(token).await?.ok_or(SignInError::Over)?;
        let hash = self.new_hash(&staff, password).await?;
        let (token, now, name) = (token.to_owned(), self.clock.now(), staff.clone());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            take(tx, StepKind::Invitation, &token, now)?;
            active(tx, &name)?;
            people::set_password(tx, &name, &hash)?;
            kept::end_others(tx, SessionKind::Staff, &name, "")?;
            audit::note(tx, SignInEventKind::InvitationUsed, &name, now)
        });
        done.await?;
        self.after_first_half(&staff, caller).await
    }

    /// Gives a member of staff other roles.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn set_roles(
        &self,
        session: &Session,
        name: &str,
        roles: &Roles,
    ) -> Result<(), SignInError> {
        let by = self.require_owner(session)?;
        let (name, roles, now) = (name.to_owned(), roles.clone(), self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            let row = active(tx, &name)?;
            if !roles.has(Right::ManageStaff) {
                require_another_owner(tx, &name)?;
            }
            people::put_staff(tx, &StaffRow { roles: roles.to_string(), ..row })?;
            audit::note_by(tx, SignInEventKind::RolesSet, &name, &by, now)
        });
        done.await
    }

    /// Ends a member of staff's access, and every session with it.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn retire(&self, session: &Session, name: &str) -> Result<(), SignInError> {
        let by = self.require_owner(session)?;
        let (name, now) = (name.to_owned(), self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            let row = active(tx, &name)?;
            require_another_owner(tx, &name)?;
            people::put_staff(tx, &StaffRow { is_active: false, ..row })?;
            end_access(tx, &name)?;
            audit::note_by(tx, SignInEventKind::Retired, &name, &by, now)
        });
        done.await
    }

    /// Takes a member of staff's password, second factors and links away and ends every session: who lost all of it comes back by
    /// an invitation.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn reset_factors(&self, session: &Session, name: &str) -> Result<(), SignInError> {
        let by = self.require_owner(session)?;
        let (name, now) = (name.to_owned(), self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            active(tx, &name)?;
            people::set_password(tx, &name, "")?;
            factors::remove_totp(tx, &name)?;
            factors::put_recovery_codes(tx, &name, &[])?;
            passkeys::remove_all(tx, &name)?;
            identities::unlink(tx, &name)?;
            end_access(tx, &name)?;
            audit::note_by(tx, SignInEventKind::FactorsReset, &name, &by, now)
        });
        done.await
    }

    /// Ends every session of a member of staff.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn end_sessions_of(&self, session: &Session, name: &str) -> Result<(), SignInError> {
        let by = self.require_owner(session)?;
        let (name, now) = (name.to_owned(), self.clock.now());
        let keep = if name == by { session.token_hash.clone() } else { String::new() };
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            kept::end_others(tx, SessionKind::Staff, &name, &keep)?;
            audit::note_by(tx, SignInEventKind::SessionsEnded, &name, &by, now)
        });
        done.await
    }

    /// Somebody who manages the staff, and proved who they are a moment ago.
    fn require_owner(&self, session: &Session) -> Result<String, SignInError> {
        if !session.signed_in.who().roles.has(Right::ManageStaff) {
            return Err(SignInError::Wrong);
        }
        self.require_proof(session)?;
        staff_of(session)
    }
}

/// Ends what a member of staff has open: sessions, and steps that wait.
pub(crate) fn end_access(
    tx: &mut dyn backhaul_store::Tx,
    name: &str,
) -> Result<(), backhaul_store::Error> {
    kept::end_others(tx, SessionKind::Staff, name, "")?;
    steps::end_all(tx, name)
}

fn active(tx: &mut dyn backhaul_store::Tx, name: &str) -> Result<StaffRow, SignInError> {
    let row = people::staff(tx, name)?.filter(|row| row.is_active);
    row.ok_or_else(|| SignInError::People(PeopleError::Unknown(name.to_owned())))
}

/// Nobody takes the last owner away: whoever did could let nobody in again.
fn require_another_owner(tx: &mut dyn backhaul_store::Tx, name: &str) -> Result<(), SignInError> {
    let is_owner = |row: &StaffRow| {
        row.is_active && Roles::parse(&row.roles).is_ok_and(|roles| roles.has(Right::ManageStaff))
    };
    let all = people::hold_all_staff(tx)?;
    if all.iter().any(|row| row.id != name && is_owner(row)) {
        Ok(())
    } else {
        Err(SignInError::People(PeopleError::LastOwner))
    }
}
