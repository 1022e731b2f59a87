-- Finds where in a ledger the entries since a time begin, by halving at the server, as
-- stores/books/first-since.ts does over the network.
--
-- Keys
--   KEYS[1] the stream of the ledger
-- Arguments
--   ARGV[1] the number of an entry from which to look
--   ARGV[2] the time in milliseconds
-- Reply: { number }, such that all entries since the time come after it

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
