-- Reads the next paths of pools by spend: by rank, and then by path.
--
-- Keys
--   KEYS[1] the sorted set of all paths, each with its rank below zero
-- Arguments
--   ARGV[1] how many paths at the most
--   ARGV[2] the rank after which they come, empty for the first page
--   ARGV[3] and the path; the pool may be deleted, or have another rank by now
-- Reply: { path, rank below zero, … }

local key, limit, score, path = KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3]

local function placeAfter()
  if tonumber(redis.call('ZSCORE', key, path) or '1') == tonumber(score) then
    return redis.call('ZRANK', key, path) + 1
  end
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = low + redis.call('ZCOUNT', key, score, score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', key, middle, middle)[1] > path then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

local from = score == '' and 0 or placeAfter()
return redis.call('ZRANGE', key, from, from + limit - 1, 'WITHSCORES')
