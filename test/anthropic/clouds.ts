// Bedrock and Vertex AI, as far as the SDK's clients for them go: their addresses and framings in
// front of the simulated provider, which stands for the model.

import type { SimulatedProvider } from "../../src/testing/provider/simulated-provider.ts";
import { awsFrame } from "../support/aws-frame.ts";

type Fetch = typeof globalThis.fetch;

/** A request as it went over the wire. */
export interface WireRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The model that the simulated provider runs, and the name by which the clouds answer. */
const MODEL = "claude-sonnet-4-5";
const DATED = "claude-sonnet-4-5-20250929";

/** A `fetch` that is Bedrock: `/model/{id}/invoke`, and streams in AWS's own framing. */
export function bedrockOver(provider: SimulatedProvider, seen: WireRequest[]): Fetch {
  return async (input, init) => {
    const { url, headers, body } = noted(input, init, seen);
    const streams = url.endsWith("/invoke-with-response-stream");
    const { anthropic_version: _version, ...rest } = body;
    const answer = await ask(provider, { ...rest, model: MODEL, stream: streams }, headers, init);
    if (!streams || answer.status !== 200) return answer;
    const events = eventsOf(answer).pipeThrough(
      new TransformStream<string, Uint8Array>({
        transform(data, controller) {
          const bytes = Buffer.from(data).toString("base64");
          controller.enqueue(awsFrame("chunk", { bytes }));
        },
      }),
    );
    return new Response(events, {
      headers: { "content-type": "application/vnd.amazon.eventstream" },
    });
  };
}

/** A `fetch` that is Vertex AI: `…/models/{id}:rawPredict`, and streams as Anthropic sends them. */
export function vertexOver(provider: SimulatedProvider, seen: WireRequest[]): Fetch {
  return (input, init) => {
    const { url, headers, body } = noted(input, init, seen);
    const { anthropic_version: _version, ...rest } = body;
    const streams = url.endsWith(":streamRawPredict");
    return ask(provider, { ...rest, model: MODEL, stream: streams }, headers, init);
  };
}

interface Noted {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

function noted(
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
  seen: WireRequest[],
): Noted {
  const url = input instanceof Request ? input.url : String(input);
  const headers = new Headers(init?.headers);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK sends JSON objects
  const body = JSON.parse(typeof init?.body === "string" ? init.body : "{}") as Noted["body"];
  seen.push({ url, headers, body });
  return { url, headers, body };
}

async function ask(
  provider: SimulatedProvider,
  body: object,
  headers: Headers,
  init: RequestInit | undefined,
): Promise<Response> {
  const retry = headers.get("x-stainless-retry-count") ?? "0";
  const answer = await provider.fetch("https://api.anthropic.com/v1/messages", {
    method: "POST",
    headers: { "content-type": "application/json", "x-stainless-retry-count": retry },
    body: JSON.stringify(body),
    signal: init?.signal ?? null,
  });
  const text = answer.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream<string, string>({
        transform(piece, controller) {
          const named = piece.replaceAll(`"model":"${MODEL}"`, `"model":"${DATED}"`);
          // As clouds say it of every call.
          const usage = '"usage":{"inference_geo":"not_available",';
          controller.enqueue(named.replaceAll('"usage":{', usage));
        },
      }),
    )
    .pipeThrough(new TextEncoderStream());
  const { status } = answer;
  const type = answer.headers.get("content-type") ?? "";
  return new Response(text ?? null, { status, headers: { "content-type": type } });
}

/** The data of server-sent events, one after the other. */
function eventsOf(answer: Response): ReadableStream<string> {
  const text = answer.body?.pipeThrough(new TextDecoderStream());
  if (text === undefined) throw new Error("The stream has no body");
  let rest = "";
  return text.pipeThrough(
    new TransformStream<string, string>({
      transform(piece, controller) {
        const events = `${rest}${piece}`.split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events) {
          const data = /^data: (.*)$/m.exec(event)?.[1];
          if (data !== undefined) controller.enqueue(data);
        }
      },
    }),
  );
}
