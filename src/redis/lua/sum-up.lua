-- Adds the next entries of a ledger to its sums, once.
--
-- Keys
--   KEYS[1] the key of the tree, "<base>:tree"
-- Arguments
--   ARGV[1] how many entries of the stream at most
-- Reply: { "more" } where there may be more of them, else { "done" }

--@include parts/sum-up-entries.lua
return { sumUp(string.sub(KEYS[1], 1, -6), tonumber(ARGV[1])) and 'more' or 'done' }
