// A host of its own for a process: a network namespace with one link, which can be cut.

import { execFileSync } from "node:child_process";
import process from "node:process";

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: "pipe" });
}

/** Whether namespaces can be made here: that takes root, and `ip`. */
export function canMakeNamespaces(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    ip("netns", "add", "token-budget-try");
    ip("netns", "delete", "token-budget-try");
    return true;
  } catch {
    return false;
  }
}

/** A network namespace. */
export class NetworkNamespace {
  readonly name: string;
  /** The address of this machine as it is seen from there. */
  readonly outside: string;
  readonly #link: string;

  constructor(place: number) {
    this.name = `token-budget-${process.pid}-${place}`;
    this.#link = `tb${process.pid % 100_000}o${place}`;
    const inner = `tb${process.pid % 100_000}i${place}`;
    const net = `10.213.${(process.pid + place) % 250}`;
    this.outside = `${net}.1`;
    ip("netns", "add", this.name);
    ip("link", "add", this.#link, "type", "veth", "peer", "name", inner, "netns", this.name);
    ip("addr", "add", `${net}.1/30`, "dev", this.#link);
    ip("link", "set", this.#link, "up");
    ip("-n", this.name, "addr", "add", `${net}.2/30`, "dev", inner);
    ip("-n", this.name, "link", "set", inner, "up");
    ip("-n", this.name, "link", "set", "lo", "up");
  }

  /** How `fork` starts a process there. */
  get forking(): { readonly execPath: string; readonly execArgv: string[] } {
    return { execPath: "ip", execArgv: ["netns", "exec", this.name, process.execPath] };
  }

  /** Nothing comes through from now on, either way. */
  cut(): void {
    ip("link", "set", this.#link, "down");
  }

  heal(): void {
    ip("link", "set", this.#link, "up");
  }

  remove(): void {
    ip("link", "delete", this.#link);
    ip("netns", "delete", this.name);
  }
}
