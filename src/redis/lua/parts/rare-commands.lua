-- The commands that come seldom: open, grant, wait, leave, reset, delete and configure. Mirrors
-- stores/books/apply.ts.

--@constant RAISES_MAX
local room

local function makePool(path, above, made)
  return {
    path = path, above = above, made = made, caps = { false, false, false, false, false },
    overage = '', window = '', starts = -math.huge, ends = math.huge,
    taken = copyOf(NOTHING), reserved = copyOf(NOTHING), unknown = copyOf(NOTHING),
    open = 0, generation = 0, dropped = tree.resets, since = tree.resets,
  }
end

-- R6.
local function reset(p)
  p.taken, p.reserved, p.unknown = copyOf(NOTHING), copyOf(NOTHING), copyOf(NOTHING)
  p.open, p.parts = 0, nil
  p.limits = shared.limitsNow(p)
  if shared.slicesText(p) then
    shared.slicesAt(p).held = copyOf(NOTHING)
  end
  p.generation = p.generation + 1
  p.dropped = shared.nextPeriod()
  p.since = p.dropped
  p.changed = true
end

-- R14.
local function largestGrant(p, fixed, unit, max)
  local units = max
  local level = p
  while level do
    for axis = 1, 5 do
      local room = level.limits[axis] - level.taken[axis] - fixed[axis]
      if room < 0 then
        return -1
      end
      if unit[axis] > 0 then
        units = math.min(units, (room - math.fmod(room, unit[axis])) / unit[axis])
      end
    end
    level = level.above
  end
  return units
end

local function grantOf(fixed, unit, units)
  local grant = {}
  for axis = 1, 5 do
    grant[axis] = fixed[axis] + units * unit[axis]
  end
  return grant
end

-- R8.
local function open(path, made, caps, overage, window, madeAbove, ifThere, templates)
  if ifThere == '1' and not pool(path) then
    return 'g'
  end
  local settings = {}
  for _, each in ipairs(templates ~= '' and cjson.decode(templates) or {}) do
    settings[each[1]] = each
  end
  settings[path] = { path, made, caps, overage, window }
  local above
  local at
  for name in string.gmatch(path, '[^/]+') do
    at = at and at .. '/' .. name or name
    local p = pool(at)
    if not p then
      local given = settings[at]
      p = makePool(at, above, given and given[2] or madeAbove)
      p.caps = given and readCaps(given[3]) or p.caps
      p.limits = limitsOf(p.caps)
      if given then
        p.overage, p.window = given[4], given[5]
        p.ends = given[5] == '' and math.huge or -math.huge
      end
      p.changed, p.isNew = true, true
      pools[at], tree.deleted[at] = p, nil
    end
    above = p
  end
  roll(above)
  return table.concat({ 'o', above.made, showCaps(above.caps), above.overage, above.window }, '\n')
end

-- R14.
local function grant(p, id, fixed, unit, min, max, leaseMs, sent)
  local before = heldBefore(id, p)
  if before then
    return before
  end
  local units = largestGrant(p, fixed, unit, max)
  if units < min then
    return refused(p, grantOf(fixed, unit, min))
  end
  local amount = grantOf(fixed, unit, units)
  return holdNow(p, id, amount, show(amount), numberText(units), leaseMs, sent)
end

-- Who is kept back by others waits for them, whatever it is that keeps those.
local function keptBack(verdict)
  if verdict then
    local copy = {}
    for key, value in pairs(verdict) do
      copy[key] = value
    end
    copy.reason, copy.resetsAt = 'busy', ''
    return copy
  end
  return nil
end

-- R13.
local function wait(p, id, askText, leaseMs, placeMs, last, sent)
  local before = heldBefore(id, p)
  if before then
    return before
  end
  local ask = read(askText)
  local waiter = { id = id, path = p.path, ask = ask, askText = askText, expiresAt = now + placeMs }
  local isCounted, verdict = pcall(function()
    return refusalOf(p, ask) or keptBack(blocks(room, waiter))
  end)
  if not isCounted then
    leaveLine(room, waiter, false)
    error(verdict, 0)
  end
  if not verdict then
    local outcome = holdNow(p, id, ask, askText, '0', leaseMs, sent)
    leaveLine(room, waiter, true)
    return outcome
  end
  if verdict.reason == 'busy' then
    shared.recallFor(p, ask)
  end
  if last == '1' or verdict.reason ~= 'busy' then
    leaveLine(room, waiter, false)
    return 'r\n' .. refusalText(verdict)
  end
  keepPlace(room, waiter)
  local rollsAt = math.huge
  local level = p
  while level do
    rollsAt = math.min(rollsAt, level.ends)
    level = level.above
  end
  return 'w\n' .. (rollsAt == math.huge and '' or numberText(rollsAt)) .. '\n' .. refusalText(verdict)
end

-- R10, R12.
local function withdraw(p, id)
  tree.freed = dropWaiter(id) or tree.freed
  if reservationOf(id) then
    return release(p, id, '\n')
  end
  local line = lineOf(id)
  if line then
    return line.kind == 'record' and line.path == p.path and find(id) or 'd'
  end
  -- A slice is not a reservation.
  if not kept(id) then
    appendNothing(id, 'release', p, '\n')
  end
  return 'd'
end

-- R6, R10.
local function resetPool(p, id, about)
  local before = kept(id)
  if before then
    return lineOf(id) and 'd' or 'i'
  end
  reset(p)
  appendNothing(id, 'reset', p, about)
  return 'd'
end

-- R9, R17. Caps after a change by amounts; or the first axis on which there can be no such cap.
local function changedBy(caps, by)
  local changed = {}
  local axis = 0
  for text in string.gmatch(by, '%S+') do
    axis = axis + 1
    changed[axis] = caps[axis]
    if text ~= '=' then
      local cap = caps[axis] and caps[axis] + tonumber(text)
      if not cap or cap < 0 or cap > MAX then
        return nil, axis
      end
      changed[axis] = cap
    end
  end
  return changed
end

-- R17. The changes of caps that end by themselves, with one more of them; or why not.
local function raisesAfter(raises, caps, by, untilText)
  local left = {}
  for index = 1, raises and #raises or 0 do
    local rest, isAny = {}, false
    local axis = 0
    for text in string.gmatch(caps == '' and '= = = = =' or caps, '%S+') do
      axis = axis + 1
      rest[axis] = text == '=' and raises[index][2][axis]
      isAny = isAny or rest[axis]
    end
    if isAny then
      left[#left + 1] = { raises[index][1], rest }
    end
  end
  if untilText ~= '' then
    local same
    for index = 1, #left do
      same = left[index][1] == tonumber(untilText) and left[index] or same
    end
    if not same and #left >= RAISES_MAX then
      return nil, 'm'
    end
    same = same or { tonumber(untilText), { false, false, false, false, false } }
    local axis = 0
    for text in string.gmatch(by == '' and '= = = = =' or by, '%S+') do
      axis = axis + 1
      if text ~= '=' then
        same[2][axis] = (same[2][axis] or 0) + tonumber(text)
      end
    end
    for index = #left, 1, -1 do
      if left[index] == same then
        table.remove(left, index)
      end
    end
    left[#left + 1] = same
    table.sort(left, function(one, other)
      return one[1] < other[1]
    end)
  end
  return left
end

-- R9, R10.
local function configure(p, id, caps, overage, window, watched, by, about, untilText, frozen)
  local before = kept(id)
  if before then
    return lineOf(id) and 'd' or 'i'
  end
  local changed = p.caps
  if caps ~= '' then
    changed = {}
    local axis = 0
    for text in string.gmatch(caps, '%S+') do
      axis = axis + 1
      changed[axis] = text == '=' and p.caps[axis] or tonumber(text) or false
    end
  end
  if by ~= '' then
    local outside
    changed, outside = changedBy(changed, by)
    if not changed then
      return 'q\n' .. p.path .. '\n' .. outside
    end
  end
  local raises, problem = raisesAfter(p.raises, caps, by, untilText)
  if not raises then
    return problem
  end
  local seen = levelsWatched(p, watched)
  p.raises = raises[1] and raises or nil
  if frozen ~= '' then
    p.frozen = frozen == '1' or nil
  end
  if window ~= '=' then
    -- What slides is in the part of now from here on: when it was booked no longer says which.
    if shared.partMsOf(p.window) or shared.partMsOf(window) then
      p.since = nil
    end
    -- The carried amount stays, within the new limits.
    if not carryOf(p.window) or not carryOf(window) then
      p.parts = nil
    end
    p.window = window
    p.starts, p.ends = -math.huge, math.huge
    if window ~= '' then
      shared.setSpan(p)
    end
    -- Books of an earlier version do not tell what counts: what was booked before does not.
    p.since = p.since or shared.nextPeriod()
  end
  p.caps = changed
  p.limits = shared.limitsNow(p)
  if overage ~= '' then
    p.overage = overage
  end
  p.changed, tree.freed = true, true
  -- R15. A pool that is now over its cap, or frozen, recalls the room of slices.
  shared.recallFor(p, NOTHING)
  appendNothing(id, 'configure', p, about)
  return 'd\f' .. levelsText(seen)
end

-- R16. Whether there is a pool below a path: one that is listed, or was made in this batch.
local listed

local function hasBelow(path)
  listed = listed or redis.call('SMEMBERS', base .. ':paths')
  local start = path .. '/'
  for index = 1, #listed do
    local at = listed[index]
    if string.sub(at, 1, #start) == start and pool(at) then
      return true
    end
  end
  for at, p in pairs(pools) do
    if p and string.sub(at, 1, #start) == start then
      return true
    end
  end
  return false
end

local function deletePool(p, id, about)
  if lineOf(id) then
    return 'd'
  end
  if p.open > 0 or not isSame(p.reserved, NOTHING) or hasBelow(p.path) then
    -- Room that no call holds is returned, so that the pool can be deleted soon.
    shared.recallAll(p)
    return 'j\n' .. numberText(p.open)
  end
  shared.nextPeriod()
  appendNothing(id, 'delete', p, about)
  pools[p.path], tree.deleted[p.path] = false, true
  return 'd'
end

return {
  amend = amend,
  bookedPast = bookedPast,
  loseHold = loseHold,
  takeBackHold = takeBackHold,
  closeRoom = function()
    room = nil
  end,
  begin = function()
    room, listed = nil, nil
  end,
  o = function(_, at, path)
    return open(path, words[at + 2], words[at + 3], words[at + 4], words[at + 5], words[at + 6],
      words[at + 7], words[at + 8])
  end,
  g = function(p, at, id)
    return grant(p, id, read(words[at + 3]), read(words[at + 4]), tonumber(words[at + 5]),
      tonumber(words[at + 6]), tonumber(words[at + 7]), words[at + 8])
  end,
  w = function(p, at, id)
    room = room or openRoom()
    return wait(p, id, words[at + 3], tonumber(words[at + 4]), tonumber(words[at + 5]), words[at + 6],
      words[at + 7])
  end,
  l = function(p, _, id)
    tree.freed = dropWaiter(id) or tree.freed
    return release(p, id, '\n')
  end,
  u = function(p, _, id)
    return withdraw(p, id)
  end,
  a = function(p, at, id)
    return amend(p, id, words[at + 3], words[at + 4], words[at + 5], words[at + 6])
  end,
  t = function(p, at, id)
    return recordLate(p, id, words[at + 3], words[at + 4], words[at + 5], words[at + 6],
      words[at + 7])
  end,
  f = function(_, _, id)
    return find(id)
  end,
  d = function(p, at, id)
    return deletePool(p, id, words[at + 3])
  end,
  z = function(p, at, id)
    return resetPool(p, id, words[at + 3])
  end,
  y = function(p, at, id)
    return configure(p, id, words[at + 3], words[at + 4], words[at + 5], words[at + 6],
      words[at + 7], words[at + 8], words[at + 9], words[at + 10])
  end,
}
