//! What PROTOCOL-BAR.md asks of the identity server as far as it goes today.

mod discovery;
mod keys;
mod prompts;
mod requests;
mod tokens;
mod userinfo;
