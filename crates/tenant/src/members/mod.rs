//! The tenant's record of a person, and reading it.

mod by_subjects;
mod export;
mod filter;
mod list;
mod profile;
mod read;
mod roads;
mod search;
mod seed;
mod statements;
mod understood;
mod walk;
mod words;
mod write;

use ambient::Timestamp;

pub use by_subjects::named_by_subject;
pub use export::{BEFORE_ALL, Taken, note_export, note_taken};
pub use filter::{Field, Holds, MemberFilter, Stage};
pub(crate) use list::cut;
pub use list::{COUNTED, MEMBERS_ON_A_PAGE, MemberKind, MemberRow, Page, PageAfter};
pub use profile::Profile;
pub(crate) use profile::{LONGEST, canonical, clean, one_line};
pub(crate) use read::{a_hundred, columns, hundreds, hundreds_of, proved_address, roles_columns};
pub use read::{by_id, by_subject, of_subjects, some, with_roles};
pub use search::{MemberPage, Place, list_members, list_some, window};
pub use seed::{Seed, SeedError, seed};
pub(crate) use statements::counted;
#[cfg(test)]
pub(crate) use statements::statements_of_the_list;
pub use words::add_missing_words;
pub(crate) use write::{Newcomer, insert, insert_all, note_sign_in, update_profile};

store::row_id! {
    /// A member's row; means nothing outside its tenant.
    MemberId
}

store::words! {
    /// The axis *authorization* (PP-26).
    Authorization {
        /// An administrator typed their address; they have not come yet.
        Invited = "invited",
        /// They asked to join.
        ToReview = "to_review",
        /// They are members.
        Reviewed = "reviewed",
        /// They asked and were turned down.
        Rejected = "rejected",
        /// They asked to be deleted (PP-14).
        UserDeletion = "user_deletion",
    }
}

store::words! {
    /// The axis *lifecycle*.
    Lifecycle {
        /// Usual.
        Active = "active",
        /// Deactivated, to come back (PS-05).
        Suspended = "suspended",
        /// Deleted, to be purged (PP-13).
        Deleted = "deleted",
        /// Erased: a row without a name.
        Purged = "purged",
    }
}

/// A member's row.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The pairwise subject; `None` while merely invited.
    pub subject: Option<String>,
    /// First axis.
    #[sqlx(rename = "authorization_state")]
    pub authorization: Authorization,
    /// Second axis.
    pub locked: bool,
    /// Third axis.
    pub lifecycle: Lifecycle,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Contact address; tells nobody apart (DESIGN §4.1).
    pub email: String,
    /// The provider that states names and address, where nobody has proved the address (DESIGN §4.2).
    pub stated_by: Option<String>,
    /// BCP 47.
    pub locale: String,
    /// Address of a picture.
    pub picture: Option<String>,
    /// What they want the administrators to know.
    pub request_text: String,
    /// When they (last) asked to join.
    pub requested_at: Option<Timestamp>,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<MemberId>,
    /// Why they were turned down.
    pub decision_reason: Option<String>,
    /// Sessions that carry an older one are void.
    pub epoch: i64,
    /// Of the last snapshot.
    pub version: i64,
    /// The one provider that opens this tenant to them; `None`: whatever their account allows.
    pub provider: Option<String>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When they last came in.
    pub last_sign_in: Option<Timestamp>,
    /// When they were deleted.
    pub deleted_at: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<MemberId>,
    /// When they asked for that themselves (PP-14).
    pub deletion_asked_at: Option<Timestamp>,
    /// Who keeps this record, if it is not kept here (PP-31).
    pub kept_by: Option<String>,
    /// Their version at the last switch of provider; 0: never switched.
    pub switched_version: i64,
    /// When that was.
    pub switched_at: Option<Timestamp>,
    /// Since when the identity server knows of it.
    pub switch_told_at: Option<Timestamp>,
    /// Whether the credential from before that switch proves nothing any more.
    pub compromised: bool,
    /// Their version at the last switch of which that was said; 0: none. It stays through those that follow: what was claimed before is
    /// void whatever the identity server hears first.
    pub compromised_version: i64,
    /// The only subject at their provider that may claim them.
    pub preset_subject: Option<String>,
    /// Never switched: a way in when providers fail.
    pub break_glass: bool,
    /// When this tenant last refused the password of their account, until it is changed (DESIGN §4.9).
    pub reset_at: Option<Timestamp>,
    /// When they were last shut out, who were in: no token from before is worth anything again (IN-03).
    pub shut_out_at: Option<Timestamp>,
}

impl Member {
    /// First and last name, or the address of someone who stated neither.
    #[must_use]
    pub fn name(&self) -> String {
        full_name(&self.given_name, &self.family_name, &self.email)
    }

    /// Whether somebody can sign in by it, or will: a service account (PP-28) has neither an account nor an address.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        self.subject.is_some() || !self.email.is_empty()
    }

    /// The one word that the identity server and lists show for the three axes; the worst axis wins.
    #[must_use]
    pub const fn state(&self) -> MemberState {
        crate::lifecycle::Axes::of(self).state()
    }
}

pub(crate) fn full_name(given_name: &str, family_name: &str, email: &str) -> String {
    let name = format!("{given_name} {family_name}");
    let name = name.trim();
    if name.is_empty() { email.to_owned() } else { name.to_owned() }
}

store::words! {
    /// The three axes in one word, as snapshots carry it (ARCHITECTURE.md).
    MemberState {
        /// Has an invitation.
        Invited = "invited",
        /// Waits for a decision.
        ToReview = "to_review",
        /// Is in.
        Active = "active",
        /// Was turned down.
        Rejected = "rejected",
        /// Is locked.
        Locked = "locked",
        /// Is suspended.
        Suspended = "suspended",
        /// Is deleted.
        Deleted = "deleted",
    }
}

#[cfg(test)]
impl Member {
    pub(crate) fn sample(at: Timestamp) -> Self {
        Self {
            id: MemberId(uuid::Uuid::from_u128(1)),
            subject: Some("subject".into()),
            authorization: Authorization::Reviewed,
            locked: false,
            lifecycle: Lifecycle::Active,
            given_name: "Mina".into(),
            family_name: "Hollis".into(),
            email: "mina@hollis.example".into(),
            stated_by: None,
            locale: "en".into(),
            picture: None,
            request_text: String::new(),
            requested_at: None,
            decided_at: None,
            decided_by: None,
            decision_reason: None,
            epoch: 1,
            version: 1,
            provider: None,
            created_at: at,
            changed_at: at,
            last_sign_in: None,
            deleted_at: None,
            deleted_by: None,
            deletion_asked_at: None,
            kept_by: None,
            switched_version: 0,
            switched_at: None,
            switch_told_at: None,
            compromised: false,
            compromised_version: 0,
            preset_subject: None,
            break_glass: false,
            reset_at: None,
            shut_out_at: None,
        }
    }
}
