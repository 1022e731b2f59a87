// R10. Ids made on the caller's side: unique without coordination, and rising with time, so that an
// index keeps new ones next to each other. They are short, because a store keeps each of them
// twice.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const TIME_LENGTH = 6;
/** 65 random bits. */
const PROCESS_LENGTH = 11;

let process: string | undefined;
let count = 0;

/** Returns a unique id: the time in seconds, a random id of the process, and a count. */
export function newId(): string {
  // Created with the first id: Workers allow no randomness while modules load.
  process ??= randomText();
  const seconds = Math.max(0, Math.floor(Date.now() / 1000));
  return textOf(seconds).padStart(TIME_LENGTH, "0") + process + textOf(count++);
}

function textOf(number: number): string {
  let text = "";
  for (let rest = number; rest > 0 || text === ""; rest = Math.floor(rest / DIGITS.length))
    text = DIGITS.charAt(rest % DIGITS.length) + text;
  return text;
}

function randomText(): string {
  // Values of a byte that would make some digits likelier than others are skipped.
  const fair = 256 - (256 % DIGITS.length);
  let text = "";
  while (text.length < PROCESS_LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(PROCESS_LENGTH)))
      if (byte < fair && text.length < PROCESS_LENGTH) text += DIGITS.charAt(byte % DIGITS.length);
  return text;
}
