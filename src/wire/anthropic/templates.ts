// What Claude's templates put around a request (docs/decisions/0065).

import type { Templates } from "../input-bound.ts";

/**
 * Of the recorded requests without tools and schemas none has more than 3 tokens above the bytes of
 * its texts. Tools and schemas bring a prompt of their own.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing
 */
export const CLAUDE_TEMPLATES: Templates = { messages: 32, functions: 1024, schemas: 1024 };
