//! The pages. Each file: what the address shows, and what its forms do.

pub(crate) mod accept;
pub(crate) mod assign;
pub(crate) mod audit;
pub(crate) mod audit_export;
pub(crate) mod break_glass;
pub(crate) mod closed;
pub(crate) mod deed;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod fields_settings;
pub(crate) mod health;
pub(crate) mod home;
pub(crate) mod import;
pub(crate) mod import_job;
pub(crate) mod invitation;
pub(crate) mod invite;
pub(crate) mod job;
pub(crate) mod job_subjects;
pub(crate) mod jobs;
pub(crate) mod leave;
pub(crate) mod logo;
pub(crate) mod member;
pub(crate) mod members;
pub(crate) mod profile;
pub(crate) mod provider;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod roles;
pub(crate) mod service_accounts;
pub(crate) mod standing;
pub(crate) mod states;
pub(crate) mod terms;
pub(crate) mod terms_settings;
pub(crate) mod views;

mod bulk;
mod csv;
mod filters;
mod labels;
mod ledger;
mod members_address;
mod shell;
pub(crate) mod timeline;
mod why;

pub(crate) use labels::{StatePill, role_labels, state_pill};
pub(crate) use shell::{Done, shell, small_shell};
