// A request that is like a known one, read only by a source of bounds that learns from it.

import { inputBytesOf } from "../wire/input-bound.ts";
import { parsedOf } from "../wire/json/untrusted.ts";
import type { Asked } from "../wire/wire.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import type { KnownRequest } from "./known-request.ts";
import type { MeteredPool } from "./metered-pool.ts";
import type { Refined } from "./refine-bound.ts";
import type { BoundRequest, BoundSource, BoundWire } from "./tighter-bounds.ts";

/** What its transport knows of it. */
interface SentRequest extends Pick<ExchangeRequest, "header" | "send"> {
  readonly text: string;
}

/** Stands for the tighter bounds of a request that needed none. */
export class LikeRequest implements Refined, BoundRequest {
  readonly names: readonly string[] = [];
  readonly isAsked = false;
  readonly requests = 0;
  readonly said = undefined;
  readonly atMs: number = performance.now();
  readonly #known: KnownRequest;
  readonly #pool: MeteredPool;
  readonly #sent: SentRequest;
  #body: object | undefined;

  constructor(known: KnownRequest, pool: MeteredPool, sent: SentRequest) {
    this.#known = known;
    this.#pool = pool;
    this.#sent = sent;
  }

  isBroken(): boolean {
    return false;
  }

  get request(): this {
    return this;
  }

  get sources(): readonly BoundSource[] {
    return this.#known.settings.state.boundSources;
  }

  get wire(): BoundWire {
    return this.#known.wire;
  }

  get provider(): BoundRequest["provider"] {
    return this.#known.priced.provider;
  }

  get url(): URL {
    return this.#known.url;
  }

  get model(): string {
    return this.#known.priced.about.model;
  }

  get text(): string {
    return this.#sent.text;
  }

  get body(): object {
    if (this.#body === undefined) {
      const parsed = parsedOf(this.#sent.text);
      this.#body = typeof parsed === "object" && parsed !== null ? parsed : {};
    }
    return this.#body;
  }

  get asked(): Asked {
    const { url, body, provider, text } = this;
    const { header } = this.#sent;
    return this.#known.wire.asked({ body, text, bytes: inputBytesOf(text), url, provider, header });
  }

  get header(): BoundRequest["header"] {
    return this.#sent.header ?? (() => undefined);
  }

  get send(): BoundRequest["send"] {
    return this.#sent.send;
  }

  get documents(): BoundRequest["documents"] {
    return this.#pool.documents;
  }
}
