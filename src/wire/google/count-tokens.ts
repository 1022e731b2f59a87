// Gemini's count of a request.
// https://ai.google.dev/api/tokens

import type { Counting } from "../counting.ts";
import { countAt } from "../json/untrusted.ts";

const METHOD = /(\/(models\/[^/:]+)):(?:streamGenerateContent|generateContent)$/;

/** Asks Gemini how many tokens a request has. Of media its count is not known to be the bill. */
export const geminiCounting: Counting = {
  request({ url, body, hasMedia }) {
    const [, path, model] = METHOD.exec(url.pathname) ?? [];
    if (path === undefined || hasMedia) return undefined;
    const counting = new URL(url);
    counting.pathname = url.pathname.replace(METHOD, "$1:countTokens");
    counting.searchParams.delete("alt");
    return {
      url: counting,
      body: JSON.stringify({ generateContentRequest: { model, ...body } }),
    };
  },
  tokensOf(answer) {
    const total = countAt(answer, "totalTokens");
    // Whether the total has them too is not said: both are counted.
    return total === undefined
      ? undefined
      : total + (countAt(answer, "cachedContentTokenCount") ?? 0);
  },
};
