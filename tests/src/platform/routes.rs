//! The addresses, as the code lists them.

/// Where a tenant server's pages stand.
pub const TENANT_ROUTES: &str = include_str!("../../../crates/tenant-server/src/routes.rs");

/// The routes of a router, as its source lists them: method and path.
pub fn routes(source: &str) -> Vec<(String, String)> {
    let calls = source.split(".route(").skip(1).filter_map(|call| {
        let path = call.split('"').nth(1)?;
        let end = call.find(".route(").unwrap_or(call.len());
        let methods = ["get", "post", "put", "patch", "delete"].iter().filter(move |method| {
            let call = &call[..end];
            // A chained call stands on a line of its own.
            let statement = call.split("\n        .").next().unwrap_or(call);
            // `get(` and `.get(`, never the end of another word.
            statement
                .match_indices(&format!("{method}("))
                .any(|(at, _)| !statement[..at].ends_with(char::is_alphanumeric))
        });
        Some(methods.map(move |method| (method.to_uppercase(), path.to_owned())).collect::<Vec<_>>())
    });
    calls.flatten().collect()
}
