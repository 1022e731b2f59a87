-- What settles and renews: commit, release, renew, withdraw and the end of leases. Mirrors
-- stores/books/apply-settlements.ts.

-- What a change did to the levels that are watched, as text.
local function levelsWatched(p, watched)
  if watched == '' then
    return nil
  end
  local seen = {}
  watched = '\n' .. watched .. '\n'
  local level = p
  while level do
    if string.find(watched, '\n' .. level.path .. '\n', 1, true) then
      local used = copyOf(level.taken)
      subtract(used, level.reserved)
      seen[#seen + 1] = { level = level, caps = level.caps, used = used }
    end
    level = level.above
  end
  return seen
end

local function levelsText(seen)
  if not seen then
    return ''
  end
  local texts = {}
  for index = 1, #seen do
    local before = seen[index]
    local level = before.level
    local used = copyOf(level.taken)
    subtract(used, level.reserved)
    texts[index] = table.concat({
      '\n' .. level.path, showCaps(before.caps), showCaps(level.caps), show(before.used), show(used),
    }, '\n')
  end
  return table.concat(texts)
end

-- What a settlement came to, with how many lines of text that is, and what became of the levels.
local function settledOutcome(settled, seen)
  if settled == '' and not seen then
    return 't\n\f'
  end
  return 't\n' .. settled .. '\f' .. levelsText(seen)
end

-- The commands that are rare, and those of slices, made when the first of them comes.
local rare, rareCommands, slices, sliceCommands

-- The pool, or the nearest above it that is left: what a reset has dropped in a pool that was
-- deleted since may be held above still.
local function nearestPool(path)
  local p = pool(path)
  while not p and string.find(path, '/', 1, true) do
    path = string.match(path, '^(.*)/[^/]*$')
    p = pool(path)
  end
  return p
end

-- R11.
local function free(reservation)
  local p = nearestPool(reservation.path)
  if p and not reservation.expired then
    settleLevels(p, reservation, NOTHING)
  end
end

local function endHold(reservation)
  free(reservation)
  reservation.expired = true
  keep(reservation, false)
end

-- Whether it was booked as unknown when its lease expired, because its call was sent.
local function isLost(reservation)
  return reservation and reservation.sent and reservation.expired
end

local function takeBackHold(reservation)
  rare = rare or rareCommands()
  rare.takeBackHold(reservation)
end

-- Whether a reservation holds its amount at every level: its lease is valid, and no reset dropped it.
local function holds(p, reservation)
  local level = p
  while level do
    if reservation.expired or reservation.asOf < level.dropped then
      return false
    end
    level = level.above
  end
  return true
end

local EXPIRED_AT_ONCE = 1000

-- Whether there are more of them.
local function expire()
  if now < tree.leases then
    return false
  end
  if isReading then
    return true
  end
  local due = redis.call('ZRANGEBYSCORE', base .. ':leases', '-inf', nowText, 'LIMIT', 0,
    EXPIRED_AT_ONCE)
  if #due > 0 then
    fetch(due)
  end
  -- R7, R15. Spend that may have happened is booked in the current window.
  for index = 1, #due do
    local reservation, slice = reservationOf(due[index]), shared.sliceOf(due[index])
    needSpansOf(slice and pool(slice.path)
      or reservation and reservation.sent and nearestPool(reservation.path) or nil)
  end
  if next(tree.spansMissing) then
    return false
  end
  for index = 1, #due do
    local reservation, slice = reservationOf(due[index]), shared.sliceOf(due[index])
    if slice then
      slices = slices or sliceCommands()
      slices.lose(slice)
    elseif reservation and reservation.sent then
      rare = rare or rareCommands()
      rare.loseHold(reservation)
    elseif reservation then
      endHold(reservation)
    else
      leases[due[index]] = false
    end
  end
  if #due == EXPIRED_AT_ONCE then
    return true
  end
  local nextDue = redis.call('ZRANGEBYSCORE', base .. ':leases', '(' .. nowText, '+inf',
    'WITHSCORES', 'LIMIT', 0, 1)
  tree.leases, tree.changed = tonumber(nextDue[2]) or math.huge, true
  return false
end

-- R4, R5, R10.
local function committedBefore(line, path, actualText)
  if line.path ~= path then
    return 'i'
  end
  if line.kind == 'release' then
    return 'b\nreleased'
  end
  if line.kind ~= 'commit' then
    return 'i'
  end
  if line.asked == actualText then
    return settledOutcome(line.settled)
  end
  return 'b\ncommitted'
end

local function commit(p, id, actualText, unknown, policy, watched, about)
  local line = lineOf(id)
  if line then
    return committedBefore(line, p.path, actualText)
  end
  local reservation = reservationOf(id)
  if reservation and reservation.path ~= p.path or kept(id) and not reservation then
    return 'i'
  end
  local actual = read(actualText)
  local isLate = isLost(reservation)
  local level = isLate and p
  while level do
    shared.checkTotals(level, NOTHING, actual)
    level = level.above
  end
  local seen = levelsWatched(p, watched)
  if isLate then
    takeBackHold(reservation)
  end
  local held = reservation and not reservation.expired and reservation or NO_HOLD
  local settled, booked = settle(p, held, actual, policy)
  if unknown == '1' and booked then
    level = p
    while level do
      add(level.unknown, actual)
      level = level.above
    end
  end
  append(id, 'commit\n' .. p.path .. '\n'
    .. (booked and actualText .. '\n' or NOTHING_TEXT .. '\n' .. actualText) .. '\n' .. unknown
    .. '\n' .. tree.stamp .. '\n\n' .. about .. '\n' .. settled)
  return settledOutcome(settled, seen)
end

-- An entry that books nothing.
local function appendNothing(id, kind, p, about)
  if kind ~= 'release' then
    tree.changes[#tree.changes + 1] = { #lines, tree.packed }
  end
  append(id, kind .. '\n' .. p.path .. '\n' .. NOTHING_TEXT .. '\n\n0\n' .. tree.stamp .. '\n\n'
    .. about .. '\n')
end

-- R4.
local function release(p, id, about)
  local reservation = reservationOf(id)
  if not reservation or reservation.path ~= p.path then
    return 'd'
  end
  if isLost(reservation) then
    takeBackHold(reservation)
  else
    free(reservation)
  end
  appendNothing(id, 'release', p, about)
  return 'd'
end

-- R11.
local function renew(idsText, leaseMs, sent)
  local unknown = {}
  for id in string.gmatch(idsText, '[^\n]+') do
    if ids[id] == nil then
      unknown[#unknown + 1] = id
    end
  end
  for from = 1, #unknown, WORDS_AT_ONCE do
    fetch({ unpack(unknown, from, math.min(#unknown, from + WORDS_AT_ONCE - 1)) })
  end
  for id in string.gmatch(idsText, '[^\n]+') do
    local reservation = reservationOf(id)
    if reservation and not reservation.expired then
      if sent == '1' and not reservation.sent then
        reservation.sent = true
        keep(reservation, now + leaseMs)
      else
        setLease(id, now + leaseMs)
      end
    end
  end
  return 'd'
end

local function held(amountText, units)
  return 'h\n' .. amountText .. '\n' .. units
end

-- R10. What became of a reservation that this id has made before; nothing when it is to be judged
-- anew, because it no longer holds.
local function heldBefore(id, p)
  local path = p.path
  if not kept(id) then
    return nil
  end
  local reservation = reservationOf(id)
  if reservation then
    if reservation.path ~= path then
      return 'i'
    end
    -- What was booked as unknown stands in for the hold: its commit corrects it.
    if holds(p, reservation) or isLost(reservation) then
      return held(reservation.amount, reservation.units)
    end
    if not reservation.expired then
      endHold(reservation)
    end
    return nil
  end
  local line = lineOf(id)
  if not line then
    -- A slice.
    return 'i'
  end
  if line.path == path and line.kind == 'commit' then
    return 'b\ncommitted'
  end
  if line.path == path and line.kind == 'release' then
    return 'b\nreleased'
  end
  return 'i'
end

local function holdNow(p, id, ask, askText, units, leaseMs, sent)
  hold(p, ask)
  keep({
    id = id, path = p.path, amount = askText, quantities = ask, asOf = tree.resets, units = units,
    sent = sent == '1', expired = false,
  }, now + leaseMs)
  return held(askText, units)
end
