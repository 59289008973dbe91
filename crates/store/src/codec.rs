//! How values are written: moments as text that sorts, documents as JSON text, choices as codes.

use domain::actor::{Function, Role};
use jiff::Timestamp;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type, ValueRef};

use crate::StoreError;

/// A moment as the ledger writes it: UTC, always six decimals, so that it sorts as text.
pub(crate) fn text(at: Timestamp) -> String {
    format!("{at:.6}")
}

pub(crate) fn json(value: &serde_json::Value) -> String {
    value.to_string()
}

/// Text of a column that may be empty, on its way to something better.
macro_rules! column {
    ($name:ident, $target:ty, |$text:ident| $read:expr) => {
        pub(crate) struct $name($target);

        impl<DB: Database> Type<DB> for $name
        where
            String: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                String::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                String::compatible(info)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $name
        where
            String: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let $text = if value.is_null() { None } else { Some(String::decode(value)?) };
                Ok($name($read))
            }
        }

        impl From<$name> for $target {
            fn from(column: $name) -> Self {
                column.0
            }
        }
    };
}

column!(Moment, Timestamp, |text| text.unwrap_or_default().parse()?);
column!(MaybeMoment, Option<Timestamp>, |text| text.map(|text| text.parse()).transpose()?);
column!(Document, serde_json::Value, |text| serde_json::from_str(&text.unwrap_or_default())?);
column!(MaybeText, Option<domain::language::Text>, |text| text
    .map(|text| serde_json::from_str(&text))
    .transpose()?);
column!(Years, Vec<i32>, |text| serde_json::from_str(&text.unwrap_or_default())?);
column!(RoleCode, Role, |text| Role::parse(&text.unwrap_or_default()).ok_or("not a role")?);
column!(FunctionCode, Option<Function>, |text| text
    .map(|text| Function::parse(&text).ok_or("not a function"))
    .transpose()?);

/// Declares the states of a noun and the codes under which the ledger keeps them.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$state_doc:meta])* $state:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$state_doc])* $state),+
        }

        impl $name {
            /// As the ledger and the message files write it.
            pub fn code(self) -> &'static str {
                match self {
                    $($name::$state => $code),+
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::StoreError;

            fn try_from(code: String) -> Result<Self, Self::Error> {
                match code.as_str() {
                    $($code => Ok($name::$state),)+
                    _ => Err($crate::StoreError::Unreadable { what: format!("state `{code}`") }),
                }
            }
        }
    };
}
pub(crate) use states;

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable { what: error.to_string() })
}
