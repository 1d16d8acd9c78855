//! The key that addresses are anonymised with.

use core::fmt;
use hmac_sha256::HMAC;

/// A key for anonymising: 32 bytes, of which Crypto-PAn takes 16 as the key of AES-128 and 16 for padding.
///
/// Its `Debug` does not show it.
///
/// ```
/// use packetsmith::anonymise::AnonymisationKey;
/// let key = AnonymisationKey::from_hex(&"0f".repeat(32)).unwrap();
/// assert_eq!((key, format!("{key:?}")), (AnonymisationKey::new([15; 32]), "AnonymisationKey(..)".to_string()));
/// assert!(AnonymisationKey::from_hex("0f").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AnonymisationKey(pub(super) [u8; 32]);

impl fmt::Debug for AnonymisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnonymisationKey(..)")
    }
}

/// Why there is no key in a text or in the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is neither 32 bytes nor 64 hexadecimal digits.
    Length(usize),
    /// A passphrase has no character.
    Empty,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Length(bytes) => {
                write!(f, "a key is 32 bytes or 64 hexadecimal digits, and these are {bytes} bytes")
            }
            KeyError::Empty => f.write_str("the passphrase is empty"),
        }
    }
}

impl core::error::Error for KeyError {}

/// The salt of keys that are made of passphrases. All have the same one: a passphrase gives one key on all machines.
const SALT: &[u8] = b"packetsmith anonymise 1";

/// The iterations of keys that are made of passphrases: about a second of work for each guess.
const ITERATIONS: u32 = 600_000;

impl AnonymisationKey {
    /// A key of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        AnonymisationKey(bytes)
    }

    /// Reads a key of 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// They are not 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let mut key = [0; 32];
        let wrong = KeyError::Length(text.len());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != key.len() || !rest.is_empty() {
            return Err(wrong);
        }
        for (byte, pair) in key.iter_mut().zip(pairs) {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            *byte = high.zip(low).map(|(high, low)| (high << 4 | low) as u8).ok_or(wrong)?;
        }
        Ok(AnonymisationKey(key))
    }

    /// Reads a key from the contents of a file: 32 bytes, or 64 hexadecimal digits and perhaps a line end.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn from_file_contents(contents: &[u8]) -> Result<Self, KeyError> {
        match <[u8; 32]>::try_from(contents) {
            Ok(bytes) => Ok(AnonymisationKey(bytes)),
            Err(_) => {
                let digits =
                    core::str::from_utf8(contents.trim_ascii()).map_err(|_| KeyError::Length(contents.len()))?;
                Self::from_hex(digits)
            }
        }
    }

    /// Makes a key of a passphrase: PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2), 600,000 iterations, and the salt `packetsmith
    /// anonymise 1`. It takes about a second, so that a passphrase is hard to guess. A short one can still be guessed.
    ///
    /// # Errors
    ///
    /// The passphrase is empty.
    pub fn from_passphrase(passphrase: &str) -> Result<Self, KeyError> {
        match passphrase {
            "" => Err(KeyError::Empty),
            _ => Ok(AnonymisationKey(derive(passphrase.as_bytes(), SALT, ITERATIONS))),
        }
    }
}

/// The first block of PBKDF2 with HMAC-SHA-256.
fn derive(passphrase: &[u8], salt: &[u8], iterations: u32) -> [u8; 32] {
    let keyed = HMAC::new(passphrase);
    let mac = |parts: [&[u8]; 2]| {
        let mut mac = keyed.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize()
    };
    let mut block = mac([salt, &1_u32.to_be_bytes()]);
    let mut key = block;
    for _ in 1..iterations {
        block = mac([&block, &[]]);
        key.iter_mut().zip(block).for_each(|(byte, other)| *byte ^= other);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    /// The first 32 bytes of the test vector of RFC 7914 §11.
    #[test]
    fn a_passphrase_becomes_the_key_of_pbkdf2() {
        let key = derive(b"passwd", b"salt", 1);
        let expected = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc";
        assert_eq!(AnonymisationKey(key), AnonymisationKey::from_hex(expected).unwrap());
        // Python: hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 4096).
        let expected = "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a";
        assert_eq!(AnonymisationKey(derive(b"password", b"salt", 4096)), AnonymisationKey::from_hex(expected).unwrap());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(AnonymisationKey::from_passphrase(""), Err(KeyError::Empty));
        assert_eq!(AnonymisationKey::from_file_contents(&[7; 31]), Err(KeyError::Length(31)));
        assert_eq!(AnonymisationKey::from_file_contents(&[7; 32]), Ok(AnonymisationKey([7; 32])));
        let digits = "07".repeat(32) + "\n";
        assert_eq!(AnonymisationKey::from_file_contents(digits.as_bytes()), Ok(AnonymisationKey([7; 32])));
        assert!(AnonymisationKey::from_hex(&"+f".repeat(32)).is_err());
        assert_eq!(
            KeyError::Length(3).to_string(),
            "a key is 32 bytes or 64 hexadecimal digits, and these are 3 bytes"
        );
    }
}
