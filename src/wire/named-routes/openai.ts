// https://platform.openai.com/docs/api-reference, https://openai.com/api/pricing/

import { ENDS, freeRoutes, LATER, OUTSIDE, refusedRoute } from "./named-route.ts";
import type { NamedRoute } from "./named-route.ts";

const RESPONSES = "Use /v1/responses, whose calls are held one by one";

export const OPENAI_ROUTES: readonly NamedRoute[] = [
  ...freeRoutes(
    ENDS,
    /\/audio\/voice_consents(?:\/[^/]+)?$/,
    /\/containers\/[^/]+\/files$/,
    /\/evals(?:\/[^/]+)?$/,
    /\/fine_tuning\/(?:alpha\/graders\/validate|checkpoints\/.+\/permissions)$/,
    /\/skills(?:\/[^/]+(?:\/versions)?)?$/,
    /\/threads\/[^/]+\/runs\/[^/]+$/,
    /\/vaults(?:\/[^/]+(?:\/credentials(?:\/[^/]+)?)?)?$/,
    // What is kept costs by the gigabyte and day, beyond the first; no call shows it.
    /\/vector_stores(?:\/[^/]+(?:\/(?:files|file_batches)(?:\/[^/]+)?)?)?$/,
    /\/webhook_endpoints(?:\/[^/]+(?:\/(?:rotate_secret|test))?)?$/,
    /\/realtime\/calls\/[^/]+\/refer$/,
    /\/live\/sessions\/[^/]+\/refer$/,
  ),
  refusedRoute(
    /\/threads\/(?:.+\/)?runs(?:\/.+)?$/,
    "a run of an assistant makes any number of model calls, and Assistants ended on August 26, 2026",
    RESPONSES,
  ),
  refusedRoute(/\/agents(?:\/|$)/, "hosted agents call models and tools by themselves", RESPONSES),
  refusedRoute(/\/chatkit\/sessions$/, "a session's widget calls models by itself", RESPONSES),
  refusedRoute(
    /\/(?:realtime|live)\//,
    "a session over WebRTC or SIP, or of a browser with a client secret, is billed by what is said in it, and does not pass the meter",
    "Open the session at /v1/realtime over a WebSocket through the proxy, or start it outside the meter, with its own limits",
  ),
  refusedRoute(/\/batches$/, LATER, OUTSIDE),
  refusedRoute(
    /\/fine_tuning\/(?:jobs(?:\/[^/]+\/resume)?|alpha\/graders\/run)$/,
    "training and graders are billed by what they read, which is unknown in advance",
    OUTSIDE,
  ),
  refusedRoute(
    /\/evals\/[^/]+\/runs$/,
    "a run of an evaluation calls models for each row",
    OUTSIDE,
  ),
  refusedRoute(
    /\/containers$/,
    "a container costs from $0.03 to $1.92 by its memory, for every 20 minutes that it lives",
    'Set its fee with `routes: { "/containers": { usd: 1.92 } }`',
  ),
  refusedRoute(
    /\/vector_stores\/[^/]+\/search$/,
    "a search of files has a fee that the price book does not have",
    'Give it with `routes: { "/search": { usd: 0.0025 } }`',
  ),
  refusedRoute(
    /\/images\/variations$/,
    "only DALL·E 2 makes variations, and the price book has no price for it",
    "Use /v1/images/edits",
  ),
  refusedRoute(
    /\/videos(?:\/.+)?$/,
    "an edit of an existing video has the length of that video, which the request does not contain",
    "Create a new video with /v1/videos, which is billed by the second",
  ),
  refusedRoute(
    /\/(?:audio\/voices|content_provenance_checks|decisions)$/,
    "its price is not published",
    "Set what it may cost with the option `routes`",
  ),
];
