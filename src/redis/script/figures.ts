// Pools as they are kept, and their figures as text. The script of a batch has them, and a short
// one of its own, which reads the pools of many trees at once and judges nothing.

import { createHash } from "node:crypto";

import { QUANTITIES } from "./quantities.ts";

/** Lua: a pool as its row has it. */
export const POOL_ROW = `
local function poolOf(path, row)
  local _, made, caps, overage, window, starts, ends, taken, reserved, unknown, open, generation,
    dropped, since, frozen, raises, slices = unpack(cmsgpack.unpack(row))
  return {
    path = path, made = made, caps = caps, limits = limitsOf(caps, frozen), overage = overage,
    window = window, starts = starts, ends = ends, taken = taken, reserved = reserved,
    unknown = unknown, open = open, generation = generation, dropped = dropped,
    since = since or nil, frozen = frozen or nil, raises = raises or nil, slices = slices or nil,
  }
end
`;

/** Lua: what a snapshot shows of a pool. */
export const FIGURES = `
local function raisesText(raises)
  local texts = {}
  for index = 1, raises and #raises or 0 do
    texts[index] = numberText(raises[index][1]) .. ' ' .. showCaps(raises[index][2])
  end
  return table.concat(texts, ';')
end

local function figures(p)
  return table.concat({
    's', show(p.taken), show(p.reserved), show(p.unknown), showCaps(p.caps), p.overage, p.window,
    p.starts == -math.huge and '' or numberText(p.starts),
    p.ends == math.huge and '' or numberText(p.ends), numberText(p.open), numberText(p.generation),
    p.frozen and '1' or '0', raisesText(p.raises),
    shared.slicesText(p) and show(shared.slicesAt(p).held) or '',
  }, '\\n')
end
`;

/** Pools with slices are left to a batch. */
const NO_SLICES = "local shared = { slicesText = function() return nil end }\n";

/**
 * The script: the figures of pools, each given by the keys of its tree and of itself. Where a
 * lease, a window or a raise may have ended, or the tree is missing, the answer is empty: a batch
 * finds out. Its keys lie in many slots, and are not declared: it is not for clusters.
 */
export const MANY_FIGURES_SCRIPT: string = `${NO_SLICES}${QUANTITIES}${POOL_ROW}${FIGURES}
local KEYS_AT_ONCE = 1000
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local keys = cjson.decode(ARGV[2])
local answers = {}
-- The pools of one tree mostly come one after another.
local treeRow, leases
for from = 1, #keys, KEYS_AT_ONCE do
  local rows = redis.call('MGET', unpack(keys, from, math.min(#keys, from + KEYS_AT_ONCE - 1)))
  for index = 1, #rows, 2 do
    local tree, row, answer = rows[index], rows[index + 1], ''
    if tree and tree ~= treeRow then
      treeRow, leases = tree, cmsgpack.unpack(tree)[6]
    end
    if tree and row and row ~= '' and now < leases then
      local p = poolOf('', row)
      if not p.raises and not p.slices and (p.window == '' or now < p.ends) then
        answer = figures(p)
      end
    end
    answers[#answers + 1] = answer
  end
end
return answers
`;

/** The name under which a server keeps it. */
export const MANY_FIGURES_SHA: string = createHash("sha1")
  .update(MANY_FIGURES_SCRIPT)
  .digest("hex");
