// Waits for an answer for a limited time.

/** Returns the result of `answer`, or rejects when it takes too long, with `last` if given. */
export function inTime<T>(answer: Promise<T>, ms: number, last?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(last ?? new Error("no answer in time")), Math.max(0, ms));
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
