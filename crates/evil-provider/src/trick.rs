/// One way to break one rule, or to be unusual without breaking any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Every answer has status 500.
    Away,
    /// No answer ever comes.
    Slow,
    /// The discovery document is no JSON.
    MetadataGarbage,
    /// It is a gigabyte long, and comes piece by piece.
    MetadataHuge,
    /// It states its issuer twice.
    MetadataDouble,
    /// It comes as `text/html`.
    MetadataType,
    /// It is a redirect to an address inside the network.
    MetadataRedirect,
    /// It is about another issuer.
    MetadataIssuer,
    /// It is about this issuer with a slash more.
    MetadataSlash,
    /// It names no token endpoint.
    MetadataNoToken,
    /// It names no keys.
    MetadataNoKeys,
    /// Its keys lie inside the network.
    KeysInside,
    /// Its keys are no JSON.
    KeysGarbage,
    /// It signs with nothing but HS256 and `none`.
    OnlySymmetric,
    /// Its logout is a script.
    LogoutScript,
    /// It has no logout.
    NoLogout,
    /// Its logout sends the browser back with another `state`.
    LogoutState,
    /// The person declines.
    Denied,
    /// The provider answers with another error.
    ServerError,
    /// The answer has no `iss`, though that is promised.
    AnswerNoIss,
    /// The answer has the `iss` of another: a mix-up.
    AnswerIss,
    /// The answer has no code.
    AnswerNoCode,
    /// The token endpoint does not know the client.
    InvalidClient,
    /// The token endpoint does not take the code.
    InvalidGrant,
    /// The token endpoint is away.
    TokenAway,
    /// The token answer is no JSON.
    TokenGarbage,
    /// The token answer comes as `text/html`.
    TokenContentType,
    /// The token answer has no access token.
    NoAccessToken,
    /// The access token is of another type than Bearer.
    TokenTypeMac,
    /// There is no ID token.
    NoIdToken,
    /// `iss` is another's.
    Iss,
    /// `iss` has a slash more.
    IssSlash,
    /// `aud` is another client.
    Aud,
    /// There is no `aud`.
    NoAud,
    /// `aud` has another client beside us, who could use the token as us.
    AudExtra,
    /// `aud` has us twice, and there is no `azp`.
    AudTwice,
    /// `azp` is another client.
    Azp,
    /// There is no `sub`.
    NoSub,
    /// `sub` is empty.
    EmptySub,
    /// `sub` is 256 characters long.
    LongSub,
    /// `sub` is not ASCII.
    UmlautSub,
    /// `sub` is a number.
    NumberSub,
    /// Expired two minutes ago.
    Expired,
    /// There is no `exp`.
    NoExp,
    /// `exp` is a text.
    TextExp,
    /// `nbf` lies two minutes ahead.
    NotYet,
    /// `iat` lies two minutes ahead.
    IatAhead,
    /// There is no `iat`.
    NoIat,
    /// `auth_time` was an hour ago: wrong where a fresh proof was asked for.
    AuthTimeOld,
    /// There is no `auth_time`: the same.
    NoAuthTime,
    /// The nonce is another request's.
    Nonce,
    /// There is no nonce.
    NoNonce,
    /// `at_hash` is another access token's.
    AtHash,
    /// `c_hash` is another code's.
    CHash,
    /// Signed with nothing: `alg` is `none`.
    AlgNone,
    /// Signed by HS256, with the public key as the secret.
    Hs256,
    /// Signed with a key that is not published.
    UnknownKid,
    /// Signed with another key under the published one's id.
    ForeignKey,
    /// A signature of zeros.
    ZeroSignature,
    /// The signed claims were exchanged afterwards.
    Altered,
    /// Brings its own key along, in `jwk`.
    EmbeddedJwk,
    /// Says where its key lies, in `jku`.
    Jku,
    /// Has a critical extension.
    Crit,
    /// States `sub` twice.
    DoubleSub,
    /// States `alg` twice.
    DoubleAlg,
    /// Is an access token by its type.
    TypAccess,
    /// Is longer than anybody should read.
    Huge,
    /// Names no key, and there are two.
    TwoKeysNoKid,
    /// UserInfo is about somebody else.
    UserInfoSub,
    /// UserInfo is about nobody.
    UserInfoNoSub,
    /// UserInfo states its subject twice.
    UserInfoDouble,
    /// UserInfo is away.
    UserInfoAway,
    /// UserInfo does not take the access token.
    UserInfoRefuses,
    /// UserInfo is no JSON.
    UserInfoGarbage,
    /// UserInfo comes as `text/html`.
    UserInfoType,
    /// UserInfo is a token that nobody signed.
    UserInfoUnsigned,
    /// UserInfo is a token that another key signed.
    UserInfoForeign,
    /// UserInfo is a token for another client.
    UserInfoAud,
    /// UserInfo states a hundred kilobytes of groups.
    ManyGroups,

    /// One key, and neither it nor the tokens name it.
    OneKeyNoKid,
    /// The key changes between the authorization request and the token.
    KeysRotate,
    /// The same, and neither key has an id.
    KeysRotateNoKid,
    /// UserInfo is a signed token.
    UserInfoSigned,
    /// There is no UserInfo; the ID token has everything.
    NoUserInfo,
    /// The answer has no `iss`, and none is promised.
    NoIssPromised,
    /// `aud` is a list with us alone.
    AudList,
    /// `azp` is us.
    AzpOurs,
    /// `c_hash` is right.
    CHashRight,
    /// There is no `at_hash`.
    NoAtHash,
    /// `exp` has a fraction, and was half a minute ago: clocks differ.
    ClockBehind,
    /// `iat` lies half a minute ahead: clocks differ.
    ClockAhead,
    /// The type is left out.
    NoTyp,
    /// There are keys of types that nobody knows.
    StrangeKeys,
    /// `email_verified` is the text `true`, which counts as not verified.
    TextVerified,
    /// There is no e-mail address.
    NoEmail,
    /// The ID token and UserInfo state different addresses.
    TwoEmails,
}

impl Trick {
    /// No relying party may sign anybody in.
    pub const ATTACKS: &'static [Self] = &[
        Self::Away,
        Self::MetadataGarbage,
        Self::MetadataHuge,
        Self::MetadataDouble,
        Self::MetadataType,
        Self::MetadataRedirect,
        Self::MetadataIssuer,
        Self::MetadataSlash,
        Self::MetadataNoToken,
        Self::MetadataNoKeys,
        Self::KeysInside,
        Self::KeysGarbage,
        Self::OnlySymmetric,
        Self::LogoutScript,
        Self::Denied,
        Self::ServerError,
        Self::AnswerNoIss,
        Self::AnswerIss,
        Self::AnswerNoCode,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::TokenAway,
        Self::TokenGarbage,
        Self::TokenContentType,
        Self::NoAccessToken,
        Self::TokenTypeMac,
        Self::NoIdToken,
        Self::Iss,
        Self::IssSlash,
        Self::Aud,
        Self::NoAud,
        Self::AudExtra,
        Self::AudTwice,
        Self::Azp,
        Self::NoSub,
        Self::EmptySub,
        Self::LongSub,
        Self::UmlautSub,
        Self::NumberSub,
        Self::Expired,
        Self::NoExp,
        Self::TextExp,
        Self::NotYet,
        Self::IatAhead,
        Self::NoIat,
        Self::Nonce,
        Self::NoNonce,
        Self::AtHash,
        Self::CHash,
        Self::AlgNone,
        Self::Hs256,
        Self::UnknownKid,
        Self::ForeignKey,
        Self::ZeroSignature,
        Self::Altered,
        Self::EmbeddedJwk,
        Self::Jku,
        Self::Crit,
        Self::DoubleSub,
        Self::DoubleAlg,
        Self::TypAccess,
        Self::Huge,
        Self::TwoKeysNoKid,
        Self::UserInfoSub,
        Self::UserInfoNoSub,
        Self::UserInfoDouble,
        Self::UserInfoAway,
        Self::UserInfoRefuses,
        Self::UserInfoGarbage,
        Self::UserInfoType,
        Self::UserInfoUnsigned,
        Self::UserInfoForeign,
        Self::UserInfoAud,
        Self::ManyGroups,
    ];

    /// Every relying party must sign them in.
    pub const CONTROLS: &'static [Self] = &[
        Self::OneKeyNoKid,
        Self::KeysRotate,
        Self::KeysRotateNoKid,
        Self::UserInfoSigned,
        Self::NoUserInfo,
        Self::NoLogout,
        Self::NoIssPromised,
        Self::AudList,
        Self::AzpOurs,
        Self::CHashRight,
        Self::NoAtHash,
        Self::ClockBehind,
        Self::ClockAhead,
        Self::NoTyp,
        Self::StrangeKeys,
        Self::TextVerified,
        Self::NoEmail,
        Self::TwoEmails,
    ];
}
