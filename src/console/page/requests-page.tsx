// Requests for an increase, which a lead grants or refuses.

import { askFor } from "./action-dialog.tsx";
import { linkTo } from "./address.tsx";
import { get, viewer } from "./client.tsx";
import { mayChange, Table } from "./entries.tsx";
import { dayAndTime, usd } from "./format.tsx";
import { Shown, useLoaded } from "./load.tsx";

interface Wanted {
  readonly id: string;
  readonly pool: string;
  readonly usd: number;
  readonly hours: number;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  readonly state: "open" | "granted" | "refused";
  readonly decidedBy?: string;
  readonly note?: string;
  readonly until?: number;
}

function askToDecide(wanted: Wanted, isGranted: boolean, onDone: () => void): void {
  askFor({
    title: isGranted ? `Grant ${usd(wanted.usd)}` : "Refuse",
    effect: isGranted
      ? `Raises ${wanted.pool} for ${wanted.hours} hours from now on.`
      : `${wanted.by} sees that it was refused.`,
    button: isGranted ? "Grant" : "Refuse",
    hasReason: false,
    route: `/requests/${encodeURIComponent(wanted.id)}/${isGranted ? "grant" : "refuse"}`,
    fields: (
      <label>
        Note
        <input name="note" maxLength={500} autofocus />
      </label>
    ),
    bodyOf(fields) {
      const note = String(fields.get("note") ?? "").trim();
      return note === "" ? {} : { note };
    },
    onDone,
  });
}

/** Asks a lead for more. */
export function askForMore(
  onDone: () => void,
  pool: string = viewer.value?.subtree ?? "",
  dollars?: number,
): void {
  askFor({
    title: "Ask for more",
    effect: "A lead grants or refuses it.",
    button: "Ask",
    route: "/requests",
    fields: (
      <>
        <label>
          Pool
          <input name="pool" required defaultValue={pool} autocomplete="off" />
        </label>
        <div class="pair">
          <label>
            Dollars
            <input
              name="usd"
              type="number"
              min="0.01"
              step="any"
              required
              autofocus
              defaultValue={dollars === undefined ? "" : String(dollars)}
            />
          </label>
          <label>
            Hours
            <input name="hours" type="number" min="1" max="8784" defaultValue="24" required />
          </label>
        </div>
      </>
    ),
    bodyOf: (fields) => ({
      pool: String(fields.get("pool")).trim(),
      usd: Number(fields.get("usd")),
      hours: Number(fields.get("hours")),
    }),
    onDone,
  });
}

function stateText({ state, decidedBy, note, until }: Wanted): string {
  if (state === "open") return "open";
  const end = until === undefined ? "" : ` until ${dayAndTime(until)}`;
  return `${state}${end}${decidedBy === undefined ? "" : ` by ${decidedBy}`}${note === undefined ? "" : `: ${note}`}`;
}

export function RequestsPage() {
  const found = useLoaded(() => get<{ requests: readonly Wanted[] }>("/requests"), []);
  return (
    <>
      <div class="heading">
        <h1>Requests</h1>
        <div class="buttons">
          <button class="main" onClick={() => askForMore(found.again)}>
            Ask for more
          </button>
        </div>
      </div>
      <Shown of={found}>
        {({ requests }) =>
          requests.length === 0 ? (
            <p class="empty">
              No one has asked for more. A person who runs out asks here, and a lead grants or
              refuses it.
            </p>
          ) : (
            <Table
              caption="Requests for more"
              heads={["When", "Who", "Pool", "How much", "Why", "State", ""]}
            >
              {requests.map((wanted) => (
                <tr role="row" key={wanted.id}>
                  <td class="nowrap">{dayAndTime(wanted.at)}</td>
                  <td>{wanted.by}</td>
                  <td>
                    <a href={linkTo("pool", { path: wanted.pool })}>{wanted.pool}</a>
                  </td>
                  <td class="nowrap">
                    {usd(wanted.usd)} for {wanted.hours} h
                  </td>
                  <td>{wanted.reason}</td>
                  <td>{stateText(wanted)}</td>
                  <td class="number nowrap">
                    {wanted.state === "open" && mayChange() && (
                      <>
                        <button
                          class="small"
                          aria-label={`Grant ${usd(wanted.usd)} to ${wanted.by}`}
                          onClick={() => askToDecide(wanted, true, found.again)}
                        >
                          Grant
                        </button>{" "}
                        <button
                          class="small"
                          aria-label={`Refuse ${usd(wanted.usd)} to ${wanted.by}`}
                          onClick={() => askToDecide(wanted, false, found.again)}
                        >
                          Refuse
                        </button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Shown>
    </>
  );
}
