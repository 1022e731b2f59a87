// Giving up on an event, in place of after a time.

const EVERY_MS = 5;

/** A signal that is aborted as soon as something is the case. */
export function abortedWhen(isSo: () => boolean): AbortSignal {
  const controller = new AbortController();
  const watching = setInterval(() => {
    if (!isSo()) return;
    clearInterval(watching);
    controller.abort();
  }, EVERY_MS);
  return controller.signal;
}
