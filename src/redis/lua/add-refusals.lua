-- Adds refusals to the journal of a tree, and drops the oldest beyond its limits.
--
-- Keys
--   KEYS[1] "<base>:refusals", a stream of the last refusals, named by their numbers
--   KEYS[2] "<base>:refused", a hash of counts; under "" how many were added since it was last cut
-- Arguments
--   ARGV[1] the first minute whose counts are kept
--   ARGV[2] a JSON list of refusals, each a text
--   ARGV[3] a JSON list of counts: a name that begins with its minute and a space, and a number
-- Reply: { "done" }

--@constant REFUSALS_KEPT
--@constant REFUSAL_COUNTS_KEPT
local ADDED_MAX = 1000
local FIELDS_AT_ONCE = 1000

local function numberText(value)
  return string.format('%.0f', value)
end

local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local number = last and tonumber(string.match(last[1], '^%d+')) or 0
local lines = cjson.decode(ARGV[2])
for index = 1, #lines do
  number = number + 1
  redis.call('XADD', KEYS[1], 'MAXLEN', REFUSALS_KEPT, numberText(number) .. '-1', 'text', lines[index])
end

local counts = cjson.decode(ARGV[3])
local added = tonumber(redis.call('HGET', KEYS[2], '') or '0')
for index = 1, #counts do
  local name, count = counts[index][1], tonumber(counts[index][2])
  local before = redis.call('HGET', KEYS[2], name)
  if not before then
    added = added + 1
  end
  redis.call('HSET', KEYS[2], name, numberText(count + tonumber(before or '0')))
end

if added >= ADDED_MAX then
  local names, minutes, gone = redis.call('HKEYS', KEYS[2]), {}, {}
  for index = 1, #names do
    minutes[#minutes + 1] = tonumber(string.match(names[index], '^%d+'))
  end
  table.sort(minutes, function(one, other) return one > other end)
  local first = math.max(tonumber(ARGV[1]), minutes[REFUSAL_COUNTS_KEPT] or 0)
  for index = 1, #names do
    local minute = tonumber(string.match(names[index], '^%d+'))
    if minute and minute < first then
      gone[#gone + 1] = names[index]
    end
  end
  for from = 1, #gone, FIELDS_AT_ONCE do
    redis.call('HDEL', KEYS[2], unpack(gone, from, math.min(#gone, from + FIELDS_AT_ONCE - 1)))
  end
  added = 0
end
redis.call('HSET', KEYS[2], '', numberText(added))
return { 'done' }
