import { anthropicExchanges } from "./anthropic.ts";
import { bedrockExchanges } from "./bedrock.ts";
import { cohereExchanges } from "./cohere.ts";
import { compatibleExchanges } from "./compatible.ts";
import type { ExchangeFixture } from "./fixture.ts";
import { gatewayExchanges } from "./gateways.ts";
import { feeExchanges } from "./fees.ts";
import { googleExchanges } from "./google.ts";
import { mediaExchanges } from "./media.ts";
import { openaiExchanges } from "./openai.ts";
import { plainExchanges } from "./plain.ts";

/** All exchanges. */
export const EXCHANGES: readonly ExchangeFixture[] = [
  ...plainExchanges,
  ...openaiExchanges,
  ...anthropicExchanges,
  ...googleExchanges,
  ...bedrockExchanges,
  ...cohereExchanges,
  ...mediaExchanges,
  ...gatewayExchanges,
  ...feeExchanges,
  ...compatibleExchanges,
];
