-- Reads the figures of pools of many trees at once, and judges nothing.
--
-- Keys: none are declared. They lie in many slots, so it is not for clusters.
-- Arguments
--   ARGV[1] the time in milliseconds; empty for the time of the server
--   ARGV[2] a JSON list of keys: for each pool that of its tree and its own
-- Reply: for each pool its figures, as a snapshot in a batch has them; empty where a lease, a window
-- or a raise may have ended, or slices hold something, or the tree is missing: a batch finds out.

-- Pools with slices are left to a batch.
local shared = { slicesText = function() return nil end }
--@include parts/quantities.lua
--@include parts/carry.lua
--@include parts/pool-row.lua
--@include parts/figures.lua
chooseFormats()
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
