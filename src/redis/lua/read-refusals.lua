-- Reads the journal of a tree.
--
-- Keys
--   KEYS[1] "<base>:refusals" and KEYS[2] "<base>:refused", as add-refusals.lua has written them
-- Arguments
--   ARGV[1] the number of a refusal: those after it are read
-- Reply: how many refusals there are, number and text of each, then name and number of each count

local lines = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-1', '+')
local answer = { tostring(#lines) }
for index = 1, #lines do
  answer[#answer + 1] = string.match(lines[index][1], '^%d+')
  answer[#answer + 1] = lines[index][2][2]
end
local counts = redis.call('HGETALL', KEYS[2])
for index = 1, #counts do
  answer[#answer + 1] = counts[index]
end
return answer
