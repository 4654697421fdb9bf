// The peer: node's oidc-provider, set up to do what Latchkey does in the same operations: authorization code with PKCE,
// cookies, two ES256 tokens (ID token and JWT access token), a client with a secret. It checks no password.
//   node peer.mjs PORT JSON     JSON: { client_id, client_secret, redirect_uri, scope }
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, setup] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const issuer = `http://localhost:${port}`;
const resource = "urn:bench:api";

/** Everything in maps. The stock memory adapter keeps a thousand entries, which would evict codes before they are used. */
class Memory {
  static byUid = new Map();
  #entries = new Map();
  #byGrant = new Map();
  constructor(name) { this.name = name; }
  async upsert(id, payload, expiresIn) {
    this.#entries.set(id, { payload, until: Date.now() + expiresIn * 1000 });
    if (payload.uid && this.name === "Session") Memory.byUid.set(payload.uid, id);
    if (payload.grantId) {
      const known = this.#byGrant.get(payload.grantId);
      if (known) known.add(id); else this.#byGrant.set(payload.grantId, new Set([id]));
    }
  }
  async find(id) {
    const entry = this.#entries.get(id);
    return entry && entry.until > Date.now() ? entry.payload : undefined;
  }
  async findByUid(uid) { return this.find(Memory.byUid.get(uid)); }
  async consume(id) { this.#entries.get(id).payload.consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { this.#entries.delete(id); }
  async revokeByGrantId(grantId) {
    for (const id of this.#byGrant.get(grantId) ?? []) this.#entries.delete(id);
    this.#byGrant.delete(grantId);
  }
}

const jwk = (type, options, alg) =>
  ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), alg, use: "sig", kid: alg });

const provider = new Provider(issuer, {
  adapter: Memory,
  clients: [{
    client_id: setup.client_id, client_secret: setup.client_secret, redirect_uris: [setup.redirect_uri],
    grant_types: ["authorization_code"], response_types: ["code"], id_token_signed_response_alg: "ES256" }],
  jwks: { keys: [jwk("rsa", { modulusLength: 2048 }, "RS256"), jwk("ec", { namedCurve: "P-256" }, "ES256")] },
  cookies: { keys: ["a key for the benchmark alone"] },
  pkce: { required: () => true },
  claims: { profile: ["name"], email: ["email"] },
  scopes: ["openid", "profile", "email"],
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "openid profile email", audience: issuer, accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }) } },
  // Nothing to consent to, as with a tenant's own application.
  async loadExistingGrant(ctx) {
    const { client, session, provider } = ctx.oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope(setup.scope);
    grant.addResourceScope(resource, setup.scope);
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 3600, Session: 86400, Grant: 86400 } });

const escape = (text) => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt()};`);

/** One page that asks for a name and a password, and believes them. */
async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === "POST") {
    const parts = [];
    for await (const part of request) parts.push(part);
    const login = new URLSearchParams(Buffer.concat(parts).toString()).get("login");
    return provider.interactionFinished(request, response, { login: { accountId: login } });
  }
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><title>Sign in</title><form method="post" action="${escape(`/interaction/${details.uid}`)}">
    <input name="login" type="email"><input name="password" type="password"><button>Sign in</button></form>`);
}

const oidc = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return oidc(request, response);
  interact(request, response).catch((error) => { response.statusCode = 500; response.end(String(error)); });
});
server.keepAliveTimeout = 600_000;
server.listen(port, "127.0.0.1");
