-- Writes or deletes a document if it is unchanged.
--
-- Keys
--   KEYS[1] the hash of the documents of its kind
-- Arguments
--   ARGV[1] the key of the document
--   ARGV[2] the text that it had, and ARGV[3] "1" where there was one, else "0"
--   ARGV[4] the text that it is to have, and ARGV[5] "1" where there is to be one, else "0"
-- Reply: { "1" } where that was done, else { "0" }

local there = redis.call('HGET', KEYS[1], ARGV[1])
if (there or '') ~= ARGV[2] or (there and '1' or '0') ~= ARGV[3] then
  return { '0' }
end
if ARGV[5] == '1' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return { '1' }
