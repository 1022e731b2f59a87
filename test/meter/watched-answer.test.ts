// Answers that are watched themselves, in whatever way they are read: the caller gets what a bare
// `fetch` gives, and the books are right.

import { describe, expect, it, vi } from "vitest";

import { collectGarbage } from "../support/heap.ts";
import { expectBooksCover, expectEqualBooks } from "./books.ts";
import { CHAT_URL, CHAT, meteredBy, post } from "./metered.ts";
import { startProvider } from "./provider.ts";

const provider = await startProvider();
const metered = meteredBy(provider);

const decode = (bytes: ArrayBuffer | Uint8Array): string => new TextDecoder().decode(bytes);

async function streamed(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body ?? []) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const NodeResponse = Response;

/** A response of another make, as a library may put it in place of that of Node.js. */
class OtherResponse {
  readonly #own: Response;

  constructor(...given: ConstructorParameters<typeof Response>) {
    this.#own = new NodeResponse(...given);
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#own.body;
  }

  get status(): number {
    return this.#own.status;
  }

  get headers(): Headers {
    return this.#own.headers;
  }

  text(): Promise<string> {
    return this.#own.text();
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/** The ways of reading an answer, each of which returns its text. */
const READINGS: Readonly<Record<string, (answer: Response) => Promise<string>>> = {
  text: (answer) => answer.text(),
  json: async (answer) => JSON.stringify(await answer.json()),
  arrayBuffer: async (answer) => decode(await answer.arrayBuffer()),
  bytes: async (answer) => decode(await answer.bytes()),
  blob: async (answer) => (await answer.blob()).text(),
  body: (answer) => streamed(answer.body),
  "text, after a look at the body": (answer) => {
    expect(answer.body?.locked).toBe(false);
    return answer.text();
  },
  "json, after a look at the body": async (answer) => {
    expect(answer.body).toBe(answer.body);
    return JSON.stringify(await answer.json());
  },
  "a clone": (answer) => answer.clone().text(),
  "a clone of a clone": (answer) => answer.clone().clone().text(),
  "another response around the body": (answer) => new Response(answer.body, answer).text(),
};

describe("answers that are watched themselves", () => {
  for (const [name, read] of Object.entries(READINGS)) {
    it(`an answer that is read by ${name} is as a bare one, and booked as it was billed`, async () => {
      const { chat, pool, reports } = metered();
      const bare = await (await provider.fetch(CHAT_URL, post(CHAT))).text();
      provider.clear();
      const answer = await chat();
      expect(answer.bodyUsed).toBe(false);
      const text = await read(answer);
      // A clone leaves half of the answer to be read.
      if (name.startsWith("a clone")) {
        expect(answer.bodyUsed).toBe(false);
        expect(await answer.text()).toBe(text);
      }
      expect(answer.bodyUsed).toBe(true);
      const mask = (each: string): string => each.replaceAll(/sim-\d+/g, "sim").slice(0, 60);
      expect(mask(text)).toBe(mask(bare));
      expect(reports.map(({ outcome }) => outcome)).toEqual(["used"]);
      await expectEqualBooks(pool, provider);
    });
  }

  it("an answer in one piece is the response of the fetch below, and looks like it", async () => {
    const made: Response[] = [];
    const { chat } = metered(5, {
      fetch: async (...given) => {
        const answer = await provider.fetch(...given);
        made.push(answer);
        return answer;
      },
    });
    const answer = await chat();
    const [below] = made;
    expect(answer).toBe(below);
    expect(answer).toBeInstanceOf(Response);
    expect(answer.constructor).toBe(Response);
    expect(Object.prototype.toString.call(answer)).toBe("[object Response]");
    expect(Object.keys(answer)).toEqual([]);
    expect([answer.ok, answer.status, answer.redirected, answer.type]).toEqual([
      true,
      200,
      false,
      "basic",
    ]);
    expect(answer.url).toContain("/v1/chat/completions");
    expect(answer.headers.get("content-type")).toContain("application/json");
    await answer.text();
  });

  it("an answer whose members were changed is copied, so that nothing is read past the books", async () => {
    const { chat, pool } = metered(5, {
      fetch: async (...given) => {
        const answer = await provider.fetch(...given);
        const text = answer.text.bind(answer);
        return Object.defineProperty(answer, "text", { value: text });
      },
    });
    await (await chat()).text();
    await expectEqualBooks(pool, provider);
  });

  it("an answer that cannot be watched itself is copied", async () => {
    const { chat, pool } = metered(5, {
      fetch: async (...given) => Object.freeze(await provider.fetch(...given)),
    });
    await (await chat()).text();
    await expectEqualBooks(pool, provider);
  });

  it("an answer of another Response, which replaced that of Node.js since, is copied", async () => {
    const known = metered();
    // What watches answers is loaded with the first of them.
    await (await known.chat()).text();
    provider.clear();
    const { chat, pool } = metered(5, {
      fetch: async (...given) => {
        const { status, headers, body } = await provider.fetch(...given);
        return new Response(body, { status, headers });
      },
    });
    vi.stubGlobal("Response", OtherResponse);
    try {
      expect(await (await chat()).json()).toHaveProperty("usage");
    } finally {
      vi.unstubAllGlobals();
    }
    await expectEqualBooks(pool, provider);
  });

  it("a signal of an older make, which cannot throw by itself, is enough", async () => {
    const { fetch, pool } = metered();
    const { signal } = new AbortController();
    Object.defineProperty(signal, "throwIfAborted", { value: undefined });
    const answer = await fetch(CHAT_URL, { ...post(CHAT), signal });
    expect(await answer.json()).toHaveProperty("usage");
    await expectEqualBooks(pool, provider);
  });

  it("a body is read once, and a second reader harms neither the first nor the books", async () => {
    const { chat, pool } = metered();
    const answer = await chat();
    const [one, other] = await Promise.allSettled([answer.text(), answer.json()]);
    expect([one.status, other.status]).toEqual(["fulfilled", "rejected"]);
    await expect(answer.arrayBuffer()).rejects.toThrow(TypeError);
    expect(() => answer.clone()).toThrow(TypeError);
    expect(answer.body?.locked).toBe(true);
    await expectEqualBooks(pool, provider);
    const second = await chat();
    const reader = second.body?.getReader();
    await expect(second.text()).rejects.toThrow(TypeError);
    while ((await reader?.read())?.done === false);
    await expectEqualBooks(pool, provider);
  });

  it("an answer that is no JSON rejects as it does below, and its bound is booked", async () => {
    const { chat, reports } = metered(5, {
      fetch: () => Promise.resolve(new Response("<html>", { status: 200 })),
    });
    await expect((await chat({ max_tokens: 100 })).json()).rejects.toThrow(SyntaxError);
    expect(reports[0]).toMatchObject({ outcome: "bounded", booked: reports[0]?.held });
  });
});

describe("answers that are not read to their end", () => {
  it("a body that is cancelled, before it is read, is booked with all that it may hold", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ outputTokens: 900 }));
    await (await chat({ max_tokens: 1000 })).body?.cancel();
    expect(reports[0]?.booked?.outputTokens).toBeGreaterThanOrEqual(900);
    await expectBooksCover(pool, provider);
  });

  it("an answer that no one reads is booked with all that it may hold", async () => {
    const { chat, pool, reports } = metered();
    provider.behave(() => ({ outputTokens: 900 }));
    await (async () => {
      await chat({ max_tokens: 1000 });
    })();
    await vi.waitFor(
      async () => {
        await collectGarbage();
        expect(reports.length).toBe(1);
      },
      { timeout: 60_000 },
    );
    await expectBooksCover(pool, provider);
  });

  for (const stream of [false, true]) {
    it(`an answer that no one reads is booked while its signal lives on, with stream ${stream}`, async () => {
      const { fetch, pool, reports } = metered();
      const { signal } = new AbortController();
      const aborted = vi.spyOn(signal, "addEventListener");
      await (async () => {
        await fetch(CHAT_URL, { ...post({ ...CHAT, max_tokens: 1000, stream }), signal });
      })();
      await vi.waitFor(
        async () => {
          await collectGarbage();
          expect(reports.length).toBe(1);
        },
        { timeout: 60_000 },
      );
      expect(aborted).toHaveBeenCalled();
      expect(pool.snapshot().openReservations).toBe(0);
      await expectBooksCover(pool, provider);
    });
  }

  it("an answer that ends no more is booked once its reading is collected", async () => {
    const { chat, pool, reports } = metered(5, {
      fetch: () => Promise.resolve(new Response(new ReadableStream())),
    });
    await (async () => {
      void (await chat({ max_tokens: 1000 })).text();
    })();
    await vi.waitFor(
      async () => {
        await collectGarbage();
        expect(reports.length).toBe(1);
      },
      { timeout: 10_000 },
    );
    expect(pool.snapshot().openReservations).toBe(0);
  });

  it("a reading outlives the answer that it is of", async () => {
    let end: (() => void) | undefined;
    const { chat, pool, reports } = metered(5, {
      fetch: async (...given) => {
        const bytes = await (await provider.fetch(...given)).bytes();
        const slow = new ReadableStream<Uint8Array>({
          start(controller) {
            end = () => {
              controller.enqueue(bytes);
              controller.close();
            };
          },
        });
        return new Response(slow);
      },
    });
    const reading = await (async () => [(await chat()).text()])();
    for (let count = 0; count < 5; count++) await collectGarbage();
    expect(reports.length).toBe(0);
    end?.();
    await Promise.all(reading);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["used"]);
    await expectEqualBooks(pool, provider);
  });

  it("a body outlives the answer that it is of", async () => {
    const { chat, pool } = metered();
    const body = await (async () => (await chat()).body)();
    await collectGarbage();
    await collectGarbage();
    expect(pool.snapshot().openReservations).toBe(1);
    expect((await streamed(body)).length).toBeGreaterThan(10);
    await expectEqualBooks(pool, provider);
  });

  it("an answer that breaks while it is read rejects, and its bound is booked", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"choices":[')),
      pull: (controller) => controller.error(new Error("broken")),
    });
    const { chat, pool, reports } = metered(5, {
      fetch: () => Promise.resolve(new Response(broken)),
    });
    await expect((await chat({ max_tokens: 1000 })).text()).rejects.toThrow("broken");
    expect(reports[0]).toMatchObject({ outcome: "bounded", booked: { outputTokens: 1000 } });
    expect(pool.snapshot().openReservations).toBe(0);
  });

  for (const when of ["before it is read", "while it is read", "after a look at its body"]) {
    it(`an answer whose caller aborts ${when} is settled at once, and rejects with the reason`, async () => {
      const answering = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"choices":[')),
      });
      const { fetch, pool, reports } = metered(5, {
        fetch: (_url, init) => {
          // What `fetch` does with a signal.
          const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
          const sent = answering.pipeTo(writable, init?.signal ? { signal: init.signal } : {});
          sent.catch(() => undefined);
          return Promise.resolve(new Response(readable));
        },
      });
      const controller = new AbortController();
      const body = post({ ...CHAT, max_tokens: 1000 });
      const answer = await fetch(CHAT_URL, { ...body, signal: controller.signal });
      if (when === "after a look at its body") expect(answer.body?.locked).toBe(false);
      const isRead = when !== "before it is read";
      const reading = isRead ? answer.text().catch(String) : undefined;
      controller.abort(new Error("gone"));
      expect(await reading).toBe(isRead ? "Error: gone" : undefined);
      await expect.poll(() => reports.length).toBe(1);
      expect(reports[0]).toMatchObject({ outcome: "bounded", booked: { outputTokens: 1000 } });
      if (!isRead) await expect(answer.text()).rejects.toThrow("gone");
      expect(pool.snapshot().openReservations).toBe(0);
    });
  }
});
