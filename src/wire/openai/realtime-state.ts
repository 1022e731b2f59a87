// The known state of a realtime session: an upper bound of the input of its next response, its
// output limit, and whether the provider begins responses itself.
// https://platform.openai.com/docs/guides/realtime-conversations

import { inputBytesOf } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, textAt, typeOf } from "../json/untrusted.ts";
import { repeatedName } from "../json/set-members.ts";
import type { SessionFacts } from "../wire.ts";

/** The effect of a client's message. */
export type RealtimeRequest =
  /** Asks for a response. */
  | { readonly kind: "create" }
  /** Sound that may make the provider begin a response. */
  | { readonly kind: "sound" }
  | { readonly kind: "free" }
  | { readonly kind: "unknown"; readonly what: string };

const FREE: ReadonlySet<string> = new Set([
  "session.update",
  "input_audio_buffer.commit",
  "input_audio_buffer.clear",
  "output_audio_buffer.clear",
  "conversation.item.create",
  "conversation.item.retrieve",
  "conversation.item.truncate",
  "conversation.item.delete",
  "response.cancel",
]);
/** Instructions that a session has of itself, and templates. */
const OWN_TOKENS = 2048;
/**
 * A second of sound is ten tokens: 1,066 characters of base64 a token in G.711, 6,400 in PCM.
 * https://platform.openai.com/docs/guides/realtime-costs
 */
const SOUND_CHARACTERS = 512;

/** Follows the messages of a session. */
export class RealtimeState {
  readonly #model: string;
  readonly #upToWindow = new Set<string>();
  #tokens = OWN_TOKENS;
  #outputLimit: unknown;
  #beginsItself = true;

  constructor(model: string) {
    this.#model = model;
  }

  /** Whether sound makes the provider begin a response. */
  get beginsItself(): boolean {
    return this.#beginsItself;
  }

  /** Returns the state of the session, for a requested or an automatic response. */
  facts(begins: SessionFacts["begins"]): SessionFacts {
    return {
      model: this.#model,
      inputTokensMax: this.#tokens,
      outputLimit: this.#outputLimit,
      begins,
      // Speech in progress is unknown at the time of the hold.
      upToWindow: [...this.#upToWindow, ...(begins === "by itself" ? ["what is being said"] : [])],
    };
  }

  /** Reads a message of the client, and adds its input. */
  asked(message: unknown, text: string): RealtimeRequest {
    const type = typeOf(message);
    if (typeof message !== "object" || message === null || type === undefined)
      return { kind: "unknown", what: "a message that is no JSON object with a type" };
    if (repeatedName(text, ["session", "response", "item"]) !== undefined)
      return { kind: "unknown", what: "a message with a field twice" };
    if (type === "input_audio_buffer.append") {
      const sound = textAt(message, "audio") ?? "";
      this.#tokens += Math.ceil(sound.length / SOUND_CHARACTERS);
      return { kind: "sound" };
    }
    if (type === "response.create") return { kind: "create" };
    if (!FREE.has(type)) return { kind: "unknown", what: `a message of the type ${type}` };
    const unmetered = type === "session.update" ? unmeteredUpdate(message) : undefined;
    if (unmetered !== undefined) return { kind: "unknown", what: unmetered };
    if (type === "session.update") this.#updated(fieldOf(message, "session"), false);
    if (type === "session.update" || type === "conversation.item.create") this.#add(message, text);
    return { kind: "free" };
  }

  /** Reads a message of the provider. */
  answered(message: unknown): void {
    const type = typeOf(message);
    if (type === "session.created" || type === "session.updated")
      this.#updated(fieldOf(message, "session"), true);
    if (type === "response.done")
      this.#tokens += countAt(message, "response", "usage", "output_tokens") ?? 0;
  }

  /** Texts count by their bytes, sound by its length. */
  #add(message: unknown, text: string): void {
    this.#tokens += inputBytesOf(text);
    for (const part of listAt(message, "item", "content")) {
      const sound = textAt(part, "audio");
      if (sound !== undefined)
        this.#tokens += Math.ceil(sound.length / SOUND_CHARACTERS) - sound.length;
      if (typeOf(part) === "input_image") this.#upToWindow.add("an image");
    }
    if (has(fieldOf(message, "session"), "prompt")) this.#upToWindow.add("a stored prompt");
  }

  #updated(session: unknown, isCertain: boolean): void {
    const limit =
      fieldOf(session, "max_output_tokens") ?? fieldOf(session, "max_response_output_tokens");
    // A new limit counts once the provider has it; lifting one counts at once.
    if (limit !== undefined && (isCertain || limit === "inf" || this.#outputLimit !== undefined))
      this.#outputLimit = isCertain ? limit : higherOf(limit, this.#outputLimit);
    const input = at(session, "audio", "input");
    const place = has(input, "turn_detection") || isNull(input, "turn_detection") ? input : session;
    const isSaid = isNull(place, "turn_detection") || has(place, "turn_detection");
    if (!isSaid) return;
    const detection = fieldOf(place, "turn_detection");
    const begins = detection !== null && fieldOf(detection, "create_response") !== false;
    if (isCertain || begins) this.#beginsItself = begins;
  }
}

function isNull(value: unknown, name: string): boolean {
  return fieldOf(value, name) === null;
}

/** Of two limits, the higher one. */
function higherOf(one: unknown, other: unknown): unknown {
  if (typeof one !== "number" || typeof other !== "number") return "inf";
  return Math.max(one, other);
}

/** What in a session update has costs that no hold covers. */
function unmeteredUpdate(message: unknown): string | undefined {
  const session = fieldOf(message, "session");
  const input = at(session, "audio", "input");
  if (textAt(session, "type") === "transcription") return "a session that transcribes";
  if (has(input, "transcription") || has(session, "input_audio_transcription"))
    return "the transcription of what is said, which is billed separately; leave it out (`transcription: null`)";
  const detections = [fieldOf(input, "turn_detection"), fieldOf(session, "turn_detection")];
  if (detections.some((each) => has(each, "idle_timeout_ms")))
    return "turn_detection.idle_timeout_ms, which begins responses when no one speaks; leave it out";
  if (listAt(session, "tools").some((tool) => typeOf(tool) !== "function"))
    return "a tool that the provider runs; hand it to the session as a function";
  return undefined;
}
