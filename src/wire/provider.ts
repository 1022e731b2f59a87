// What is known of a provider (M1): one record, and functions in the folder of the same name.

import type { Service } from "../core/service.ts";
import type { Counting } from "./counting.ts";
import type { Fields } from "./fields.ts";
import type { Templates } from "./input-bound.ts";
import type { WireName } from "./wire-name.ts";
import type { Overshoot } from "./overshoot.ts";

/** A name of the output limit in OpenAI's chat format. */
type LimitName = "max_tokens" | "max_completion_tokens";

/** Under which names a server reads the output limit of a chat completion. */
export interface LimitNames {
  /** The names that it is known to read; where a request has several, the highest may count. */
  readonly reads: readonly LimitName[];
  /** Names that it may read or pass over. A limit that stands in these alone is written again. */
  readonly mayRead?: readonly LimitName[];
  /** The names to write, the first to be tried. */
  readonly writes: readonly LimitName[];
}

/** What a rule of a provider may depend on. */
export interface CallFacts {
  readonly model: string;
  readonly url: URL;
  readonly body: object;
}

/** What the context window of a call may depend on. */
export interface WindowFacts {
  readonly model: string;
  /** The beta features that it asks for; undefined where the transport does not say. */
  readonly betas: string | undefined;
}

/** A variable of the environment that names a base URL. */
interface BaseUrlVariable {
  readonly name: string;
  /** What follows the address of the upstream in it. */
  readonly path: string;
}

/** The value of a header of an answer, whatever the case of its name; null where there is none. */
export type AnswerHeader = (name: string) => string | null;

/** A provider of models, or a server of its own. */
export interface Provider {
  /** Its name: as an upstream of the proxy, in reports, and as the option `provider`. */
  readonly id: string;
  /** Whose table in the price book has its prices; undefined when it has none. */
  readonly prices: string | undefined;
  /** The value of OpenTelemetry's `gen_ai.provider.name`. */
  readonly telemetry: string;
  /** The hosts of its API. */
  readonly hosts: readonly RegExp[];
  /** Other names by which libraries know it, such as the AI SDK's. */
  readonly aliases?: readonly string[];
  /** Where the proxy forwards what is sent to it, and what its paths begin with. */
  readonly upstream?: { readonly base: string; readonly version: string };
  /** What its clients read their base URL from. */
  readonly environment?: readonly BaseUrlVariable[];
  /** The routes that are billed, by the end of their path. */
  readonly routes: readonly (readonly [path: RegExp, wire: WireName])[];
  /** The routes by POST that cost nothing at this provider. */
  readonly free: readonly RegExp[];
  /** Whether a request goes on with what another has begun, and was booked with that. */
  readonly goesOn?: (url: URL) => boolean;
  /** Where the files of batches are uploaded, as forms; one of the routes that cost nothing. */
  readonly uploads?: RegExp;
  /** How it counts the input of a request for nothing, by format. */
  readonly counting?: Partial<Readonly<Record<WireName, Counting>>>;
  /** The names of its output limit in the chat format. */
  readonly limitNames: (call: CallFacts) => LimitNames;
  /** Whether a streamed chat completion takes `stream_options` and reports usage only then. */
  readonly usageByOption: (call: CallFacts) => boolean;
  /** The context window of a call, in tokens, where features that it asks for change it. */
  readonly contextOf?: (call: WindowFacts) => number | undefined;
  /** How far an answer may pass its limit. */
  readonly overshoot?: (call: CallFacts) => Overshoot | undefined;
  /** Tokens that it puts before the first message, of itself. */
  readonly hiddenPromptTokens?: (call: CallFacts) => number;
  /** What its templates add to the texts of a request, by format, where that is known. */
  readonly templates?: Partial<Readonly<Record<WireName, Templates>>>;
  /** The most tokens of an image, where the format's own rule is not the provider's. */
  readonly imageTokensMax?: (model: string) => number | undefined;
  /** Whether `max_tool_calls` limits the calls of the tools that it runs. */
  readonly limitsToolCalls?: boolean;
  /**
   * Whether it hands calls of one model to several hosts, which count and bill each in its own way:
   * what one of them has counted says nothing of the next.
   */
  readonly switchesHosts?: boolean;
  /** Whether what it reports to have cached is there a moment later, unless it is evicted. */
  readonly keepsCaches?: boolean;
  /** Whether its clients sign requests, so that a body cannot be changed on its way. */
  readonly signsRequests?: boolean;
  /** Fields of requests that it has besides those of the format, by format. */
  readonly fields?: Partial<Readonly<Record<WireName, Fields>>>;
  /** Whether a model, by its name or its suffix, makes the provider search or run other models. */
  readonly unboundedModel?: (model: string) => string | undefined;
  /** The name by which the price book has a model, where the address says more of it. */
  readonly priceName?: (model: string, url: URL) => string;
  /** The models that a request names besides, which may answer in place of the first. */
  readonly otherModels?: (body: object) => readonly string[];
  /** Where a call is served by its address, as a word of the price book, where that has a price. */
  readonly placeOf?: (call: CallFacts) => string | undefined;
  /** What it says of how an answer was served, beyond what the format reads. */
  readonly served?: (answer: unknown) => Service;
  /**
   * The whole charge of an answer in dollars (M5); only for providers that are known to report all
   * of it.
   */
  readonly reportedUsd?: (answer: unknown, usage: unknown) => number | undefined;
  /** Whether an answer is from a cache of whole answers, and costs nothing, by its headers. */
  readonly isCached?: (header: AnswerHeader) => boolean;
  /** Names of counts in usage that it has besides those of the format, and that are explained. */
  readonly knownCounts?: readonly string[];
}
