// Made by scripts/generate-prices.ts from @pydantic/genai-prices 0.1.8 (MIT, Copyright (c) Pydantic
// Services Inc. 2025 to present); not to be edited.

import type { ProviderTable } from "../table.ts";
import { OPENAI } from "./openai.ts";
import { ANTHROPIC } from "./anthropic.ts";
import { GOOGLE } from "./google.ts";
import { BEDROCK } from "./bedrock.ts";
import { AZURE } from "./azure.ts";
import { MISTRAL } from "./mistral.ts";
import { XAI } from "./xai.ts";
import { DEEPSEEK } from "./deepseek.ts";
import { GROQ } from "./groq.ts";
import { COHERE } from "./cohere.ts";

/** The day of the prices. */
export const AS_OF = "2026-09-23";

/** The providers, in the order in which a name without one is looked up. */
export const TABLES: readonly ProviderTable[] = [OPENAI, ANTHROPIC, GOOGLE, BEDROCK, AZURE, MISTRAL, XAI, DEEPSEEK, GROQ, COHERE];
