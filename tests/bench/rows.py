"""What a person, or a tenant, is in the databases. Every column as the servers write it: crates/tenant/src/members/write.rs,
lifecycle/change.rs, invitations/; crates/identity/src/accounts, links."""
import json

from bulk import Table
from people import DAY, uuid7

ACCOUNT = Table("account", "id:uuid email:text email_key:text given_name:text family_name:text locale:text email_proved_at:int epoch:int"
                           " created_at:int updated_at:int")
PASSWORD = Table("password", "account_id:uuid phc:text changed_at:int")
LINK = Table("link", "tenant_id:uuid account_id:uuid created_at:int opened_at:int")
SUBJECT = Table("subject", "sector_id:uuid account_id:uuid subject:text")
MEMBERSHIP = Table("membership", "tenant_id:uuid subject:text version:int state:text roles:text groups:text applied_at:int")
IDENTITY = [ACCOUNT, PASSWORD, LINK, SUBJECT, MEMBERSHIP]

MEMBER = Table("member", "tenant_id:uuid id:uuid subject:text? authorization_state:text locked:bool lifecycle:text given_name:text"
                         " family_name:text sort_name:text email:text locale:text request_text:text requested_at:int? announced_at:int?"
                         " decided_at:int? decided_by:uuid? decision_reason:text? epoch:int version:int created_at:int changed_at:int"
                         " last_sign_in:int? deleted_at:int? deleted_by:uuid? deletion_asked_at:int? has_words:bool provider:text?"
                         " kept_by:text?")
WORD = Table("member_word", "tenant_id:uuid member_id:uuid word:bytes sort_name:text")
ROLE = Table("member_role", "tenant_id:uuid member_id:uuid role:text granted_at:int granted_by:uuid? sort_name:text")
INVITATION = Table("invitation", "tenant_id:uuid id:uuid member_id:uuid invited_by:uuid state:text email:text message:text created_at:int"
                                 " ended_at:int? status:text? taken_at:int? sent_at:int? accepted_at:int? expires_at:int? revision:int attempts:int")
TENANT = [MEMBER, WORD, ROLE, INVITATION]

# Three axes, and the one word that the identity server is told (Member::state).
AXES = {"reviewed": ("reviewed", False, "active", "active"), "locked": ("reviewed", True, "active", "locked"),
        "suspended": ("reviewed", False, "suspended", "suspended"), "deleted": ("reviewed", False, "deleted", "deleted"),
        "user_deletion": ("user_deletion", False, "active", "locked"), "to_review": ("to_review", False, "active", "to_review"),
        "rejected": ("rejected", False, "active", "rejected"), "invited": ("invited", False, "active", "invited")}
# How often they were changed, the first record included.
VERSIONS = {"to_review": 1, "invited": 1, "rejected": 2, "reviewed": 2}


def version(person):
    return VERSIONS.get(person.state, 3)


class IdentityRows:
    """An account for everybody; a link for whoever has come to the tenant. All have the password of `phc`."""

    def __init__(self, tenant, phc):
        self.tenant, self.phc = tenant, phc

    def of(self, people):
        tenant, phc = self.tenant, self.phc
        yield ACCOUNT, [(it.account, it.email, it.email, it.given, it.family, it.locale, it.came, 1, it.came, it.came) for it in people]
        yield PASSWORD, [(it.account, phc, it.came) for it in people]
        came = [it for it in people if it.state != "invited"]
        yield LINK, [(tenant, it.account, it.came, it.came) for it in came]
        yield SUBJECT, [(tenant, it.account, it.subject) for it in came]
        yield MEMBERSHIP, [(tenant, it.subject, version(it), AXES[it.state][3], json.dumps(it.roles, separators=(",", ":")), "[]", it.changed)
                           for it in came]


class TenantRows:
    """`by` decides, invites and deletes."""

    def __init__(self, tenant, by):
        self.tenant, self.by = tenant, by

    def of(self, people):
        tenant, by = self.tenant, self.by
        yield MEMBER, [self.member(it) for it in people]
        yield WORD, [(tenant, it.member, word, it.sort_name) for it in people for word in it.words]
        yield ROLE, [(tenant, it.member, role, it.decided, by, it.sort_name) for it in people for role in sorted(it.roles)]
        yield INVITATION, [self.invitation(it) for it in people if it.by_invitation]

    def member(self, it):
        authorization, locked, lifecycle, _ = AXES[it.state]
        asked = None if it.by_invitation and it.state not in ("to_review", "rejected") else it.came
        decided = it.decided if asked is not None and it.state != "to_review" else None
        deleted = it.changed if it.state == "deleted" else None
        return (self.tenant, it.member, None if it.state == "invited" else it.subject, authorization, locked, lifecycle, it.given, it.family,
                it.sort_name, it.email, it.locale, "" if asked is None or it.state == "rejected" else it.text, asked, asked, decided,
                self.by if decided else None, it.text if it.state == "rejected" else None, version(it), version(it), it.came, it.changed,
                it.seen, deleted, self.by if deleted else None, it.changed if it.state == "user_deletion" else None, True,
                it.provider, it.kept_by)

    def invitation(self, it):
        """Of those who have not come, it is over: nobody has to be asked about it, and the identity server has forgotten it."""
        is_open = it.state == "invited"
        at = it.came - 8 * DAY
        ended = None if is_open else it.came
        return (self.tenant, uuid7(at, it.lucky), it.member, self.by, "open" if is_open else "accepted", it.email, "", at, ended, "sent", at, at,
                ended, at + 7 * DAY, 1, 0)


# --- tenants without members ---

ADJECTIVES = ("blue silver northern quiet bright golden little open green old new royal coastal urban wild clear deep first grand high inner "
              "modern noble outer prime rapid solid upper vivid warm").split()
NOUNS = ("harbour meadow summit lantern bridge orchard canyon valley prairie island garden forest river tower market corner window mirror "
         "compass anchor feather marble willow falcon heron maple copper velvet cobalt amber").split()
KINDS = [("archive", "asset-library"), ("gallery", "gallery-studio"), ("library", "asset-library"), ("studio", "gallery-studio"),
         ("collection", "asset-library"), ("pictures", "gallery-studio"), ("press", "asset-library"), ("photo", "gallery-studio"),
         ("media", "asset-library"), ("works", "gallery-studio"), ("prints", "asset-library"), ("films", "gallery-studio")]
MOST_TENANTS = len(ADJECTIVES) * len(NOUNS) * len(KINDS)

PLATFORM = Table("tenant", "id:uuid slug:text name:text base_url:text icon:text accent:text? approval:bool created_at:int sort_name:text"
                           " blueprint:text version:int changed_at:int server_id:uuid?")
CLIENT = Table("client", "id:uuid client_id:text tenant_id:uuid kind:text name:text auth_method:text secret_hash:bytes? jwks:text?"
                         " redirect_uris:text post_logout_uris:text backchannel_logout_uri:text? id_token_alg:text require_pkce:bool"
                         " grant_types:text scopes:text native:bool home_url:text created_at:int")
SERVED = Table("served_tenant", "id:uuid slug:text base_url:text name:text blueprint:text issuer:text client_id:text icon:text standing:text"
                                " version:int enrolled_at:int changed:int")


def tenants(count, now, port):
    """(id, slug, name, blueprint, address). What differs first between neighbours is the first word."""
    for number in range(count):
        rest, first = divmod(number, len(ADJECTIVES))
        kind, noun = divmod(rest, len(NOUNS))
        word, blueprint = KINDS[kind]
        words = [ADJECTIVES[first], NOUNS[(noun + first) % len(NOUNS)], word]
        slug = "-".join(words)
        yield (uuid7(now - SINCE_TENANTS + number * 1_000_000, number << 40 | 0x5eed), slug, " ".join(words).title(), blueprint,
               f"http://{slug}.tenants.example:{port}")


SINCE_TENANTS = 400 * DAY


def platform_rows(model, client, count, now, port):
    """A tenant and its client each, after the pattern of one that is enrolled: the same server, the same key."""
    made = list(tenants(count, now, port))
    at = now - 100 * DAY
    yield PLATFORM, [(id_, slug, name, url, "library", None, True, at, name.lower(), blueprint, 1, at, model["server_id"])
                     for id_, slug, name, blueprint, url in made]
    moved = lambda text, url: text and text.replace(model["base_url"], url)
    yield CLIENT, [(bytes([id_[0] ^ 0x80]) + id_[1:], slug, id_, client["kind"], name, client["auth_method"], None, client["jwks"],
                    moved(client["redirect_uris"], url), moved(client["post_logout_uris"], url), moved(client["backchannel_logout_uri"], url),
                    client["id_token_alg"], client["require_pkce"], client["grant_types"], client["scopes"], client["native"], url, at)
                   for id_, slug, name, _, url in made]


def served_rows(issuer, count, now, port):
    at = now - 100 * DAY
    yield SERVED, [(id_, slug, url, name, blueprint, issuer, slug, "library", "open", 1, at, 0)
                   for id_, slug, name, blueprint, url in tenants(count, now, port)]
