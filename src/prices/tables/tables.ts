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
import { OPENROUTER } from "./openrouter.ts";
import { CEREBRAS } from "./cerebras.ts";
import { PERPLEXITY } from "./perplexity.ts";
import { TOGETHER } from "./together.ts";
import { FIREWORKS } from "./fireworks.ts";
import { ZAI } from "./zai.ts";
import { MOONSHOT } from "./moonshot.ts";
import { MINIMAX } from "./minimax.ts";
import { NOVITA } from "./novita.ts";
import { VOYAGE } from "./voyage.ts";
import { AVIAN } from "./avian.ts";
import { ARCEE } from "./arcee.ts";
import { BASETEN } from "./baseten.ts";
import { CLOUDFLARE } from "./cloudflare.ts";
import { CURSOR } from "./cursor.ts";
import { DOUBLEWORD } from "./doubleword.ts";
import { GITHUB_COPILOT } from "./github-copilot.ts";
import { MODAL } from "./modal.ts";
import { OVHCLOUD } from "./ovhcloud.ts";
import { QUICKSILVERPRO } from "./quicksilverpro.ts";
import { TYPESAFE } from "./typesafe.ts";
import { HUGGINGFACE } from "./huggingface.ts";
import { VERCEL } from "./vercel.ts";

/** The day of the prices. */
export const AS_OF = "2026-09-23";

/** The providers, in the order in which a name without one is looked up. */
export const TABLES: readonly ProviderTable[] = [OPENAI, ANTHROPIC, GOOGLE, BEDROCK, AZURE, MISTRAL, XAI, DEEPSEEK, GROQ, COHERE, OPENROUTER, CEREBRAS, PERPLEXITY, TOGETHER, FIREWORKS, ZAI, MOONSHOT, MINIMAX, NOVITA, VOYAGE, AVIAN, ARCEE, BASETEN, CLOUDFLARE, CURSOR, DOUBLEWORD, GITHUB_COPILOT, MODAL, OVHCLOUD, QUICKSILVERPRO, TYPESAFE, HUGGINGFACE, VERCEL];
