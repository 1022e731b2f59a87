-- Reads the last numbers of trees: of their ledgers, and of their journals of refusals.
--
-- Keys: for each tree "<base>:tree" and "<base>:refusals"; of trees in many slots only where the
-- server is no cluster.
-- Reply: both numbers of each tree, one after the other

local answer = {}
for index = 1, #KEYS, 2 do
  local row = redis.call('GET', KEYS[index])
  local last = redis.call('XREVRANGE', KEYS[index + 1], '+', '-', 'COUNT', 1)[1]
  answer[#answer + 1] = row and string.format('%.0f', cmsgpack.unpack(row)[3]) or '0'
  answer[#answer + 1] = last and string.match(last[1], '^%d+') or '0'
end
return answer
