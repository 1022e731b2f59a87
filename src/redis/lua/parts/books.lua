-- The books of one tree, as stores/books/ has them: pools, ids, leases, waiters and entries, whose
-- keys begin with `base`. The script reads everything into tables, judges there, and writes at the
-- end (writing.lua): a failure before that has changed nothing. One call may have the batches of
-- many trees: the functions are made once, and `begin` sets the locals to the next tree.

local argv, now, nowText, retention, ranksKey

-- Sets out on a call. In a library the functions stay from call to call, and what they refer to
-- does: here and in `begin`, all of it is set anew.
local function beginCall(argvGiven)
  argv = argvGiven
  if not wholeFormat then
    chooseFormats()
  end
  now = tonumber(argv[1])
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  nowText = numberText(now)
  retention = tonumber(argv[2])
  ranksKey = argv[3]
  quantitiesOf, carryRules = {}, {}
end

-- Keys are declared so that a cluster that moves their slot never shows a part of a tree. What only
-- reads pools declares those; all else a key that never exists, which is answered with TRYAGAIN for
-- as long as the move lasts.
local base, isReading, treeKey

-- The words of the batch, the paths of its commands with all above them, and how many words those
-- are.
local words, paths, wordsRead

-- The tree and the pools are kept as cmsgpack, which keeps every integer below 2^53 as it is; the
-- first value says in which layout. A program that does not know the layout of a tree refuses it: a
-- program that adds a value at the end of a row, which older ones may leave out, keeps the layout.
local LAYOUT = 1
local rows, tree, pools

local function poolKey(path)
  return base .. ':pool:' .. path
end

-- Pools as they were last written, by their keys, each with the text of its row: it is that of the
-- row for as long as that is the same, whoever else writes. A library keeps them from call to call.
-- Who reads a pool takes it out: it comes back once what was changed is written.
local POOLS_KEPT = 256
local poolsKept, poolsKeptCount = {}, 0

local function takePool(key, row)
  local p = poolsKept[key]
  if not p then
    return nil
  end
  poolsKept[key], poolsKeptCount = nil, poolsKeptCount - 1
  return p.row == row and p or nil
end

local function keepPool(key, p)
  -- The limits of a window with parts depend on the time.
  if p.parts then
    return
  end
  if poolsKeptCount >= POOLS_KEPT then
    poolsKept, poolsKeptCount = {}, 0
  end
  if not poolsKept[key] then
    poolsKeptCount = poolsKeptCount + 1
  end
  p.limits, p.above, p.changed, p.isNew = limitsOf(p.caps, p.frozen), nil, nil, nil
  poolsKept[key] = p
end

-- How many words a command of the server is given at once: Lua cannot hand over many more.
local WORDS_AT_ONCE = 1000

local function pool(path)
  local known = pools[path]
  if known ~= nil then
    return known
  end
  local row = rows[path]
  if row == nil then
    row = redis.call('GET', poolKey(path))
    rows[path] = row
  end
  if not row or row == '' then
    pools[path] = false
    return false
  end
  local above = string.match(path, '^(.*)/[^/]*$')
  local p = takePool(poolKey(path), row) or poolOf(path, row)
  p.usdWritten = p.taken[4] - p.reserved[4]
  p.above = above and pool(above) or nil
  pools[path] = p
  return p
end

-- Ids: what is kept under each. Reservations begin with "r" and a line end, lines with their kind.
-- Open reservations have a hash of their own; what is settled is in the hash of the period in
-- which that was, and found there in that period and the next. A period lasts until the ids of the
-- one before have been kept for the longest retention of those who wrote them, so that none
-- forgets ids for others with another retention.
local period, openKey, idsKey, idsKeyBefore
local ids, isOpen, opened, retained
-- What the hashes have now, so that it can be put back.
local inOpen, inPeriod

-- Ids of one process differ in their first six digits, the time, and in the last, the end of a
-- count. What they point to is kept for up to 15 of them in one text, a group, under a name that no
-- id has: for each ";", its last digit and the number of its entry in the ledger. Whether that is the
-- same id, its entry says; another with the same place is kept by itself.
local groups, inGroup
-- The groups of ids that were asked for, false for those without.
local groupNames

local function groupOf(id)
  local group = groupNames[id]
  if group == nil then
    group = #id >= 18 and not string.find(id, '%W')
      and '\v' .. string.sub(id, 7, -2) .. math.floor(string.byte(id, -1) / 16)
    groupNames[id] = group
  end
  return group, string.sub(id, -1)
end

-- What was appended in this batch: under its id, the number of its entry of the ledger is kept, and
-- not its text once more.
local appended

-- The text of a line that is kept as "=" and the number of its entry; false when that is gone, as
-- its id may be then.
local function lineKept(id, value)
  local number = string.sub(value, 2) .. '-1'
  local entry = redis.call('XRANGE', base .. ':ledger', number, number)[1]
  local text = entry and '\f' .. entry[2][4] or ''
  local _, start = string.find(text, '\f' .. id .. '\n', 1, true)
  if not start then
    return false
  end
  local line = string.match(text, '^[^\f]*', start + 1)
  -- The time of the entry, where the line has none of its own.
  return (string.gsub(line, '^([^\n]*\n[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*\n)\n', '%1' .. entry[2][2] .. '\n'))
end

-- What a group has under an id: nothing when that place is free, or of another id.
local function lineInGroup(id, group, place)
  local number = group and string.match(group, ';' .. place .. '(%d+)')
  return number and lineKept(id, '=' .. number)
end

-- The fields under which some names may be kept: the names, and their groups behind them.
local function fieldsOf(names)
  local fields, places = { unpack(names) }, {}
  for index = 1, #names do
    local group = groupOf(names[index])
    if group and not places[group] then
      places[group] = #fields + 1
      fields[#fields + 1] = group
    end
  end
  return fields, places
end

-- Reads what is kept under some names at once.
local function fetch(names)
  local open = redis.call('HMGET', openKey, unpack(names))
  local fields, places = fieldsOf(names)
  local current = redis.call('HMGET', idsKey, unpack(fields))
  local before
  for group, at in pairs(places) do
    groups[group] = groups[group] or current[at] or ''
    inPeriod[group] = current[at]
  end
  for index = 1, #names do
    local name = names[index]
    local isThere = open[index] and open[index] ~= ''
    isOpen[name] = isThere and true
    inOpen[name], inPeriod[name] = open[index], current[index]
    local value = isThere and open[index] or current[index]
    local group, place = groupOf(name)
    local at = group and places[group]
    if not value and at then
      value = lineInGroup(name, current[at], place)
      inGroup[name] = value and true
    end
    if not value then
      before = before or redis.call('HMGET', idsKeyBefore, unpack(fields))
      value = before[index] or at and lineInGroup(name, before[at], place) or false
    end
    if value == '' then
      value = false
    elseif value and string.sub(value, 1, 1) == '=' then
      value = lineKept(name, value)
    end
    ids[name] = value
  end
end

local function keptAs(id)
  local value = ids[id]
  if value == nil then
    fetch({ id })
    value = ids[id]
  end
  return value
end

-- The entries of one draw are kept as one text, under a name that no id has, and stand in the
-- ledger as it: a tab and how many they are, the draw, its path and the two lines of the stamp, and
-- behind a form feed each entry with its place, kind, amount, whether it is unknown, and the rest.
local function packName(drawId)
  return '\t' .. drawId
end

-- One of these, as it would be kept by itself.
local function entryInPack(id)
  if not string.find(id, '.', 1, true) then
    return false
  end
  local drawId, place = string.match(id, '^(.+)%.(%d+)$')
  local pack = drawId and keptAs(packName(drawId))
  if not pack then
    return pack
  end
  local path, stamp = string.match(pack, '^[^\n]*\n[^\n]*\n([^\n]*)\n([^\f]*)')
  local kind, amount, unknown, about =
    string.match(pack, '\f' .. place .. '\n(%a+)\n([^\n]*)\n(%d)\n([^\f]*)\f')
  return kind and kind .. '\n' .. path .. '\n' .. amount .. '\n\n' .. unknown .. '\n' .. stamp
    .. '\n\n' .. about .. '\n'
end

local function kept(id)
  return keptAs(id) or entryInPack(id)
end

local function reservationOf(id)
  local value = kept(id)
  if not value then
    return nil
  end
  local path, amount, asOf, units, sent, expired =
    string.match(value, '^r\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(%d*)([^\n]*)\n([^\n]*)$')
  if not path then
    return nil
  end
  return {
    id = id, path = path, amount = amount, quantities = read(amount), asOf = tonumber(asOf),
    units = units, sent = sent ~= '', expired = expired == '1',
  }
end

local function lineOf(id)
  local value = kept(id)
  if not value then
    return nil
  end
  local kind, path, amount, asked, unknown, bookedAt, asOf, of, about, settled = string.match(value,
    '^(%a%a+)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n'
    .. '([^\n]*\n[^\n]*)\n(.*)$')
  if not kind then
    return nil
  end
  return {
    kind = kind, path = path, amount = read(amount), asked = asked == '' and amount or asked,
    unknown = unknown == '1', bookedAt = tonumber(bookedAt) or now, asOf = tonumber(asOf), of = of,
    about = about, settled = settled,
  }
end

-- Leases: when those of reservations that hold something end.
local leases

local function setLease(id, expiresAt)
  leases[id] = expiresAt
  if expiresAt < tree.leases then
    tree.leases, tree.changed = expiresAt, true
  end
end

-- Keeps a reservation until its lease ends; one whose lease has ended, for a late commit.
local function keep(reservation, expiresAt)
  local id = reservation.id
  ids[id] = 'r\n' .. reservation.path .. '\n' .. reservation.amount .. '\n'
    .. numberText(reservation.asOf) .. '\n' .. reservation.units
    .. (reservation.sent and ' sent' or '') .. (reservation.expired and '\n1' or '\n0')
  if reservation.expired then
    opened[id], retained[id] = nil, true
  else
    opened[id], retained[id] = true, nil
  end
  appended[id] = nil
  if expiresAt then
    setLease(id, expiresAt)
  else
    leases[id] = false
  end
end

-- Lines: what is added to the ledger, and kept under its id. A line is text of these lines: kind,
-- path, amount, what was asked if that is another, whether it is unknown, when it was booked, how
-- many resets there had been, what it amends, its model and label, what it came to.
local lines
local function append(id, line)
  ids[id] = line
  retained[id], appended[id] = true, true
  if isOpen[id] or opened[id] then
    opened[id] = nil
    leases[id] = false
  end
  local count = #lines
  lines[count + 1], lines[count + 2], lines[count + 3], lines[count + 4] = id, '\n', line, '\f'
end

-- When, and after how many resets, what is booked now is booked: no time is that of the entry.
local function stampNow()
  tree.stamp = '\n' .. numberText(tree.resets)
end

-- Adds the entries of one draw.
local function appendPack(drawId, path, count, text)
  -- With their time, which an amendment has to know: they are kept beside their entry of the ledger.
  local pack = '\t' .. count .. '\n' .. drawId .. '\n' .. path .. '\n' .. nowText .. tree.stamp .. '\f'
    .. text
  local name, words = packName(drawId), #lines
  ids[name], retained[name] = pack, true
  lines[words + 1], lines[words + 2], lines[words + 3], lines[words + 4] = pack, '', '', ''
  tree.packed = tree.packed + tonumber(count) - 1
end

-- Waiters, in the order in which they came.
local waiters, waiterById, waitersWritten, waitersBefore

local function loadWaiters()
  if waiters then
    return
  end
  waiters, waiterById = {}, {}
  local flat = redis.call('HGETALL', base .. ':waiters')
  for at = 1, #flat, 2 do
    waitersBefore[flat[at]] = flat[at + 1]
    local place, path, ask, expiresAt =
      string.match(flat[at + 1], '^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)$')
    local waiter = {
      id = flat[at], place = tonumber(place), path = path, ask = read(ask), askText = ask,
      expiresAt = tonumber(expiresAt),
    }
    waiters[#waiters + 1], waiterById[waiter.id] = waiter, waiter
  end
  table.sort(waiters, function(one, other)
    return one.place < other.place
  end)
end

local function keepWaiter(waiter)
  local known = waiterById[waiter.id]
  if known then
    known.expiresAt = waiter.expiresAt
    waitersWritten[waiter.id] = known
    return false
  end
  waiters[#waiters + 1], waiterById[waiter.id] = waiter, waiter
  waitersWritten[waiter.id] = waiter
  return true
end

local function dropWaiter(id)
  if not waiterById[id] then
    return false
  end
  waiterById[id] = nil
  waitersWritten[id] = false
  for index = 1, #waiters do
    if waiters[index].id == id then
      table.remove(waiters, index)
      return true
    end
  end
end

-- Reads the tree and the pools of the paths; answers with what is wrong with them.
local function readRows()
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
  if rows[0] then
    return nil
  end
  for index = 1, #paths do
    local row = rows[paths[index]]
    -- A pool in which nothing has happened yet has no tree either.
    if row and row ~= '' and show(cmsgpack.unpack(row)[8]) ~= NOTHING_TEXT then
      return redis.error_reply('BOOKSDAMAGED The key ' .. treeKey .. ' is missing while the pools are '
        .. 'there: it was deleted or evicted. Restore it, or delete all keys that begin with ' .. base)
    end
  end
end

-- The tree: counters that all its pools share, and a time before which no lease ends. Besides:
-- whether something was given back, so that a waiter may be admitted.
local function treeOf(row)
  local resets, lineCount, waiterCount, periodNow, leasesEnd, began, keepBefore, keepNow =
    unpack(row, 2, 9)
  return {
    resets = resets, lines = lineCount, waiters = waiterCount, period = periodNow,
    leases = leasesEnd, began = began or now, keepBefore = keepBefore or retention,
    keep = keepNow or retention, changed = false, freed = false, stamp = '\n' .. numberText(resets),
    -- Pools that were deleted, and not made anew since; where the lines of changes begin; and how
    -- many more lines there are than the table of lines has.
    deleted = {}, changes = {}, packed = 0, spansMissing = {},
  }
end

-- Sets out on the batch of a tree, of which nothing is known yet.
local function begin(treeKeyGiven, isReadingOnly, text)
  treeKey, isReading = treeKeyGiven, isReadingOnly
  base = string.sub(treeKey, 1, -6)
  words, paths, rows, pools = cjson.decode(text), {}, {}, {}
  ids, isOpen, opened, retained, inOpen, inPeriod, appended = {}, {}, {}, {}, {}, {}, {}
  groups, inGroup, groupNames = {}, {}, {}
  leases, lines, waiters, waitersWritten, waitersBefore = {}, {}, nil, {}, {}
  -- The paths are the first words; how many, the very first.
  wordsRead = 1 + tonumber(words[1])
  for index = 2, wordsRead do
    paths[index - 1] = words[index]
  end
  local failure = readRows()
  if failure then
    return failure
  end
  local row = rows[0] and cmsgpack.unpack(rows[0])
  if row and row[1] > LAYOUT then
    return redis.error_reply('BOOKSNEWER The books under ' .. base .. ' have layout '
      .. numberText(row[1]) .. ', but this package knows layouts up to ' .. numberText(LAYOUT))
  end
  tree = treeOf(row or { LAYOUT, 0, 0, 0, math.floor(now / retention), math.huge })
  period = tree.period
  -- A batch that only reads does not look at what is kept under ids.
  local periodAge = isReading and 0 or now - tree.began
  if periodAge >= math.max(tree.keepBefore, tree.keep) + tree.keep then
    period = period + 2
  elseif periodAge >= math.max(tree.keepBefore, retention) then
    period = period + 1
  end
  openKey = base .. ':open'
  idsKey = base .. ':ids:' .. numberText(period)
  idsKeyBefore = base .. ':ids:' .. numberText(period - 1)
end
