//! The second factor: a code of six digits from an app, new every half minute (TOTP, RFC 6238).
//!
//! The secret is encrypted like personal data. It counts only after a first code proved that the app
//! has it, a code works once, and the clock of a phone may be half a minute wrong.

use domain::actor::{Action, ManageAccounts, OwnAccount, Permit};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::json;
use sha1::Sha1;

use crate::codec::text;
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

/// Bytes of a secret, as RFC 4226 recommends.
pub const SECRET: usize = 20;
const STEP: i64 = 30;

fn sealed_at(account: &str) -> String {
    format!("second_factor/{account}")
}

/// The code of a half minute (RFC 4226 with SHA-1, six digits).
fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 15);
    let number = digest[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The code that an app shows at a moment.
pub fn code_at(secret: &[u8], at: Timestamp) -> String {
    code(secret, at.as_second() / STEP)
}

/// The half minute to which a typed code belongs, if it is one of now and newer than the last used.
fn step_of(secret: &[u8], typed: &str, now: Timestamp, last: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let here = now.as_second() / STEP;
    [here, here - 1, here + 1].into_iter().find(|step| *step > last && code(secret, *step) == typed)
}

/// A secret as people type it into an app, and as links carry it (RFC 4648, base 32).
pub fn base32(secret: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for chunk in secret.chunks(5) {
        let mut bits = [0; 5];
        bits[..chunk.len()].copy_from_slice(chunk);
        let number = bits.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let letters = (chunk.len() * 8).div_ceil(5);
        for place in 0..letters {
            let index = (number >> (35 - 5 * place)) & 31;
            text.push(char::from(LETTERS[index as usize]));
        }
    }
    text
}

#[derive(sqlx::FromRow)]
struct Row {
    sealed: String,
    confirmed_at: Option<String>,
    last_step: i64,
}

async fn row(tx: &mut Tx, account: &str) -> Result<Option<Row>, StoreError> {
    const SQL: &str = "select sealed, confirmed_at, last_step from second_factor where account_id = $1";
    Ok(on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(account)
        .fetch_optional(&mut **conn)
        .await?))
}

/// Does the account ask for a code at sign-in?
pub async fn is_on(store: &Store, account: &str) -> Result<bool, StoreError> {
    const SQL: &str = "select count(*) from second_factor where account_id = $1 and confirmed_at is not null";
    let count: i64 =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(account).fetch_one(pool).await?);
    Ok(count > 0)
}

/// Keeps a new secret that does not count yet; one that counts already stays until it is taken off.
pub async fn begin(
    tx: &mut Tx,
    permit: &Permit<OwnAccount>,
    secret: &[u8; SECRET],
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into second_factor (account_id, sealed, begun_at) values ($1, $2, $3)
        on conflict (account_id) do update set sealed = excluded.sealed, begun_at = excluded.begun_at, last_step = 0
        where second_factor.confirmed_at is null";
    let account = &permit.action().account;
    let sealed = tx.vault()?.seal(&sealed_at(account), &base32(secret))?;
    let kept = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(account)
        .bind(&sealed)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if kept == 0 {
        return Err(StoreError::State {
            noun: "second factor",
            id: account.clone(),
            state: "on already".into(),
        });
    }
    Ok(())
}

/// The secret that was begun and does not count yet, so that a slip of the pen does not cost it.
pub async fn begun(tx: &mut Tx, permit: &Permit<OwnAccount>) -> Result<Option<String>, StoreError> {
    let account = &permit.action().account;
    match row(tx, account).await? {
        Some(Row { confirmed_at: None, sealed, .. }) => {
            Ok(Some(tx.vault()?.open(&sealed_at(account), &sealed)?))
        }
        _ => Ok(None),
    }
}

/// The first code proves that the app has the secret: from now on it counts.
pub async fn confirm(tx: &mut Tx, permit: &Permit<OwnAccount>, typed: &str) -> Result<bool, StoreError> {
    const SQL: &str = "update second_factor set confirmed_at = $2 where account_id = $1";
    let account = permit.action().account.clone();
    if !use_code(tx, &account, typed).await? {
        return Ok(false);
    }
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&account)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    audit::append(tx, permit.actor(), "account.factor.on", &account, json!({})).await?;
    Ok(true)
}

/// At sign-in, after the password: true if no code is asked for or this is one that was not used.
pub async fn passes(tx: &mut Tx, account: &str, typed: &str) -> Result<bool, StoreError> {
    match row(tx, account).await? {
        Some(Row { confirmed_at: Some(_), .. }) => use_code(tx, account, typed).await,
        _ => Ok(true),
    }
}

async fn use_code(tx: &mut Tx, account: &str, typed: &str) -> Result<bool, StoreError> {
    const SQL: &str = "update second_factor set last_step = $2 where account_id = $1 and last_step < $2";
    let Some(row) = row(tx, account).await? else { return Ok(false) };
    let secret = unbase32(&tx.vault()?.open(&sealed_at(account), &row.sealed)?);
    let Some(step) = step_of(&secret, typed, tx.at, row.last_step) else { return Ok(false) };
    let used = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(account)
        .bind(step)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    Ok(used == 1)
}

/// The bytes behind a secret as people type it; what is no letter of it is passed over.
pub fn unbase32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut number, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => continue,
        };
        number = number << 5 | u32::from(digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((number >> bits & 255) as u8);
            number &= (1 << bits) - 1;
        }
    }
    bytes
}

/// Takes the own second factor off.
pub async fn remove(tx: &mut Tx, permit: &Permit<OwnAccount>) -> Result<(), StoreError> {
    let account = permit.action().account.clone();
    forget(tx, &account).await?;
    audit::append(tx, permit.actor(), "account.factor.off", &account, json!({ "by": OwnAccount::NAME })).await
}

/// Takes the second factor off an account whose owner lost the phone.
pub async fn remove_for(tx: &mut Tx, permit: &Permit<ManageAccounts>) -> Result<(), StoreError> {
    let account = permit.action().account.clone();
    forget(tx, &account).await?;
    audit::append(tx, permit.actor(), "account.factor.off", &account, json!({ "by": ManageAccounts::NAME }))
        .await
}

async fn forget(tx: &mut Tx, account: &str) -> Result<(), StoreError> {
    const SQL: &str = "delete from second_factor where account_id = $1";
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(account)
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors in RFC 6238, appendix B.
    const RFC: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        // Appendix B gives eight digits; six are their end.
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(RFC, second / STEP), expected, "{second}");
        }
    }

    #[test]
    fn a_code_works_once_and_half_a_minute_off() {
        let now = Timestamp::from_second(1_111_111_109).unwrap();
        let here = now.as_second() / STEP;
        assert_eq!(step_of(RFC, "081 804", now, 0), Some(here));
        assert_eq!(step_of(RFC, "081804", now, here), None, "used");
        assert_eq!(step_of(RFC, &code(RFC, here - 1), now, 0), Some(here - 1));
        assert_eq!(step_of(RFC, &code(RFC, here + 1), now, 0), Some(here + 1));
        assert_eq!(step_of(RFC, &code(RFC, here - 2), now, 0), None);
        assert_eq!(step_of(RFC, "", now, 0), None);
    }

    #[test]
    fn secrets_are_written_in_base_32() {
        assert_eq!(base32(RFC), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(unbase32(&base32(RFC)), RFC);
        assert_eq!(base32(b"f"), "MY");
        assert_eq!(unbase32("MZXW6YTB"), b"fooba");
    }
}
