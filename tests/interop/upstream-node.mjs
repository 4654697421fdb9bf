// node's oidc-provider as an upstream provider, with the pages that it brings along: any name signs in, and consents or cancels.
//   node upstream-node.mjs CONFIGURATION     says "ready" once it listens, and ends with its standard input.
// What it was asked stands in the file `records`, a line of JSON for each: from its own events, after its own checks.
import { createPrivateKey } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const told = JSON.parse(readFileSync(process.argv[2], "utf8"));
const signingKey = createPrivateKey(readFileSync(told.signing_key)).export({ format: "jwk" });

const provider = new Provider(told.issuer, {
  clients: [{
    client_id: told.client_id, client_secret: told.client_secret, redirect_uris: [told.redirect_uri],
    // It takes no other way than this one.
    token_endpoint_auth_method: "client_secret_basic", id_token_signed_response_alg: "ES256",
    grant_types: ["authorization_code"], response_types: ["code"],
    backchannel_logout_uri: told.backchannel_logout_uri, backchannel_logout_session_required: true }],
  jwks: { keys: [{ ...signingKey, alg: "ES256", use: "sig" }] },
  cookies: { keys: ["a key for these tests alone"] },
  pkce: { required: () => true },
  features: { backchannelLogout: { enabled: true } },
  claims: { profile: ["name", "given_name", "family_name"], email: ["email", "email_verified"] },
  ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 3600, Grant: 3600 },
  // Its guard lets it ask nobody on loopback, where everybody is here; nor does a busy machine answer within its 2.5 seconds.
  fetch: (address, { dispatcher, signal, ...how }) => fetch(address, how),
  findAccount: (_, accountId) => told.people[accountId] && {
    accountId, claims: () => ({ sub: `subject of ${accountId}`.replaceAll(" ", "-"), ...told.people[accountId].claims }) } });

const record = (what) => appendFileSync(told.records, `${JSON.stringify(what)}\n`);
const asked = ({ nonce, state, prompt, code_challenge, code_challenge_method, login_hint }) =>
  ({ nonce, state, prompt, code_challenge, code_challenge_method, login_hint });

provider.on("authorization.success", (ctx) => record({ event: "code", ...asked(ctx.oidc.params) }));
provider.on("authorization.error", (ctx, error) => record({ event: "refused", error: error.error, why: error.error_description }));
provider.on("grant.success", (ctx) => {
  const { client, params } = ctx.oidc;
  const header = Buffer.from(ctx.body.id_token.split(".")[0], "base64url").toString();
  record({
    event: "tokens", method: client.clientAuthMethod, header: ctx.get("authorization").split(" ")[0],
    in_the_form: Boolean(params.client_secret ?? params.client_assertion), verifier: Boolean(params.code_verifier),
    kid: JSON.parse(header).kid });
});
provider.on("grant.error", (ctx, error) => record({ event: "tokens refused", error: error.error }));
provider.on("backchannel.success", () => record({ event: "logout told" }));
provider.on("backchannel.error", (ctx, error) => record({ event: "logout not told", why: String(error.cause ?? error) }));
provider.on("server_error", (ctx, error) => console.error(error));

const server = createServer({ key: readFileSync(told.tls_key), cert: readFileSync(told.tls_certificate) }, provider.callback());
server.listen(told.port, told.host, () => console.log("ready"));
process.stdin.on("end", () => process.exit(0)).resume();
