// Recent refusals: who, why, at which level, and the action that would have helped.

import type { RefusalView } from "../../api/refusal-routes.ts";
import { askTo, askToRaise } from "./actions.tsx";
import { linkTo } from "./address.tsx";
import { get } from "./client.tsx";
import { mayChange, Table } from "./entries.tsx";
import { dayAndTime, instant, onAxis } from "./format.tsx";
import { Shown, useLoaded } from "./load.tsx";
import { PoolChoice, usePool } from "./pool-choice.tsx";

/** Returns the reason in words. */
function reasonText({ reason, axis, resetsAt }: RefusalView): string {
  if (reason === "never") return `larger than the whole cap of ${axis}`;
  if (reason === "busy") return "no room until calls under way end";
  if (reason === "frozen") return "the pool is frozen";
  return resetsAt === undefined ? "spent" : `spent until ${instant(resetsAt)}`;
}

function Help({ refusal, again }: { readonly refusal: RefusalView; readonly again: () => void }) {
  const { reason, pool, axis, cap } = refusal;
  if (!mayChange() || pool === null) return null;
  if (reason === "frozen")
    return (
      <button class="small" onClick={() => askTo("thaw", pool, again)}>
        Thaw
      </button>
    );
  if (reason === "busy")
    return (
      <a class="button small" href={linkTo("holds", { pool })}>
        Holds
      </a>
    );
  return (
    <button
      class="small"
      onClick={() => askToRaise({ path: pool, caps: { [axis]: cap ?? 0 } }, again)}
    >
      Raise
    </button>
  );
}

export function RefusalsPage() {
  const pool = usePool();
  const found = useLoaded(
    async () =>
      pool === undefined || pool === ""
        ? { refusals: [] }
        : await get<{ refusals: readonly RefusalView[] }>("/refusals", { pool }),
    [pool],
  );
  return (
    <>
      <div class="heading">
        <h1>Refusals</h1>
        {pool !== undefined && <PoolChoice pool={pool} />}
      </div>
      <Shown of={found}>
        {({ refusals }) =>
          refusals.length === 0 ? (
            <p class="empty">No call was refused recently.</p>
          ) : (
            <Table
              caption="Refusals"
              heads={[
                "When",
                "Asked",
                "Refused by",
                "Why",
                "Used, held, cap there",
                "Model",
                "Label",
                "",
              ]}
            >
              {refusals.map((refusal, index) => (
                <tr key={`${refusal.at} ${index}`}>
                  <td class="nowrap">{dayAndTime(refusal.at)}</td>
                  <td>
                    <a href={linkTo("pool", { path: refusal.askedPool })}>{refusal.askedPool}</a>{" "}
                    {onAxis(refusal.asked[refusal.axis], refusal.axis)}
                  </td>
                  <td>
                    {refusal.pool === null ? (
                      "a pool above"
                    ) : (
                      <a href={linkTo("pool", { path: refusal.pool })}>{refusal.pool}</a>
                    )}
                  </td>
                  <td>{reasonText(refusal)}</td>
                  <td class="nowrap">
                    {refusal.pool === null
                      ? "–"
                      : [refusal.used, refusal.reserved, refusal.cap]
                          .map((value) => onAxis(value ?? 0, refusal.axis))
                          .join(", ")}
                  </td>
                  <td>{refusal.model ?? "–"}</td>
                  <td>{refusal.label ?? "–"}</td>
                  <td class="number">
                    <Help refusal={refusal} again={found.again} />
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
