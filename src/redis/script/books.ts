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
local retentionText = ARGV[2]
local retention = tonumber(retentionText)
local channel = ARGV[3]
local nowText = numberText(now)

local function idKey(id)
  return base .. ':id:' .. id
end

-- The tree: counters that all its pools share.
local treeRow = redis.call('HMGET', base .. ':tree', 'resets', 'lines', 'waiters')
local tree = {
  resets = tonumber(treeRow[1] or 0),
  lines = tonumber(treeRow[2] or 0),
  waiters = tonumber(treeRow[3] or 0),
}
local linesBefore = tree.lines
local treeChanged = false
-- Whether something was given back, so that somebody who waits may come in.
local freed = false

-- Pools.
local pools = {}

local function makePool(path, above, made)
  return {
    path = path, above = above, made = made, caps = { false, false, false, false, false },
    overage = '', window = '', starts = -math.huge, ends = math.huge,
    taken = copyOf(NOTHING), reserved = copyOf(NOTHING), unknown = copyOf(NOTHING),
    open = 0, generation = 0, dropped = 0,
  }
end

local function setCaps(p, caps)
  p.caps = caps
  p.capsText = showCaps(caps)
  p.limits = limitsOf(caps)
end

local function pool(path)
  local known = pools[path]
  if known ~= nil then
    return known
  end
  local row = redis.call('HMGET', base .. ':pool:' .. path, 'made', 'caps', 'overage', 'window',
    'starts', 'ends', 'taken', 'reserved', 'unknown', 'open', 'generation', 'dropped')
  if not row[1] then
    pools[path] = false
    return false
  end
  local above = string.match(path, '^(.*)/[^/]*$')
  local p = makePool(path, above and pool(above) or nil, row[1])
  p.caps = readCaps(row[2])
  p.capsText = row[2]
  p.limits = limitsOf(p.caps)
  p.overage, p.window = row[3], row[4]
  p.starts = tonumber(row[5]) or -math.huge
  -- A window that has never rolled has ended long ago; none never ends.
  p.ends = tonumber(row[6]) or (p.window == '' and math.huge or -math.huge)
  p.taken, p.reserved, p.unknown = read(row[7]), read(row[8]), read(row[9])
  p.open, p.generation, p.dropped = tonumber(row[10]), tonumber(row[11]), tonumber(row[12])
  pools[path] = p
  return p
end

-- Ids: what is kept under each. Reservations begin with "r" and a line end, lines with their kind.
local ids = {}
local idsWritten = {}

local function kept(id)
  local value = ids[id]
  if value == nil then
    value = redis.call('GET', idKey(id))
    ids[id] = value
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
  local kind, path, amount, asked, unknown, bookedAt, asOf, of, settled = string.match(value,
    '^(%a%a+)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n(.*)$')
  if not kind then
    return nil
  end
  return {
    kind = kind, path = path, amount = read(amount), asked = asked == '' and amount or asked,
    unknown = unknown == '1', bookedAt = tonumber(bookedAt), asOf = tonumber(asOf), of = of,
    settled = settled,
  }
end

-- Leases: when those of reservations that hold something end.
local leases = {}

local function keep(reservation, expiresAt)
  ids[reservation.id] = table.concat({
    'r', reservation.path, reservation.amount, numberText(reservation.asOf), reservation.units,
    reservation.expired and '1' or '0',
  }, '\\n')
  idsWritten[reservation.id] = reservation.expired and 'retained' or 'open'
  leases[reservation.id] = expiresAt
end

-- Lines: what is added to the ledger.
local lines = {}

local function append(id, line)
  local asked = line.asked
  if asked == line.amount then
    asked = ''
  end
  local before = ids[id]
  if before and string.sub(before, 1, 2) == 'r\\n' then
    leases[id] = false
  end
  local value = table.concat({
    line.kind, line.path, line.amount, asked, line.unknown and '1' or '0',
    line.bookedAt or nowText, line.asOf or numberText(tree.resets), line.of or '',
    line.settled or '',
  }, '\\n')
  ids[id] = value
  idsWritten[id] = 'retained'
  lines[#lines + 1] = id .. '\\n' .. nowText .. '\\n' .. value
end

-- The sum of the amendments of a line.
local sums = {}
local sumsWritten = {}

local function amended(id)
  local sum = sums[id]
  if sum == nil then
    local text = redis.call('GET', base .. ':sum:' .. id)
    sum = text and read(text)
    sums[id] = sum
  end
  return sum
end

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
  for path, p in pairs(pools) do
    if p and p.changed then
      local key = base .. ':pool:' .. path
      redis.call('HSET', key, 'taken', show(p.taken), 'reserved', show(p.reserved),
        'unknown', show(p.unknown), 'open', numberText(p.open),
        'generation', numberText(p.generation), 'dropped', numberText(p.dropped))
      if p.rolled then
        redis.call('HSET', key, 'starts', p.starts == -math.huge and '' or numberText(p.starts),
          'ends', math.abs(p.ends) == math.huge and '' or numberText(p.ends))
      end
      if p.configured then
        redis.call('HSET', key, 'made', p.made, 'caps', p.capsText, 'overage', p.overage,
          'window', p.window)
      end
      if p.isNew then
        redis.call('SADD', base .. ':paths', path)
      end
    end
  end
end

local function writeIds()
  for id, how in pairs(idsWritten) do
    if how == 'open' then
      redis.call('SET', idKey(id), ids[id])
    else
      redis.call('SET', idKey(id), ids[id], 'PX', retentionText)
    end
  end
  for id, expiresAt in pairs(leases) do
    if expiresAt then
      redis.call('ZADD', base .. ':leases', numberText(expiresAt), id)
    elseif expiresAt == false then
      redis.call('ZREM', base .. ':leases', id)
    end
  end
  for id in pairs(sumsWritten) do
    redis.call('SET', base .. ':sum:' .. id, show(sums[id]), 'PX', retentionText)
  end
end

local TRIM_EVERY = 128

local function writeLines()
  local ledger = base .. ':ledger'
  for index = 1, #lines do
    tree.lines = tree.lines + 1
    redis.call('XADD', ledger, numberText(tree.lines) .. '-1', 'line', lines[index])
  end
  if math.floor(tree.lines / TRIM_EVERY) == math.floor(linesBefore / TRIM_EVERY) then
    return
  end
  -- Twice as many as were added are looked at, so that what is too old goes sooner than it comes.
  local oldest = redis.call('XRANGE', ledger, '-', '+', 'COUNT',
    numberText(2 * (TRIM_EVERY + #lines)))
  local firstKept
  for index = 1, #oldest do
    local at = string.match(oldest[index][2][2], '^[^\\n]*\\n([^\\n]*)')
    firstKept = oldest[index][1]
    if tonumber(at) >= now - retention then
      break
    end
  end
  if firstKept then
    redis.call('XTRIM', ledger, 'MINID', firstKept)
  end
end

local function write()
  writePools()
  writeIds()
  writeLines()
  for id, waiter in pairs(waitersWritten) do
    if waiter then
      redis.call('HSET', base .. ':waiters', id, table.concat({
        numberText(waiter.place), waiter.path, waiter.askText, numberText(waiter.expiresAt),
      }, '\\n'))
    else
      redis.call('HDEL', base .. ':waiters', id)
    end
  end
  if treeChanged or #lines > 0 then
    redis.call('HSET', base .. ':tree', 'resets', numberText(tree.resets),
      'lines', numberText(tree.lines), 'waiters', numberText(tree.waiters))
  end
  if freed and redis.call('EXISTS', base .. ':waiters') == 1 then
    redis.pcall('PUBLISH', channel, '')
  end
end
`;
