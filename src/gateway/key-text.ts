// The form of a gateway's keys, and what is stored of them: their SHA-256. A reader of the store
// cannot use a key, and 160 random bits cannot be guessed.

import { hash, randomBytes } from "node:crypto";

/** The prefix of every key. */
const BEGINNING = "tb_";
const BYTES = 20;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const BITS_A_LETTER = 5;
const KEY = /^tb_[a-z2-7]{32}$/;
/** How many characters of a key are listed. */
const SHOWN = 8;

/** Creates a new key: `tb_` and 160 random bits. */
export function newKeyText(): string {
  let bits = 0n;
  for (const byte of randomBytes(BYTES)) bits = (bits << 8n) | BigInt(byte);
  let text = "";
  for (let left = (BYTES * 8) / BITS_A_LETTER; left > 0; left--) {
    text = (ALPHABET[Number(bits & 31n)] ?? "") + text;
    bits >>= BigInt(BITS_A_LETTER);
  }
  return BEGINNING + text;
}

/** Returns whether a text has the form of a key. */
export function isKeyText(text: string): boolean {
  return KEY.test(text);
}

/** Returns the SHA-256 of a secret, in hexadecimal digits. */
export function hashOf(text: string): string {
  return hash("sha256", text, "hex");
}

/** Returns the listed prefix of a key, such as `tb_abcde`. */
export function prefixOf(text: string): string {
  return text.slice(0, SHOWN);
}

/** Returns the public name of a key, by its hash. */
export function keyIdOf(hashed: string): string {
  return `key_${hashed.slice(0, 16)}`;
}
