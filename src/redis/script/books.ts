// The books of one tree in the script (books.ts of the stores). Everything is read into tables,
// judged there, and written at the end: what fails before that has changed nothing.

/** Lua: pools, ids, leases, waiters and lines of the tree whose keys begin with `base`. */
export const BOOKS = `
local base = KEYS[1]
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local retention = tonumber(ARGV[2])
local channel = ARGV[3]
local nowText = numberText(now)

local words = cjson.decode(ARGV[4])

-- The paths of the commands, with all above them, are the first words; how many, the very first.
local paths = {}
local wordsRead = 1
for index = 1, tonumber(words[1]) do
  wordsRead = wordsRead + 1
  paths[index] = words[wordsRead]
end

-- The tree and the pools are kept as cmsgpack, which keeps every integer below 2^53 as it is; the
-- first value says in which layout.
local LAYOUT = 1
local treeKey = base .. ':tree'
local rows = {}

local function poolKey(path)
  return base .. ':pool:' .. path
end

-- How many words a command of the server is given at once: Lua cannot hand over many more.
local WORDS_AT_ONCE = 1000

for from = 1, #paths, WORDS_AT_ONCE do
  local keys = { treeKey }
  for index = from, math.min(#paths, from + WORDS_AT_ONCE - 1) do
    keys[#keys + 1] = poolKey(paths[index])
  end
  local found = redis.call('MGET', unpack(keys))
  rows[0] = found[1]
  for index = 2, #keys do
    rows[paths[from + index - 2]] = found[index]
  end
end

-- The tree: counters that all its pools share, and a time before which no lease ends. Besides:
-- whether something was given back, so that somebody who waits may come in.
local treeRow = rows[0] and cmsgpack.unpack(rows[0]) or { LAYOUT, 0, 0, 0, 0, math.huge }
local tree = {
  resets = treeRow[2], lines = treeRow[3], waiters = treeRow[4], period = treeRow[5],
  leases = treeRow[6], changed = false, freed = false,
}

-- Pools.
local pools = {}

local function pool(path)
  local known = pools[path]
  if known ~= nil then
    return known
  end
  local row = rows[path]
  if row == nil then
    row = redis.call('GET', poolKey(path))
  end
  if not row then
    pools[path] = false
    return false
  end
  local above = string.match(path, '^(.*)/[^/]*$')
  local _, made, caps, overage, window, starts, ends, taken, reserved, unknown, open, generation,
    dropped = unpack(cmsgpack.unpack(row))
  local p = {
    path = path, above = above and pool(above) or nil, made = made, caps = caps,
    limits = limitsOf(caps), overage = overage, window = window, starts = starts, ends = ends,
    taken = taken, reserved = reserved, unknown = unknown, open = open, generation = generation,
    dropped = dropped,
  }
  pools[path] = p
  return p
end

-- Ids: what is kept under each. Reservations begin with "r" and a line end, lines with their kind.
-- Open reservations have a hash of their own; what is settled is in the hash of the period of
-- retention in which that was, and found there in that period and the next.
local period = math.max(tree.period, math.floor(now / retention))
local openKey = base .. ':open'
local idsKey = base .. ':ids:' .. numberText(period)
local idsKeyBefore = base .. ':ids:' .. numberText(period - 1)
local ids = {}
local isOpen = {}
local opened = {}
local retained = {}

-- Reads what is kept under some names at once.
local function fetch(names)
  local inOpen = redis.call('HMGET', openKey, unpack(names))
  local inPeriod = redis.call('HMGET', idsKey, unpack(names))
  local inPeriodBefore = redis.call('HMGET', idsKeyBefore, unpack(names))
  for index = 1, #names do
    local name = names[index]
    isOpen[name] = inOpen[index] and true
    ids[name] = inOpen[index] or inPeriod[index] or inPeriodBefore[index]
  end
end

local function kept(id)
  local value = ids[id]
  if value == nil then
    fetch({ id })
    value = ids[id]
  end
  return value
end

local function reservationOf(id)
  local value = kept(id)
  if not value then
    return nil
  end
  local path, amount, asOf, units, expired =
    string.match(value, '^r\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)$')
  if not path then
    return nil
  end
  return {
    id = id, path = path, amount = amount, quantities = read(amount), asOf = tonumber(asOf),
    units = units, expired = expired == '1',
  }
end

local function lineOf(id)
  local value = kept(id)
  if not value then
    return nil
  end
  local kind, path, amount, asked, unknown, bookedAt, asOf, of, about, settled = string.match(value,
    '^(%a%a+)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n'
    .. '([^\\n]*\\n[^\\n]*)\\n(.*)$')
  if not kind then
    return nil
  end
  return {
    kind = kind, path = path, amount = read(amount), asked = asked == '' and amount or asked,
    unknown = unknown == '1', bookedAt = tonumber(bookedAt), asOf = tonumber(asOf), of = of,
    about = about, settled = settled,
  }
end

-- Leases: when those of reservations that hold something end.
local leases = {}

local function setLease(id, expiresAt)
  leases[id] = expiresAt
  if expiresAt < tree.leases then
    tree.leases, tree.changed = expiresAt, true
  end
end

-- Keeps a reservation until its lease ends; one whose lease has ended, for a late commit.
local function keep(reservation, expiresAt)
  local id = reservation.id
  ids[id] = 'r\\n' .. reservation.path .. '\\n' .. reservation.amount .. '\\n'
    .. numberText(reservation.asOf) .. '\\n' .. reservation.units
    .. (reservation.expired and '\\n1' or '\\n0')
  if reservation.expired then
    opened[id], retained[id] = nil, true
  else
    opened[id], retained[id] = true, nil
  end
  if expiresAt then
    setLease(id, expiresAt)
  else
    leases[id] = false
  end
end

-- Lines: what is added to the ledger, and kept under its id. A line is text of these lines: kind,
-- path, amount, what was asked if that is another, whether it is unknown, when it was booked, how
-- many resets there had been, what it amends, its model and label, what it came to.
local lines = {}
local function append(id, line)
  ids[id] = line
  retained[id] = true
  if isOpen[id] or opened[id] then
    opened[id] = nil
    leases[id] = false
  end
  local count = #lines
  lines[count + 1], lines[count + 2], lines[count + 3], lines[count + 4] = id, '\\n', line, '\\f'
end

-- When, and after how many resets, what is booked now is booked.
local function stampNow()
  tree.stamp = nowText .. '\\n' .. numberText(tree.resets)
end
stampNow()

-- Waiters, in the order in which they came.
local waiters
local waitersWritten = {}

local function loadWaiters()
  if waiters then
    return
  end
  waiters = {}
  local flat = redis.call('HGETALL', base .. ':waiters')
  for at = 1, #flat, 2 do
    local place, path, ask, expiresAt =
      string.match(flat[at + 1], '^([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)$')
    waiters[#waiters + 1] = {
      id = flat[at], place = tonumber(place), path = path, ask = read(ask), askText = ask,
      expiresAt = tonumber(expiresAt),
    }
  end
  table.sort(waiters, function(one, other)
    return one.place < other.place
  end)
end

local function dropWaiter(id)
  for index = 1, #waiters do
    if waiters[index].id == id then
      table.remove(waiters, index)
      waitersWritten[id] = false
      return true
    end
  end
  return false
end

local function writePools()
  local values = {}
  for path, p in pairs(pools) do
    if p and p.changed then
      values[#values + 1] = poolKey(path)
      values[#values + 1] = cmsgpack.pack({
        LAYOUT, p.made, p.caps, p.overage, p.window, p.starts, p.ends, p.taken, p.reserved,
        p.unknown, p.open, p.generation, p.dropped,
      })
      if p.isNew then
        redis.call('SADD', base .. ':paths', path)
      end
    end
  end
  if tree.changed then
    values[#values + 1] = treeKey
    values[#values + 1] =
      cmsgpack.pack({ LAYOUT, tree.resets, tree.lines, tree.waiters, tree.period, tree.leases })
  end
  for from = 1, #values, WORDS_AT_ONCE do
    redis.call('MSET', unpack(values, from, math.min(#values, from + WORDS_AT_ONCE - 1)))
  end
end

-- Calls a command with as many words as it takes, some of them at a time.
local function callWith(command, key, words)
  for from = 1, #words, WORDS_AT_ONCE do
    local to = math.min(#words, from + WORDS_AT_ONCE - 1)
    redis.call(command, key, unpack(words, from, to))
  end
end

local function writeIds()
  local toOpen, toSettle, toClose = {}, {}, {}
  for id in pairs(opened) do
    local count = #toOpen
    toOpen[count + 1], toOpen[count + 2] = id, ids[id]
  end
  for id in pairs(retained) do
    local count = #toSettle
    toSettle[count + 1], toSettle[count + 2] = id, ids[id]
    if isOpen[id] then
      toClose[#toClose + 1] = id
    end
  end
  callWith('HSET', openKey, toOpen)
  callWith('HSET', idsKey, toSettle)
  callWith('HDEL', openKey, toClose)
  local ends, ended = {}, {}
  for id, expiresAt in pairs(leases) do
    if expiresAt then
      local count = #ends
      ends[count + 1], ends[count + 2] = numberText(expiresAt), id
    else
      ended[#ended + 1] = id
    end
  end
  callWith('ZADD', base .. ':leases', ends)
  callWith('ZREM', base .. ':leases', ended)
  if period ~= tree.period then
    redis.call('UNLINK', base .. ':ids:' .. numberText(tree.period - 1))
    if period > tree.period + 1 then
      redis.call('UNLINK', base .. ':ids:' .. numberText(tree.period))
    end
    tree.period, tree.changed = period, true
  end
end

-- All lines of a batch are one entry of the stream, named by the number of the first.
local LINE_WORDS = 4
local ENTRIES_TRIMMED = 100

local function writeLines()
  if #lines == 0 then
    return
  end
  local ledger = base .. ':ledger'
  redis.call('XADD', ledger, numberText(tree.lines + 1) .. '-1', 'at', nowText,
    'lines', table.concat(lines))
  tree.lines, tree.changed = tree.lines + #lines / LINE_WORDS, true
  local oldest = redis.call('XRANGE', ledger, '-', '+', 'COUNT', 1)
  if tonumber(oldest[1][2][2]) < now - retention then
    oldest = redis.call('XRANGE', ledger, '-', '+', 'COUNT', ENTRIES_TRIMMED)
    for index = 1, #oldest do
      if tonumber(oldest[index][2][2]) >= now - retention or index == ENTRIES_TRIMMED then
        redis.call('XTRIM', ledger, 'MINID', oldest[index][1])
        break
      end
    end
  end
end

local function write()
  writeIds()
  writeLines()
  writePools()
  for id, waiter in pairs(waitersWritten) do
    if waiter then
      redis.call('HSET', base .. ':waiters', id, numberText(waiter.place) .. '\\n' .. waiter.path
        .. '\\n' .. waiter.askText .. '\\n' .. numberText(waiter.expiresAt))
    else
      redis.call('HDEL', base .. ':waiters', id)
    end
  end
  if tree.freed and redis.call('EXISTS', base .. ':waiters') == 1 then
    redis.pcall('PUBLISH', channel, '')
  end
end
`;
