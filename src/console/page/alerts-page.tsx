// The alert targets of a gateway, a test of each, and the state of sent alerts.

import { useState } from "preact/hooks";

import { askFor } from "./action-dialog.tsx";
import { linkTo } from "./address.tsx";
import { get, send } from "./client.tsx";
import { Table } from "./entries.tsx";
import { dayAndTime } from "./format.tsx";
import { messageOf, Shown, useLoaded } from "./load.tsx";

const EVENTS = ["threshold", "refused", "frozen", "thawed", "changed", "reset", "deleted"];
const CHANNELS: Readonly<Record<string, string>> = {
  webhook: "Webhook",
  slack: "Slack",
  email: "E-mail",
};
const FIRST_EVENTS: ReadonlySet<string> = new Set(["threshold", "refused", "frozen"]);

interface Target {
  readonly id: string;
  readonly channel: string;
  readonly to: string;
  readonly events: readonly string[];
  readonly subtree: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly secret?: string;
}

interface Delivery {
  readonly id: string;
  readonly target: string;
  readonly pool: string;
  readonly kind: string;
  readonly text: string;
  readonly at: number;
  readonly state: string;
  readonly attempts: readonly { readonly at: number; readonly result: string }[];
}

function EventChoice() {
  return (
    <fieldset>
      <legend>About</legend>
      {EVENTS.map((event) => (
        <label class="check">
          <input type="checkbox" name="event" value={event} checked={FIRST_EVENTS.has(event)} />
          {event}
        </label>
      ))}
    </fieldset>
  );
}

function askForTarget(onDone: (target: Target) => void): void {
  askFor({
    title: "Send alerts",
    effect: "Once for each crossing and window, whichever process crosses it.",
    button: "Send alerts there",
    hasReason: false,
    route: "/alerts",
    fields: (
      <>
        <div class="pair">
          <label>
            By
            <select name="channel" autofocus>
              <option value="webhook">Webhook, signed</option>
              <option value="slack">Slack</option>
              <option value="email">E-mail</option>
            </select>
          </label>
          <label>
            Only of the pool
            <input name="subtree" placeholder="all" autocomplete="off" />
          </label>
        </div>
        <label>
          Address
          <input name="to" required placeholder="https://… or name@example.com" />
        </label>
        <EventChoice />
      </>
    ),
    bodyOf(fields) {
      const events = fields.getAll("event").map(String);
      if (events.length === 0) return "Choose what alerts are about";
      const subtree = String(fields.get("subtree") ?? "").trim();
      const to = String(fields.get("to")).trim();
      const own = { channel: String(fields.get("channel")), to, events };
      return subtree === "" ? own : { ...own, subtree };
    },
    onDone: (answer) => onDone(answer as Target),
  });
}

function askToRemove(target: Target, onDone: () => void): void {
  askFor({
    title: "Send no more alerts there",
    effect: `Nothing is sent to ${target.to} any longer.`,
    button: "Remove",
    isGrave: true,
    hasReason: false,
    method: "DELETE",
    route: `/alerts/${encodeURIComponent(target.id)}`,
    bodyOf: () => ({}),
    onDone,
  });
}

function Targets({
  targets,
  again,
  onTested,
}: {
  readonly targets: readonly Target[];
  readonly again: () => void;
  readonly onTested: () => void;
}) {
  const [result, setResult] = useState("");
  const test = async ({ id, to }: Target): Promise<void> => {
    setResult(`Sending to ${to}…`);
    try {
      const path = `/alerts/${encodeURIComponent(id)}/test`;
      const { state, attempts } = await send<Delivery>("POST", path, {}, crypto.randomUUID());
      setResult(`${to}: ${state}, ${attempts.at(-1)?.result ?? "not tried yet"}`);
      onTested();
    } catch (error) {
      setResult(messageOf(error));
    }
  };
  return (
    <>
      <p class={result === "" ? "unseen" : "notice"} role="status">
        {result}
      </p>
      <Table caption="Where alerts go" heads={["By", "Address", "About", "Pool", "Made", ""]}>
        {targets.map((target) => (
          <tr role="row" key={target.id}>
            <td>{CHANNELS[target.channel] ?? target.channel}</td>
            <td>{target.to}</td>
            <td>{target.events.join(", ")}</td>
            <td>{target.subtree === "" ? "all" : target.subtree}</td>
            <td>
              {dayAndTime(target.createdAt)} by {target.createdBy}
            </td>
            <td class="number nowrap">
              <button
                class="small"
                aria-label={`Test ${target.to}`}
                onClick={() => void test(target)}
              >
                Test
              </button>{" "}
              <button
                class="small"
                aria-label={`Remove ${target.to}`}
                onClick={() => askToRemove(target, again)}
              >
                Remove
              </button>
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  if (deliveries.length === 0) return <p class="quiet">Nothing was sent in the last seven days.</p>;
  return (
    <Table caption="Deliveries" heads={["When", "Pool", "What", "State", "Last attempt"]}>
      {deliveries.slice(0, 200).map(({ id, target, at, pool, text, state, attempts }) => (
        <tr role="row" key={`${id} ${target}`}>
          <td class="nowrap">{dayAndTime(at)}</td>
          <td>
            <a href={linkTo("pool", { path: pool })}>{pool}</a>
          </td>
          <td>{text}</td>
          <td>{state}</td>
          <td>{attempts.at(-1)?.result ?? "–"}</td>
        </tr>
      ))}
    </Table>
  );
}

export function AlertsPage() {
  const [secret, setSecret] = useState("");
  const found = useLoaded(() => get<{ targets: readonly Target[] }>("/alerts"), []);
  const sent = useLoaded(() => get<{ deliveries: readonly Delivery[] }>("/deliveries"), []);
  const add = (): void =>
    askForTarget((target) => {
      setSecret(target.secret ?? "");
      found.again();
    });
  return (
    <>
      <div class="heading">
        <h1>Alerts</h1>
        <div class="buttons">
          <button class="main" onClick={add}>
            Send alerts
          </button>
        </div>
      </div>
      {secret !== "" && (
        <p class="notice" role="status">
          Webhooks are signed with this secret, which is shown once:{" "}
          <code class="secret">{secret}</code>{" "}
          <button class="small" onClick={() => setSecret("")}>
            Hide
          </button>
        </p>
      )}
      <Shown of={found}>
        {({ targets }) =>
          targets.length === 0 ? (
            <p class="empty">
              Alerts go nowhere yet. Send them to Slack, by e-mail or to a program of your own, and
              test each with its button.
            </p>
          ) : (
            <Targets targets={targets} again={found.again} onTested={sent.again} />
          )
        }
      </Shown>
      <section>
        <h2>Sent</h2>
        <Shown of={sent}>{({ deliveries }) => <Deliveries deliveries={deliveries} />}</Shown>
      </section>
    </>
  );
}
