// Routes of unknown servers, and of servers whose own formats are not read.

import { refusedRoute } from "./named-route.ts";
import type { NamedRoute } from "./named-route.ts";

const BY_TIME = "it is billed by the time that the machine behind it runs";
const ROUTES =
  "Set what one call may cost with the option `routes`, or meter it with `meteredTool`";

export const OTHER_ROUTES: readonly NamedRoute[] = [
  // https://github.com/vercel/ai/tree/main/packages/gateway
  refusedRoute(
    /\/v\d\/ai\/[\w-]+$/,
    "the meter reads only language models and embeddings of the gateway's own protocol",
    "Use /v1/… of the gateway in OpenAI's format, or set what one call may cost with the option `routes`",
  ),
  // https://replicate.com/docs/reference/http#predictions.create
  refusedRoute(/\/predictions$/, BY_TIME, ROUTES),
  // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
  refusedRoute(/\/endpoints\/[^/]+\/invocations(?:-response-stream)?$/, BY_TIME, ROUTES),
  // https://docs.aleph-alpha.com/api/complete/
  refusedRoute(
    /\/complete$/,
    "its answer does not report its usage in a known format",
    "Use the same server's /chat/completions",
  ),
  // https://huggingface.co/docs/inference-endpoints
  refusedRoute(/^$/, BY_TIME, ROUTES),
];
