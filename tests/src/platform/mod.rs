//! Running the platform: administrators, tenants and their servers, applications.

mod administrators;
mod api_matrix;
mod applications;
mod closing;
mod enrolment;
mod kinds;
mod leases;
mod logos;
mod matrix;
mod nodes;
pub mod routes;
mod tenants;
