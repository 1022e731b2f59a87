// The dialog of an action: its fields, and the reason; the actor is known. A retry is applied once.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

import { send } from "./client.tsx";
import { messageOf } from "./load.tsx";

/** An action for the dialog. */
export interface Action {
  readonly title: string;
  /** A sentence about its effect. */
  readonly effect: string;
  readonly button: string;
  readonly isGrave?: boolean;
  /** Fields in addition to the reason. */
  readonly fields?: ComponentChildren;
  /** Whether it has no reason, such as a test. */
  readonly hasReason?: boolean;
  readonly route: string;
  readonly method?: "POST" | "DELETE";
  /** Returns the body from the fields; a text says what is wrong with them. */
  readonly bodyOf: (fields: FormData) => Record<string, unknown> | string;
  readonly onDone: (answer: unknown) => void;
}

const asked = signal<Action | undefined>(undefined);

/** Opens the dialog of an action. */
export function askFor(action: Action): void {
  asked.value = action;
}

function close(): void {
  asked.value = undefined;
}

/** The dialog, which is rendered once per page. */
export function ActionDialog() {
  const action = asked.value;
  return action === undefined ? null : <OpenDialog key={action.route} action={action} />;
}

function OpenDialog({ action }: { readonly action: Action }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [wrong, setWrong] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const { hasReason = true, method = "POST" } = action;
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const body = action.bodyOf(fields);
    if (typeof body === "string") {
      setWrong(body);
      return;
    }
    const reason = String(fields.get("reason") ?? "").trim();
    if (hasReason && reason === "") {
      setWrong("Say why: it stands in the list of changes");
      return;
    }
    setBusy(true);
    try {
      const answer = await send<unknown>(
        method,
        action.route,
        hasReason ? { ...body, reason } : body,
        key,
      );
      close();
      action.onDone(answer);
    } catch (error) {
      setWrong(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="action-title">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="action-title">{action.title}</h2>
        <p>{action.effect}</p>
        {action.fields}
        {hasReason && (
          <label>
            Reason
            <input name="reason" maxLength={128} autocomplete="off" autofocus={!action.fields} />
          </label>
        )}
        {wrong !== "" && (
          <p class="trouble" role="alert">
            {wrong}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button class={action.isGrave ? "grave" : "main"} disabled={isBusy}>
            {action.button}
          </button>
        </div>
      </form>
    </dialog>
  );
}
