//! What PROTOCOL-BAR.md asks of the identity server as far as it goes today.

mod discovery;
mod keys;
mod prompts;
mod refresh;
mod requests;
mod tokens;
mod told;
mod userinfo;
