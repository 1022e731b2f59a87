// People and programs, and their keys: of a gateway, which has these routes.

import { useState } from "preact/hooks";

import { askFor } from "./action-dialog.tsx";
import { linkTo, linkWith, view } from "./address.tsx";
import { get, viewer } from "./client.tsx";
import type { PoolView } from "../../api/pool-views.ts";
import { wholeCap } from "../../core/whole-cap.ts";
import { Bar } from "./bar.tsx";
import { Table } from "./entries.tsx";
import { dayAndTime, mainAxis, onAxis, withUnit } from "./format.tsx";
import { Shown, useLoaded } from "./load.tsx";

interface Key {
  readonly id: string;
  readonly prefix: string;
  readonly pool: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly revokedBy?: string;
  readonly lastUsedAt?: number;
}

function optional(fields: FormData, name: string): Record<string, string> {
  const text = String(fields.get(name) ?? "").trim();
  return text === "" ? {} : { [name]: text };
}

function askForKey(onDone: (key: string) => void): void {
  askFor({
    title: "Make a key",
    effect: "The key is shown once. Calls with it draw from its pool.",
    button: "Make a key",
    hasReason: false,
    route: "/keys",
    fields: (
      <>
        <label>
          Pool
          <input name="pool" required autofocus defaultValue={viewer.value?.subtree ?? ""} />
        </label>
        <label>
          Name of the person or program
          <input name="name" maxLength={128} />
        </label>
        <div class="pair">
          <label>
            Role
            <select name="role">
              <option value="self">Self: sees its own pool</option>
              <option value="lead">Lead: changes its pools</option>
              {viewer.value?.role === "admin" && <option value="admin">Admin: all</option>}
            </select>
          </label>
          <label>
            Valid for days
            <input name="days" type="number" min="1" max="3650" placeholder="no end" />
          </label>
        </div>
      </>
    ),
    bodyOf(fields) {
      const { days, ...rest } = { ...optional(fields, "days"), ...optional(fields, "name") };
      const own = { pool: String(fields.get("pool")).trim(), role: String(fields.get("role")) };
      return { ...own, ...rest, ...(days !== undefined && { days: Number(days) }) };
    },
    onDone: (answer) => onDone((answer as { key: string }).key),
  });
}

function askToRevoke(key: Key, onDone: () => void): void {
  askFor({
    title: `Revoke ${key.prefix}…`,
    effect: `Every call of ${key.name} with this key is refused from now on.`,
    button: "Revoke",
    isGrave: true,
    hasReason: false,
    method: "DELETE",
    route: `/keys/${encodeURIComponent(key.id)}`,
    bodyOf: () => ({}),
    onDone,
  });
}

function MadeKey({ made, hide }: { readonly made: string; readonly hide: () => void }) {
  return (
    <p class="notice" role="status">
      This key is shown once: <code class="secret">{made}</code>{" "}
      <button class="small" onClick={() => void navigator.clipboard.writeText(made)}>
        Copy
      </button>{" "}
      <button class="small" onClick={hide}>
        Hide
      </button>
    </p>
  );
}

function endText({ revokedAt, revokedBy, expiresAt }: Key): string {
  if (revokedAt !== undefined)
    return `revoked ${dayAndTime(revokedAt)}${revokedBy === undefined ? "" : ` by ${revokedBy}`}`;
  return expiresAt === undefined ? "–" : dayAndTime(expiresAt);
}

const POOLS_MAX = 1000;

/** The figures of a key's pool; nothing before its first call. */
function Spent({ pool }: { readonly pool: PoolView | undefined }) {
  if (pool === undefined) return <span class="quiet">–</span>;
  const axis = mainAxis(pool);
  const cap = wholeCap(pool, axis);
  return (
    <>
      {onAxis(pool.used[axis], axis)}
      {cap === undefined ? "" : ` of ${withUnit(cap, axis)}`}
      <Bar pool={pool} axis={axis} />
    </>
  );
}

function KeyTable({
  keys,
  pools,
  onDone,
}: {
  readonly keys: readonly Key[];
  readonly pools: ReadonlyMap<string, PoolView>;
  readonly onDone: () => void;
}) {
  return (
    <Table
      caption="Keys"
      heads={["Name", "Key", "Pool", "Spent", "Role", "Last used", "Made", "Ends", ""]}
    >
      {keys.map((key) => (
        <tr role="row" key={key.id}>
          <td>{key.name}</td>
          <td>
            <code>{key.prefix}…</code>
          </td>
          <td>
            <a href={linkTo("pool", { path: key.pool })}>{key.pool}</a>
          </td>
          <td class="nowrap">
            <Spent pool={pools.get(key.pool)} />
          </td>
          <td>{key.role}</td>
          <td class="nowrap">
            {key.lastUsedAt === undefined ? "never" : dayAndTime(key.lastUsedAt)}
          </td>
          <td>
            {dayAndTime(key.createdAt)} by {key.createdBy}
          </td>
          <td>{endText(key)}</td>
          <td class="number">
            {key.revokedAt === undefined && (
              <button
                class="small"
                aria-label={`Revoke the key ${key.prefix}… of ${key.name}`}
                onClick={() => askToRevoke(key, onDone)}
              >
                Revoke
              </button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function KeysPage() {
  const [made, setMade] = useState("");
  const found = useLoaded(() => get<{ keys: readonly Key[] }>("/keys"), []);
  const pools = useLoaded(
    async () =>
      await get<{ pools: readonly PoolView[] }>("/pools", { by: "usd", limit: POOLS_MAX }),
    [],
  );
  const byPath = new Map((pools.value?.pools ?? []).map((pool) => [pool.path, pool]));
  const isAll = view.value.query["all"] !== undefined;
  const make = (): void =>
    askForKey((key) => {
      setMade(key);
      found.again();
    });
  return (
    <>
      <div class="heading">
        <h1>People and keys</h1>
        <nav class="choice" aria-label="Which">
          <a href={linkWith({ all: undefined })} aria-current={!isAll}>
            Valid
          </a>
          <a href={linkWith({ all: "yes" })} aria-current={isAll}>
            All
          </a>
        </nav>
        <div class="buttons">
          <button class="main" onClick={make}>
            Make a key
          </button>
        </div>
      </div>
      {made !== "" && <MadeKey made={made} hide={() => setMade("")} />}
      <Shown of={found}>
        {({ keys }) => {
          const shown = keys.filter(({ revokedAt }) => isAll || revokedAt === undefined);
          return shown.length === 0 ? (
            <p class="empty">No keys yet. Make one for each person and program.</p>
          ) : (
            <KeyTable keys={shown} pools={byPath} onDone={found.again} />
          );
        }}
      </Shown>
    </>
  );
}
