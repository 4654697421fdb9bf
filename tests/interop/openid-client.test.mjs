// A client written by others (openid-client), told nothing but the issuer, its id, its secret and its redirect URI.
// Over https its checks are all on; over http (`tests/with-demo` without --tls) its documented switch allows the scheme.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";

const demo = JSON.parse(readFileSync(process.env.LATCHKEY_DEMO_JSON, "utf8"));
const application = demo.applications.find((one) => one.auth_method === "client_secret_basic" && one.tenant);
const tenant = demo.tenants.find(({ slug }) => slug === application.tenant);
const person = tenant.admins[0];
const insecure = demo.issuer.startsWith("http:") ? { execute: [client.allowInsecureRequests] } : undefined;
const scope = "openid profile email membership";

const discover = (secret = application.client_secret) =>
  client.discovery(new URL(demo.issuer), application.client_id, undefined, client.ClientSecretBasic(secret), insecure);

/** A whole login in a browser, up to the address that comes back to the application; `forced` goes into the request. */
async function logIn(config, forced = {}, browser = new Browser()) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const [redirectUri] = application.redirect_uris;
  const request = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope, state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: "S256", ...forced });
  let page = await browser.open(request.href, {}, redirectUri);
  const answers = { next: { username: person.email }, login: { password: person.password }, allow: {} };
  while (page.html) {
    const step = Object.keys(answers).find((id) => page.html.includes(`id="${id}"`));
    assert.ok(step, `an unexpected page at ${page.address}`);
    page = await browser.submit(page, step, answers[step], redirectUri);
  }
  return { callback: new URL(page.address), checks, browser };
}

test("the whole code flow, from discovery alone", async (t) => {
  const config = await discover();
  const { callback, checks } = await logIn(config);
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  const claims = tokens.claims();
  t.diagnostic(JSON.stringify(claims));
  assert.equal(claims.iss, demo.issuer);
  assert.equal([claims.aud].flat().join(), application.client_id);
  assert.equal(claims.nonce, checks.expectedNonce);
  assert.equal(tokens.token_type, "bearer");
  assert.ok(tokens.expires_in > 0 && tokens.expires_in <= 300, "an access token lives five minutes");

  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  t.diagnostic(JSON.stringify(userinfo));
  assert.equal(userinfo.email, person.email);
  assert.equal(userinfo.email_verified, true);
  assert.equal(userinfo.name, person.name);
  assert.equal(userinfo.tenant, application.tenant);
  assert.ok(Array.isArray(userinfo.roles) && userinfo.roles.length > 0, "the administrator's roles");
});

test("a second login in the same browser asks nothing; prompt=none answers; another browser gets login_required", async () => {
  const config = await discover();
  const { callback, checks, browser } = await logIn(config);
  const first = (await client.authorizationCodeGrant(config, callback, checks)).claims();
  const silent = await logIn(config, { prompt: "none" }, browser);
  const second = (await client.authorizationCodeGrant(config, silent.callback, silent.checks)).claims();
  assert.equal(second.sub, first.sub);
  const stranger = await logIn(config, { prompt: "none" });
  await assert.rejects(client.authorizationCodeGrant(config, stranger.callback, stranger.checks), { error: "login_required" });
});

test("a code works once", async () => {
  const config = await discover();
  const { callback, checks } = await logIn(config);
  await client.authorizationCodeGrant(config, callback, checks);
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: "invalid_grant" });
});

test("a refresh token is exchanged for the next, and a copy of an old one ends them all", async () => {
  const config = await discover();
  const { callback, checks } = await logIn(config);
  const first = await client.authorizationCodeGrant(config, callback, checks);
  const second = await client.refreshTokenGrant(config, first.refresh_token);
  assert.equal(second.claims().sub, first.claims().sub);
  assert.equal(second.claims().auth_time, first.claims().auth_time);
  assert.notEqual(second.refresh_token, first.refresh_token);
  const userinfo = await client.fetchUserInfo(config, second.access_token, second.claims().sub);
  assert.equal(userinfo.email, person.email);

  const again = await client.refreshTokenGrant(config, first.refresh_token);
  assert.equal(again.refresh_token, second.refresh_token, "a moment later: the same one again");
  const third = await client.refreshTokenGrant(config, second.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, first.refresh_token), { error: "invalid_grant" });
  await assert.rejects(client.refreshTokenGrant(config, third.refresh_token), { error: "invalid_grant" });
  await assert.rejects(client.fetchUserInfo(config, third.access_token, third.claims().sub), { status: 401 });
});

test("introspection and revocation", async () => {
  const config = await discover();
  const { callback, checks } = await logIn(config);
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  const told = await client.tokenIntrospection(config, tokens.access_token);
  assert.equal(told.active, true);
  assert.equal(told.sub, tokens.claims().sub);
  assert.equal((await client.tokenIntrospection(config, tokens.refresh_token)).active, true);
  await client.tokenRevocation(config, tokens.refresh_token);
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    assert.equal((await client.tokenIntrospection(config, token)).active, false);
  }
  await client.tokenRevocation(config, tokens.refresh_token);
});

test("a code without its PKCE verifier, or with another, is worth nothing", async () => {
  const config = await discover();
  const { callback, checks } = await logIn(config);
  const other = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  await assert.rejects(client.authorizationCodeGrant(config, callback, other), { error: "invalid_grant" });
});

test("a wrong client secret is refused", async () => {
  const config = await discover("not the secret");
  const { callback, checks } = await logIn(config);
  // 401 with a challenge (RFC 6749 §5.2), which openid-client reports by itself.
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE", status: 401 });
});

test("the answer names its issuer (RFC 9207), and another's is refused", async () => {
  const config = await discover();
  const { callback, checks } = await logIn(config);
  assert.equal(callback.searchParams.get("iss"), demo.issuer);
  callback.searchParams.set("iss", "https://elsewhere.example");
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks));
});
