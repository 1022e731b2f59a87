// Errors as each API shapes them, by the status they come with.

/** Returns an error as OpenAI shapes it. https://platform.openai.com/docs/guides/error-codes */
export function openaiError(status: number, message: string): object {
  const [type, code] =
    OPENAI[status] ?? byHundreds(status, "invalid_request_error", "server_error");
  return { error: { message, type, code: code ?? null, param: null } };
}

/** Returns an error as Anthropic shapes it. https://platform.claude.com/docs/en/api/errors */
export function anthropicError(status: number, message: string): object {
  const [type] = ANTHROPIC[status] ?? byHundreds(status, "invalid_request_error", "api_error");
  return { type: "error", error: { type, message }, request_id: "req_simulated" };
}

/** Returns an error as Google shapes it. https://cloud.google.com/apis/design/errors */
export function geminiError(code: number, message: string): object {
  const [status] = GEMINI[code] ?? byHundreds(code, "FAILED_PRECONDITION", "INTERNAL");
  return { error: { code, message, status } };
}

type Names = Readonly<Record<number, readonly [type: string, code?: string]>>;

const OPENAI: Names = {
  401: ["invalid_request_error", "invalid_api_key"],
  404: ["invalid_request_error", "model_not_found"],
  429: ["requests", "rate_limit_exceeded"],
};
const ANTHROPIC: Names = {
  401: ["authentication_error"],
  402: ["billing_error"],
  403: ["permission_error"],
  404: ["not_found_error"],
  413: ["request_too_large"],
  429: ["rate_limit_error"],
  504: ["timeout_error"],
  529: ["overloaded_error"],
};
const GEMINI: Names = {
  400: ["INVALID_ARGUMENT"],
  401: ["UNAUTHENTICATED"],
  403: ["PERMISSION_DENIED"],
  404: ["NOT_FOUND"],
  429: ["RESOURCE_EXHAUSTED"],
  503: ["UNAVAILABLE"],
  504: ["DEADLINE_EXCEEDED"],
};

function byHundreds(status: number, below500: string, from500: string): readonly [string, string?] {
  return [status < 500 ? below500 : from500];
}
