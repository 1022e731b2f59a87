// Clouds whose address depends on the account: their official clients, under a budget.

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import { bypassesIn } from "../../src/cli/run/bypasses.ts";
import { cloudRoutesIn } from "../../src/cli/run/clouds.ts";
import { startProvider } from "../meter/provider.ts";
import { stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const NO_OPENAI = { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" };
const inNode = (program: string): readonly string[] => [
  process.execPath,
  "--input-type=module",
  "-e",
  program,
];

const azureProgram = (options: string): string => `
  import { AzureOpenAI } from "openai";
  const client = new AzureOpenAI({ apiVersion: "2024-10-21", apiKey: "k", ${options} maxRetries: 0 });
  const messages = [{ role: "user", content: "Hello" }];
  const answer = await client.chat.completions.create({ model: "gpt-4o-mini", max_tokens: 50, messages });
  console.log(answer.choices[0].finish_reason);`;

describe("Azure's client of OpenAI's SDK, under run", () => {
  it("a cloud client that reads its endpoint from the environment is metered", async () => {
    const args = ["run", "--usd", "1", "--json", "--", ...inNode(azureProgram(""))];
    const env = { ...NO_OPENAI, AZURE_OPENAI_ENDPOINT: provider.url };
    const { code, stdout, stderr } = await tokenBudget(args, env);
    expect([code, stdout]).toEqual([0, "stop\n"]);
    expect(provider.requests.map(({ path }) => path)).toEqual([
      "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21",
    ]);
    const lines = stderr.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "").used.calls).toBe(1);
    expect(lines[0]).toContain("OPENAI_BASE_URL is left unset, because Azure clients do not start");
    expect(stderr).not.toContain("calls to Azure");
  });

  it("a cloud client that names its endpoint itself bypasses the budget, which is reported", async () => {
    const folder = stateFolder();
    const script = join(folder, "agent.mjs");
    // The script is found by its path, and the SDK by the folder that it is run in.
    writeFileSync(script, "// AzureOpenAI");
    const program = azureProgram(`endpoint: ${JSON.stringify(provider.url)},`);
    for (const command of [inNode(program), [...inNode(program), script]]) {
      const ran = await tokenBudget(["run", "--usd", "1", "--", ...command], NO_OPENAI);
      expect([ran.code, ran.stdout]).toEqual([0, "stop\n"]);
      expect(ran.stderr).toContain(
        "and so do calls to Azure: set its address in AZURE_OPENAI_ENDPOINT",
      );
    }
    const show = [process.execPath, "-e", "console.log(process.env.OPENAI_BASE_URL || 'unset')"];
    const run = ["run", "--usd", "1", "--quiet", "--"];
    const named = await tokenBudget([...run, ...show, script], NO_OPENAI);
    expect(named.stdout).toBe("unset\n");
    // A key of OpenAI's own would go past the budget: the client of Azure does not start then.
    const both = await tokenBudget([...run, ...show, script], { OPENAI_API_KEY: "sk-planted" });
    expect(both.stdout).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(both.stderr).toContain("Azure clients may not start while OPENAI_BASE_URL is set");
  });

  it("run --strict refuses to start a cloud client that bypasses the budget", async () => {
    const args = ["run", "--usd", "1", "--strict", "--", ...inNode(azureProgram(""))];
    const env = { ...NO_OPENAI, AZURE_OPENAI_ENDPOINT: provider.url };
    const { code, stderr } = await tokenBudget(args, env);
    expect([code, provider.requests.length]).toEqual([2, 0]);
    expect(stderr).toContain("OPENAI_BASE_URL is left unset");
  });
});

describe("Bedrock, under run", () => {
  it("OpenAI's client of bedrock-mantle with a token is metered under run", async () => {
    const program = `
      import { BedrockOpenAI } from "openai";
      const client = new BedrockOpenAI({ maxRetries: 0 });
      const answer = await client.responses.create({ model: "gpt-4o-mini", input: "Hello" });
      console.log(answer.status);`;
    const env = {
      AWS_BEARER_TOKEN_BEDROCK: "planted",
      AWS_BEDROCK_BASE_URL: `${provider.url}/openai/v1`,
    };
    const args = ["run", "--usd", "4", "--json", "--", ...inNode(program)];
    const { code, stdout, stderr } = await tokenBudget(args, env);
    expect([code, stdout]).toEqual([0, "completed\n"]);
    expect(provider.requests.map(({ path }) => path)).toEqual(["/openai/v1/responses"]);
    const summary: unknown = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({ used: { calls: 1 } });
  });

  it("Anthropic's client of Bedrock is metered with a token, and reported as a bypass without one", async () => {
    const answer = JSON.stringify({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 10, output_tokens: 5 },
    });
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url, request.headers.authorization);
      request.resume();
      response.writeHead(200, { "content-type": "application/json" });
      response.end(answer);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const program = `
      import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
      const client = new AnthropicBedrock({ awsRegion: "us-east-1", maxRetries: 0 });
      const messages = [{ role: "user", content: "Hello" }];
      const model = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
      console.log((await client.messages.create({ model, max_tokens: 20, messages })).stop_reason);`;
    const env = {
      AWS_BEARER_TOKEN_BEDROCK: "planted",
      ANTHROPIC_BEDROCK_BASE_URL: `http://127.0.0.1:${port}`,
    };
    const args = ["run", "--usd", "1", "--json", "--", ...inNode(program)];
    const ran = await tokenBudget(args, env);
    expect([ran.code, ran.stdout, ran.stderr.split("\n").length]).toEqual([0, "end_turn\n", 2]);
    expect(seen).toEqual([
      "/model/us.anthropic.claude-haiku-4-5-20251001-v1:0/invoke",
      "Bearer planted",
    ]);
    // Regional: a tenth more than $1 and $5 a million.
    expect(JSON.parse(ran.stderr).used.usd).toBeCloseTo(1.1 * (10e-6 + 25e-6), 9);
  });
});

describe("the address of a cloud", () => {
  it.each([
    [{ AWS_BEARER_TOKEN_BEDROCK: "t" }, []],
    [{ AWS_REGION: "eu-west-1" }, []],
    [
      { AWS_BEARER_TOKEN_BEDROCK: "t", AWS_REGION: "eu-west-1" },
      [
        "bedrock https://bedrock-runtime.eu-west-1.amazonaws.com",
        "bedrock-mantle https://bedrock-mantle.eu-west-1.api.aws",
      ],
    ],
    [{ AWS_BEARER_TOKEN_BEDROCK: "t", AWS_REGION: "x/@evil.example#" }, []],
    [{ CLOUD_ML_REGION: "global" }, ["vertex https://aiplatform.googleapis.com/v1"]],
    [{ CLOUD_ML_REGION: "us-east5" }, ["vertex https://us-east5-aiplatform.googleapis.com/v1"]],
    [{ CLOUD_ML_REGION: "eu", VERTEX_REGION_CLAUDE_HAIKU_4_5: "us-east5" }, []],
    [{ GOOGLE_CLOUD_LOCATION: "eu" }, ["google-vertex https://aiplatform.eu.rep.googleapis.com"]],
    [{ AZURE_OPENAI_ENDPOINT: "my-resource" }, []],
  ] as const)("the environment %j leads to %j", (env, routes) => {
    const found = cloudRoutesIn(env).map(({ upstream, address }) => `${upstream} ${address}`);
    expect(found).toEqual(routes);
  });

  it("a metered cloud client is not reported as bypassing the budget", () => {
    const token = { CLAUDE_CODE_USE_BEDROCK: "1", AWS_BEARER_TOKEN_BEDROCK: "t" };
    expect(bypassesIn({ ...token, AWS_REGION: "us-east-1" })).toEqual([]);
    expect(bypassesIn(token).length).toBe(1);
    expect(bypassesIn({ CLAUDE_CODE_USE_VERTEX: "1", CLOUD_ML_REGION: "global" })).toEqual([]);
    const google = { CLAUDE_CODE_USE_VERTEX: "1", GOOGLE_CLOUD_LOCATION: "global" };
    expect(bypassesIn(google).length).toBe(1);
  });
});
