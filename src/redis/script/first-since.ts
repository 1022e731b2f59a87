// Where in a ledger the entries since a time begin, found by halving at the server: as
// first-since.ts of the stores does over the network.

import { createHash } from "node:crypto";

/**
 * The script: the number of an entry from ARGV[1] on, such that all entries since the time ARGV[2]
 * come after it.
 */
export const FIRST_SINCE_SCRIPT = `
local function first(command, from, to)
  local entry = redis.call(command, KEYS[1], from, to, 'COUNT', 1)[1]
  if entry then
    return tonumber(string.match(entry[1], '^%d+')), tonumber(entry[2][2])
  end
end

local low, since = tonumber(ARGV[1]), tonumber(ARGV[2])
local high = first('XREVRANGE', '+', '-') or low
while high - low > 1 do
  local middle = math.floor((low + high) / 2)
  local number, at = first('XRANGE', string.format('%.0f-0', middle + 1), '+')
  if not number or at >= since then
    high = middle
  else
    low = number
  end
end
return { string.format('%.0f', low) }
`;

/** The name under which a server keeps it. */
export const FIRST_SINCE_SHA: string = createHash("sha1").update(FIRST_SINCE_SCRIPT).digest("hex");
