-- Executes a batch of commands over one tree of pools, all of it or nothing; or such batches of many
-- trees, one after another, each for itself.
--
-- Keys, of one tree
--   KEYS[1]   the key of the tree, "<base>:tree"; all others begin with <base> too
--   KEYS[2..] the pools that a batch of reading commands reads, or <base> alone
-- Keys, of many trees: for each its key, and <base>, or its key again for a batch that only reads.
-- They lie in many slots, so these are not for clusters.
-- Arguments
--   ARGV[1]   the time in milliseconds; empty for the time of the server
--   ARGV[2]   how long ids and entries are kept, in milliseconds
--   ARGV[3]   the key of the ranks of all pools, empty in a cluster
--   ARGV[4]   how many trees there are
--   ARGV[5..] of each tree a JSON list of texts: how many paths, the paths, how many spans of windows,
--             each with its window, start and end, and then the commands, each with its letter, the
--             number of its path and its words (protocol.ts names them); with one tree, then the
--             long texts
-- Reply, of many trees a list of these
--   { "ok", outcome… }       one text for each command (reply.ts reads them)
--   { "roll", now, window… } nothing was done: the spans of these windows are missing
--   { "all" }                nothing was done: declare <base>, as leases have ended
--   { "more" }               leases that had ended were written, and more of them are due
--   { "error", message }     of many trees only: nothing was done
--
-- It returns what takes the keys and arguments of a call. A library of functions makes that once, a
-- script at every call (scripts/embed-lua.ts writes both).
--
-- It mirrors the rules of core and stores part by part; the conformance suite and seeded traces
-- against the reference model prove that it does. For a script, the server makes every function
-- anew at every call, and finds what a function refers to by walking through the locals of its own
-- part: so each part is a function within the part before, and what comes seldom is made when it
-- comes. A function may refer to 60 locals of other parts.

--@include parts/quantities.lua
--@include parts/carry.lua
--@include parts/pool-row.lua
return (function()
--@include parts/books.lua
--@include parts/slice-levels.lua
--@include parts/writing.lua
return (function()
--@include parts/rules.lua
return (function()
--@include parts/settlements.lua
--@include parts/commands.lua
--@include parts/figures.lua
rareCommands = function()
--@include parts/amendments.lua
--@include parts/sent-holds.lua
--@include parts/waiting-room.lua
--@include parts/rare-commands.lua
end
sliceCommands = function()
--@include parts/slices.lua
--@include parts/draws.lua
end
--@include parts/batch.lua
end)()
end)()
end)()
