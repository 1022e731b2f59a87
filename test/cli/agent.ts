// A program that knows nothing of budgets: it asks a model again and again, through the official SDK.
// Arguments: how many times, and a pause in milliseconds.

import OpenAI from "openai";

const [times = "1", pauseMs = "0"] = process.argv.slice(2);
const client = new OpenAI({ apiKey: "planted-key" });
for (let turn = 0; turn < Number(times); turn++) {
  try {
    const answer = await client.chat.completions.create({
      model: "gpt-4o-mini",
      max_tokens: 400,
      messages: [{ role: "user", content: `planted prompt ${turn}` }],
    });
    process.stdout.write(`${answer.choices[0]?.finish_reason ?? "nothing"}\n`);
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 9;
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
