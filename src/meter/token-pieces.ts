// Cuts a text where published tokenizers cut it anyway, so that the token counts of its pieces add
// up to its own, and no piece is so long that merging its bytes takes more than linear time (F55).

/** A piece of a text. */
export interface TextPiece {
  readonly text: string;
  /** Whether it is a long run without cuts, which is counted in bytes. */
  readonly isLong: boolean;
}

/**
 * Both patterns end a word before a space that a letter follows, before punctuation, and at the end
 * of a line. https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py
 */
const CUTS =
  /(?<=\p{L})(?= \p{L})|(?<=[\r\n])(?=\p{L})|(?<=\p{L})(?=[^\s\p{L}\p{M}\p{N}'’\ud800-\udfff])/u;
/** Merging takes at most the square of this. */
const RUN_MAX = 256;
const PIECE_MAX = 8192;

/**
 * Cuts a text into pieces.
 *
 * @yields each piece, in order.
 */
export function* piecesOf(text: string): Generator<TextPiece> {
  let gathered = "";
  for (const run of text.split(CUTS)) {
    const isLong = run.length > RUN_MAX;
    if (isLong || gathered.length + run.length > PIECE_MAX) {
      if (gathered !== "") yield { text: gathered, isLong: false };
      gathered = "";
    }
    if (isLong) yield { text: run, isLong };
    else gathered += run;
  }
  if (gathered !== "") yield { text: gathered, isLong: false };
}
