-- Writes pools, ids, leases, waiters and entries: all of it or nothing, though the server takes
-- nothing back by itself. The first write that is refused has all before it taken back: what is
-- written last is the ledger, and what can be refused after that changes nothing that is reported.

local undone

local function undo(command, key, words)
  undone[#undone + 1] = { command, key, words }
end

-- Calls a command with as many words as it takes, some of them at a time.
local function callWith(command, key, words)
  for from = 1, #words, WORDS_AT_ONCE do
    local to = math.min(#words, from + WORDS_AT_ONCE - 1)
    redis.call(command, key, unpack(words, from, to))
  end
end

-- Writes fields of a hash, and deletes others; "before" is what it had.
local function writeHash(key, fields, deleted, before)
  local put, gone = {}, {}
  for index = 1, #fields, 2 do
    local field = fields[index]
    if before[field] then
      put[#put + 1], put[#put + 2] = field, before[field]
    else
      gone[#gone + 1] = field
    end
  end
  for index = 1, #deleted do
    local field = deleted[index]
    if before[field] then
      put[#put + 1], put[#put + 2] = field, before[field]
    end
  end
  undo('HSET', key, put)
  undo('HDEL', key, gone)
  callWith('HSET', key, fields)
  callWith('HDEL', key, deleted)
end

-- The sorted set of all pools, the dearest first: the rank of one changes seldom (pool-page.ts).
local ranks
local function rankOf(usd)
  return usd <= 0 and 0 or 1 + math.floor(8 * math.log(usd) / math.log(2))
end

local function rankPool(p)
  local usd = p.taken[4] - p.reserved[4]
  if p.isNew or usd ~= p.usdWritten and rankOf(usd) ~= rankOf(p.usdWritten) then
    ranks[#ranks + 1], ranks[#ranks + 2] = numberText(-rankOf(usd)), p.path
  end
end

local function writePools()
  local values, before, made, paths = {}, {}, {}, {}
  local function put(key, value, valueBefore)
    values[#values + 1], values[#values + 2] = key, value
    if valueBefore then
      before[#before + 1], before[#before + 2] = key, valueBefore
    else
      made[#made + 1] = key
    end
  end
  for path, p in pairs(pools) do
    if p and p.changed then
      p.slices = shared.slicesText(p)
      p.row = cmsgpack.pack({
        LAYOUT, p.made, p.caps, p.overage, p.window, p.starts, p.ends, p.taken, p.reserved,
        p.unknown, p.open, p.generation, p.dropped, p.since or false, p.frozen or false,
        p.raises or false, p.slices or false, p.parts or false,
      })
      put(poolKey(path), p.row, rows[path])
      if p.isNew then
        paths[#paths + 1] = path
      end
      if ranksKey ~= '' then
        rankPool(p)
      end
    end
  end
  -- An empty row stands for none, until it is dropped at last.
  for path in pairs(tree.deleted) do
    if rows[path] and rows[path] ~= '' then
      put(poolKey(path), '', rows[path])
    end
  end
  if tree.changed then
    put(treeKey, cmsgpack.pack({
      LAYOUT, tree.resets, tree.lines, tree.waiters, tree.period, tree.leases, tree.began,
      tree.keepBefore, tree.keep,
    }), rows[0])
  end
  callWith('SADD', base .. ':paths', paths)
  undo('MSET', nil, before)
  undo('UNLINK', nil, made)
  for from = 1, #values, WORDS_AT_ONCE do
    redis.call('MSET', unpack(values, from, math.min(#values, from + WORDS_AT_ONCE - 1)))
  end
end

-- Leases that have no reservation, or a later end, do no harm when the rest is not written. Those
-- that have been settled are dropped at last: at their end they would be passed over.
local leasesEnded
local function writeLeases()
  local ends = {}
  for id, expiresAt in pairs(leases) do
    if expiresAt then
      local count = #ends
      ends[count + 1], ends[count + 2] = numberText(expiresAt), id
    else
      leasesEnded[#leasesEnded + 1] = id
    end
  end
  callWith('ZADD', base .. ':leases', ends)
end

-- Has an id point to an entry within its group; not when it is kept by itself, or its place is that
-- of another.
local function addToGroup(added, id, number)
  local group, place = groupOf(id)
  local text = group and (added[group] or groups[group])
  if not text or inPeriod[id] then
    return false
  end
  if string.find(text, ';' .. place, 1, true) then
    if not inGroup[id] then
      return false
    end
    text = string.gsub(text, ';' .. place .. '%d+', '')
  end
  inGroup[id] = nil
  added[group] = text .. ';' .. place .. number
  return true
end

local periodsForgotten
local function writeIds(lineNumber)
  local toOpen, toSettle, toClose = {}, {}, {}
  for id in pairs(opened) do
    local count = #toOpen
    toOpen[count + 1], toOpen[count + 2] = id, ids[id]
  end
  local number = numberText(lineNumber)
  local added = {}
  for id in pairs(retained) do
    if not (appended[id] and addToGroup(added, id, number)) then
      local count = #toSettle
      toSettle[count + 1] = id
      toSettle[count + 2] = appended[id] and '=' .. number or ids[id]
    end
    if isOpen[id] then
      toClose[#toClose + 1] = id
    end
  end
  for group, text in pairs(added) do
    local count = #toSettle
    toSettle[count + 1], toSettle[count + 2] = group, text
  end
  if #toOpen > 0 or #toClose > 0 then
    writeHash(openKey, toOpen, toClose, inOpen)
  end
  if #toSettle > 0 then
    writeHash(idsKey, toSettle, {}, inPeriod)
  end
  if period ~= tree.period then
    for old = tree.period - 1, period - 2 do
      periodsForgotten[#periodsForgotten + 1] = base .. ':ids:' .. numberText(old)
    end
    tree.keepBefore = period == tree.period + 1 and tree.keep or 0
    tree.period, tree.began, tree.keep, tree.changed = period, now, retention, true
  elseif retention > tree.keep then
    tree.keep, tree.changed = retention, true
  end
end

local function writeWaiters()
  local fields, deleted = {}, {}
  for id, waiter in pairs(waitersWritten) do
    if waiter then
      fields[#fields + 1], fields[#fields + 2] = id, numberText(waiter.place) .. '\n' .. waiter.path
        .. '\n' .. waiter.askText .. '\n' .. numberText(waiter.expiresAt)
    else
      deleted[#deleted + 1] = id
    end
  end
  if #fields > 0 or #deleted > 0 then
    writeHash(base .. ':waiters', fields, deleted, waitersBefore)
  end
end

-- All lines of a batch are one entry of the stream, named by the number of the first.
local LINE_WORDS = 4
local ENTRIES_TRIMMED = 100
local LINES_PER_TRIM = 64
local function writeAll()
  local lineNumber = tree.lines + 1
  if #lines > 0 then
    tree.lines, tree.changed = tree.lines + #lines / LINE_WORDS + tree.packed, true
  end
  writeLeases()
  writeIds(lineNumber)
  if next(waitersWritten) then
    writeWaiters()
  end
  writePools()
  if #lines > 0 then
    -- The entries of one draw are a text already. Joined with nothing, it would be hashed again: the
    -- server's Lua hashes every byte of each text that it makes, about 1 ns each.
    local isOne = #lines == LINE_WORDS and lines[2] == ''
    redis.call('XADD', base .. ':ledger', numberText(lineNumber) .. '-1', 'at', nowText,
      'lines', isOne and lines[1] or table.concat(lines))
  end
  return lineNumber
end

-- Where a deletion is refused, an empty value stands for one.
local function takeBack()
  for index = #undone, 1, -1 do
    local command, key, words = unpack(undone[index])
    if #words > 0 and command == 'HSET' then
      pcall(callWith, command, key, words)
    elseif command == 'HDEL' then
      for at = 1, #words do
        if not pcall(redis.call, command, key, words[at]) then
          pcall(redis.call, 'HSET', key, words[at], '')
        end
      end
    elseif command == 'MSET' then
      for at = 1, #words, 2 do
        pcall(redis.call, 'MSET', words[at], words[at + 1])
      end
    else
      for at = 1, #words do
        if not pcall(redis.call, command, words[at]) then
          pcall(redis.call, 'MSET', words[at], '')
        end
      end
    end
  end
end

local function trim()
  local ledger = base .. ':ledger'
  local keptFrom = now - math.max(retention, tree.keepBefore, tree.keep)
  local oldest = redis.call('XRANGE', ledger, '-', '+', 'COUNT', 1)
  if tonumber(oldest[1][2][2]) < keptFrom then
    oldest = redis.call('XRANGE', ledger, '-', '+', 'COUNT', ENTRIES_TRIMMED)
    -- What goes is in the sums before.
    --@include parts/sum-up-entries.lua
    local _, summed = sumUp(base, ENTRIES_TRIMMED)
    local goneBefore
    for index = 1, #oldest do
      local id, at = oldest[index][1], tonumber(oldest[index][2][2])
      if tonumber(string.match(id, '^%d+')) > summed + 1 then
        break
      end
      goneBefore = id
      if at >= keptFrom then
        break
      end
    end
    redis.call('XTRIM', ledger, 'MINID', goneBefore)
  end
end

-- What may be left undone: it is done the next time, or never missed.
local function cleanUp()
  if #ranks > 0 then
    pcall(callWith, 'ZADD', ranksKey, ranks)
  end
  if #leasesEnded > 0 then
    pcall(callWith, 'ZREM', base .. ':leases', leasesEnded)
  end
  for path in pairs(tree.deleted) do
    pcall(redis.call, 'UNLINK', poolKey(path))
    pcall(redis.call, 'SREM', base .. ':paths', path)
    if ranksKey ~= '' then
      pcall(redis.call, 'ZREM', ranksKey, path)
    end
  end
  for index = 1, #periodsForgotten do
    pcall(redis.call, 'UNLINK', periodsForgotten[index])
  end
  -- The oldest entries are looked at now and then: each batch may have hundreds of lines.
  local before = tree.lines - #lines / LINE_WORDS - tree.packed
  if math.floor(before / LINES_PER_TRIM) ~= math.floor(tree.lines / LINES_PER_TRIM) then
    pcall(trim)
  end
  if tree.recalled then
    pcall(redis.call, 'PUBLISH', base .. ':freed', 'recall')
  end
  if tree.freed and tree.waiters > 0 then
    pcall(function()
      if redis.call('EXISTS', base .. ':waiters') == 1 then
        redis.call('PUBLISH', base .. ':freed', '')
      end
    end)
  end
end

-- The last of what was changed, beside the ledger, which may be kept for less long.
--@constant CHANGES_KEPT
local function writeChanges(lineNumber)
  for index = 1, #tree.changes do
    local from, packed = unpack(tree.changes[index])
    redis.call('XADD', base .. ':changes', 'MAXLEN', '~', CHANGES_KEPT,
      numberText(lineNumber + from / LINE_WORDS + packed) .. '-1', 'at', nowText,
      'lines', table.concat(lines, '', from + 1, from + LINE_WORDS))
  end
end

-- Writes all of it or nothing; answers why not.
local function write()
  undone, leasesEnded, periodsForgotten, ranks = {}, {}, {}, {}
  local isWritten, failure = pcall(writeAll)
  if isWritten then
    for path, p in pairs(pools) do
      if p and p.changed then
        keepPool(poolKey(path), p)
      end
    end
    pcall(writeChanges, failure)
    cleanUp()
    return nil
  end
  takeBack()
  return type(failure) == 'table' and failure or redis.error_reply(tostring(failure))
end
