// Calls of scripts. A server keeps the functions of a library from call to call, and creates those
// of a script anew at every call: what is called most is a function where the server has them.

import type { LuaFunction, LuaScript } from "./lua/scripts.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** A server without the library, for example after its first start. */
const WITHOUT_LIBRARY = /Function not found/i;
const LOADED_BY_ANOTHER = /already exists/i;
/** A server without functions, and a user who may not use them. */
const WITHOUT_FUNCTIONS =
  /unknown (?:sub)?command|command is not available|NOPERM.*\b(?:fcall|function)\b/i;
/**
 * A server in between may close the connection at a command that it does not know: functions are
 * given up after so many calls that failed where their script did not.
 */
const FAILURES_MAX = 3;

/** The scripts and functions of one connection. */
export class ScriptCalls {
  readonly #connection: RedisConnection;
  /**
   * A library would have to be on every primary of a cluster, and on those to come; and a client
   * that puts a prefix before the keys of scripts may put none before those of functions.
   */
  #hasFunctions: boolean;
  #hasAnswered = false;
  #failures = 0;
  #loading: Promise<unknown> | undefined;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#hasFunctions = !connection.isCluster && connection.hasKeyPrefix !== true;
  }

  /** Calls a script that the server may not have yet. */
  async call(
    base: string,
    script: LuaScript,
    keys: readonly string[],
    words: readonly string[],
  ): Promise<unknown> {
    return await this.#callScript(base, script, [String(keys.length), ...keys, ...words]);
  }

  /** Calls a script that changes something: its function, if the server has functions. */
  async callFunction(
    base: string,
    script: LuaFunction,
    keys: readonly string[],
    words: readonly string[],
  ): Promise<unknown> {
    const given = [String(keys.length), ...keys, ...words];
    if (!this.#hasFunctions) return await this.#callScript(base, script, given);
    try {
      const reply = await this.#fcall(base, script, given);
      this.#hasAnswered = true;
      return reply;
    } catch (error) {
      if (isWithoutFunctions(error)) this.#hasFunctions = false;
      else if (this.#hasAnswered || isOfServer(error)) throw error;
      const reply = await this.#callScript(base, script, given);
      if (++this.#failures >= FAILURES_MAX) this.#hasFunctions = false;
      return reply;
    }
  }

  async #callScript(base: string, script: LuaScript, given: readonly string[]): Promise<unknown> {
    try {
      return await this.#connection.send(base, ["EVALSHA", script.sha, ...given]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return await this.#connection.send(base, ["EVAL", script.text, ...given]);
    }
  }

  async #fcall(base: string, script: LuaFunction, given: readonly string[]): Promise<unknown> {
    const command = ["FCALL", script.library, ...given];
    try {
      return await this.#connection.send(base, command);
    } catch (error) {
      if (!(error instanceof Error) || !WITHOUT_LIBRARY.test(error.message)) throw error;
      this.#loading ??= this.#load(base, script.libraryText);
      await this.#loading;
      return await this.#connection.send(base, command);
    }
  }

  async #load(base: string, text: string): Promise<void> {
    try {
      await this.#connection.send(base, ["FUNCTION", "LOAD", text]);
    } catch (error) {
      if (!(error instanceof Error) || !LOADED_BY_ANOTHER.test(error.message)) throw error;
    } finally {
      this.#loading = undefined;
    }
  }
}

/**
 * Whether the server has answered with an error that a script would meet too. An error begins with
 * its code; one without a code of its own may be about functions, in the words of another make.
 */
function isOfServer(error: unknown): boolean {
  return error instanceof Error && /^(?!ERR\b)[A-Z]{3,}\b/.test(error.message);
}

/** Whether the server has no functions for this user, or not the one that was loaded. */
function isWithoutFunctions(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return WITHOUT_FUNCTIONS.test(error.message) || WITHOUT_LIBRARY.test(error.message);
}
