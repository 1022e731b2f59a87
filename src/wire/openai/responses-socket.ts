// Responses over a web socket: which messages of a client begin something that is billed, and which
// of a server end it.
// https://developers.openai.com/api/docs/guides/websocket-mode

import { fieldOf, has, parsedOf, textAt } from "../json/untrusted.ts";
import { repeatedName } from "../json/set-members.ts";

/** Responses of one lane follow one another; that of requests without a name is `""`. */
type Lane = string;

/** What a client asks for. */
export type SocketRequest =
  /** A response: the message is the body of a POST, and its type. */
  | { readonly kind: "create"; readonly lane: Lane }
  /** More input for a response that is under way, which may bring on another one. */
  | { readonly kind: "steer"; readonly input: unknown; readonly responseId: string | undefined }
  /** Costs nothing. */
  | { readonly kind: "free" }
  | { readonly kind: "unknown"; readonly what: string };

/** A server's message about a response. */
export interface SocketAnswer {
  readonly kind: "begins" | "ends" | "error" | "goes on";
  /** The lane, where the server names one. */
  readonly lane: Lane | undefined;
  /** The response, where the event names it. */
  readonly responseId: string | undefined;
  /** Of an error: its status as of an answer to a POST; undefined where it has none. */
  readonly status: number | undefined;
  /** Of an error: whether it is about a request, and not about an answer that has begun. */
  readonly isOfRequest: boolean;
}

/** A client's message about a response that it has, or cancels. */
const FREE: ReadonlySet<string> = new Set(["response.processed", "response.cancel"]);
const ENDS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "response.cancelled",
]);
const NAME_LENGTH_MAX = 60;

/** Reads a message of a client. */
export function socketRequestIn(text: string): SocketRequest {
  const message = parsedOf(text);
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return { kind: "unknown", what: "a message that is no JSON object" };
  const type = textAt(message, "type");
  const lane = fieldOf(message, "stream_id") ?? "";
  if (type === "response.create" && typeof lane === "string") return { kind: "create", lane };
  // What is read in two ways is known to be none of these.
  if (repeatedName(text, []) !== undefined)
    return { kind: "unknown", what: "a message with a field twice" };
  if (type === "response.steer") {
    const responseId = textAt(message, "previous_response_id");
    return { kind: "steer", input: fieldOf(message, "input"), responseId };
  }
  if (type !== undefined && FREE.has(type)) return { kind: "free" };
  const name = JSON.stringify(type ?? null).slice(0, NAME_LENGTH_MAX);
  return { kind: "unknown", what: `a message of the type ${name}` };
}

/** Reads a message of a server. */
export function socketAnswerIn(text: string): SocketAnswer {
  const message = parsedOf(text);
  const type = textAt(message, "type") ?? "";
  const status = fieldOf(message, "status") ?? fieldOf(message, "status_code");
  return {
    kind: kindOf(type),
    lane: textAt(message, "stream_id"),
    responseId: textAt(message, "response", "id") ?? textAt(message, "response_id"),
    status: typeof status === "number" ? status : undefined,
    isOfRequest: has(message, "error"),
  };
}

function kindOf(type: string): SocketAnswer["kind"] {
  if (type === "response.created") return "begins";
  if (type === "error") return "error";
  return ENDS.has(type) ? "ends" : "goes on";
}

/** Returns the event that reports to a client why its request is refused. */
export function socketRefusal(refusal: object, status: number, lane: Lane): object {
  return {
    type: "error",
    status,
    ...(lane !== "" && { stream_id: lane }),
    ...refusal,
  };
}

/** Returns the event that reports to a client that a response takes no more input. */
export function steeringRefusal(
  { input, responseId }: Extract<SocketRequest, { kind: "steer" }>,
  message: string,
): object {
  return {
    type: "response.steer.failed",
    sequence_number: 0,
    error: { type: "invalid_request_error", code: "steering_not_supported", message },
    steer: { input, previous_response_id: responseId ?? "" },
  };
}

/** Returns an event in the form of a server-sent event. */
export function asStreamed(text: string): string {
  return `data: ${text.replaceAll(/\r\n?|\n/g, "\ndata: ")}\n\n`;
}
