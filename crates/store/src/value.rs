use ambient::{SecretHash, Timestamp};
use uuid::Uuid;

/// One bound parameter. Nulls keep their type, since PostgreSQL asks for it.
#[derive(Debug, Clone)]
pub enum Value {
    /// `BIGINT`
    Int(Option<i64>),
    /// `TEXT`
    Text(Option<String>),
    /// `BYTEA`
    Bytes(Option<Vec<u8>>),
    /// `UUID`
    Uuid(Option<Uuid>),
    /// `BOOLEAN`
    Bool(Option<bool>),
}

impl Value {
    /// The null of the same type.
    #[must_use]
    pub const fn as_null(&self) -> Self {
        match self {
            Self::Int(_) => Self::Int(None),
            Self::Text(_) => Self::Text(None),
            Self::Bytes(_) => Self::Bytes(None),
            Self::Uuid(_) => Self::Uuid(None),
            Self::Bool(_) => Self::Bool(None),
        }
    }
}

/// What can be bound with [`params!`](crate::params).
pub trait ToValue {
    /// The value.
    fn to_value(&self) -> Value;
    /// The typed null.
    fn null() -> Value;
}

macro_rules! to_value {
    ($($type:ty => $variant:ident, |$it:ident| $value:expr;)*) => {$(
        impl ToValue for $type {
            fn to_value(&self) -> Value {
                let $it = self;
                Value::$variant(Some($value))
            }
            fn null() -> Value {
                Value::$variant(None)
            }
        }
    )*};
}

to_value! {
    i64 => Int, |it| *it;
    bool => Bool, |it| *it;
    Uuid => Uuid, |it| *it;
    str => Text, |it| it.to_owned();
    String => Text, |it| it.clone();
    [u8] => Bytes, |it| it.to_vec();
    Vec<u8> => Bytes, |it| it.clone();
    SecretHash => Bytes, |it| it.as_bytes().to_vec();
    Timestamp => Int, |it| it.as_micros();
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (*self).to_value()
    }
    fn null() -> Value {
        T::null()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(T::null, T::to_value)
    }
    fn null() -> Value {
        T::null()
    }
}

/// The parameters of a statement, in the order of its placeholders.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::ToValue::to_value(&$value)),*] };
}

/// A row id of its own type, so that one kind of id cannot be passed for another.
#[macro_export]
macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[derive($crate::sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub $crate::uuid::Uuid);

        impl $crate::ToValue for $name {
            fn to_value(&self) -> $crate::Value {
                $crate::Value::Uuid(Some(self.0))
            }
            fn null() -> $crate::Value {
                $crate::Value::Uuid(None)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// A closed set of words stored as `TEXT`: `words! { MemberState { ToReview = "to_review", … } }`.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[derive($crate::sqlx::Type)]
        #[sqlx(type_name = "TEXT")]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] #[sqlx(rename = $word)] $variant),* }

        impl $name {
            /// Every word of the set.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it is stored and shown in addresses.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl $crate::ToValue for $name {
            fn to_value(&self) -> $crate::Value {
                $crate::Value::Text(Some(self.word().to_owned()))
            }
            fn null() -> $crate::Value {
                $crate::Value::Text(None)
            }
        }
    };
}
