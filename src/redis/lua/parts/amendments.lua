-- Corrections: the commands find and amend. Mirrors stores/books/apply-settlements.ts.

-- The sum of the amendments of an entry; no id begins with a line end.
local function amended(id)
  local text = kept('\n' .. id)
  return text and read(text)
end

local function amountOf(id, line)
  local amount = copyOf(line.amount)
  local sum = amended(id)
  if sum then
    add(amount, sum)
  end
  return amount
end

local function find(of)
  local line = lineOf(of)
  if not line or (line.kind ~= 'commit' and line.kind ~= 'record') then
    return 'n'
  end
  return 'f\n' .. show(amountOf(of, line))
end

-- Returns the result of a booking with "overage".
local function bookedPast(p, overage)
  if isSame(overage, NOTHING) then
    return ''
  end
  local exceeded = shared.refusalByCap(p, NOTHING)
  if exceeded and overage[exceeded.axis] == 0 then
    exceeded = nil
  end
  return shared.settledText(true, false, overage, exceeded)
end

-- Returns the levels that still count an entry.
local function levelsCounting(p, line)
  local counting = {}
  local level = p
  while level do
    local isOfPeriod
    if level.since then
      isOfPeriod = line.asOf >= level.since
    else
      isOfPeriod = line.bookedAt >= level.starts
    end
    -- R7. An entry that has left a sliding window no longer counts.
    if shared.partMsOf(level.window) and line.bookedAt < level.starts then
      isOfPeriod = false
    end
    if line.asOf >= level.dropped and isOfPeriod then
      counting[#counting + 1] = level
    end
    level = level.above
  end
  return counting
end

-- R7. A correction in a past part of a sliding window leaves the window with that part.
local function amendPart(level, bookedAt, difference)
  local partMs = shared.partMsOf(level.window)
  local at = partMs and math.floor(bookedAt / partMs)
  if not at or at >= level.ends / partMs - 1 then
    return
  end
  local parts = level.parts or {}
  local place = 1
  while parts[place] and parts[place][1] < at do
    place = place + 1
  end
  if not parts[place] or parts[place][1] ~= at then
    table.insert(parts, place, { at, copyOf(NOTHING) })
  end
  add(parts[place][2], difference)
  level.parts = parts
end

-- R7. Reduces the remainder of the previous period if a time lies in it.
local function useLeft(level, bookedAt, amount)
  local part = level.parts and level.parts[1]
  if not part or bookedAt < part[1] or not carryOf(level.window) then
    return
  end
  local left = {}
  for axis = 1, 5 do
    left[axis] = math.min(MAX, math.max(-MAX, part[2][axis] - amount[axis]))
  end
  level.parts = { { part[1], left } }
  level.limits = shared.limitsNow(level)
  level.changed = true
end

local function amend(p, id, of, actualText, watched, besides)
  local before = lineOf(id)
  if before then
    if before.kind == 'amend' and before.asked == actualText then
      return settledOutcome(before.settled)
    end
    return 'i'
  end
  local line = lineOf(of)
  if not line or (line.kind ~= 'commit' and line.kind ~= 'record') or line.path ~= p.path then
    return 'n'
  end
  local booked = amountOf(of, line)
  local difference = copyOf(read(actualText))
  subtract(difference, booked)
  local counting = levelsCounting(p, line)
  for index = 1, #counting do
    shared.checkTotals(counting[index], NOTHING, difference)
  end
  local isFirst = not amended(of)
  local seen = levelsWatched(p, watched)
  for index = 1, #counting do
    local level = counting[index]
    add(level.taken, difference)
    amendPart(level, line.bookedAt, difference)
    if line.unknown and isFirst then
      for axis = 1, 5 do
        level.unknown[axis] = math.max(0, level.unknown[axis] - line.amount[axis])
      end
    end
    level.changed = true
  end
  local level, isCounting = p, {}
  for index = 1, #counting do
    isCounting[counting[index]] = true
  end
  while level do
    if line.asOf >= level.dropped and not isCounting[level] then
      useLeft(level, line.bookedAt, difference)
    end
    level = level.above
  end
  tree.freed = true
  local overage = {}
  for axis = 1, 5 do
    overage[axis] = math.max(0, difference[axis])
  end
  local settled = bookedPast(p, overage)
  local sum = copyOf(amended(of) or NOTHING)
  add(sum, difference)
  ids['\n' .. of], retained['\n' .. of] = show(sum), true
  append(id, 'amend\n' .. p.path .. '\n' .. show(difference) .. '\n' .. actualText .. '\n0\n'
    .. numberText(line.bookedAt) .. '\n' .. numberText(line.asOf) .. '\n' .. of .. '\n'
    .. string.match(line.about, '^[^\t]*') .. besides
    .. '\n' .. settled)
  return settledOutcome(settled, seen)
end

-- R5, R7, R10. Books what was spent before, at every level whose window that time is in. Mirrors
-- stores/books/apply-late.ts.
local function recordLate(p, id, askText, atText, throws, watched, about)
  if kept(id) then
    local before = lineOf(id)
    local isSame = before and before.kind == 'record' and before.path == p.path
      and before.asked == askText
    return isSame and settledOutcome(before.settled) or 'i'
  end
  local ask = read(askText)
  local bookedAt = math.min(tonumber(atText), now)
  local counting, elsewhere, asOf = {}, {}, tree.resets
  local level = p
  while level do
    if bookedAt >= level.starts then
      counting[#counting + 1] = level
      shared.checkTotals(level, NOTHING, ask)
    else
      elsewhere[#elsewhere + 1] = level
      if level.since and not shared.partMsOf(level.window) then
        asOf = math.min(asOf, level.since - 1)
      end
    end
    level = level.above
  end
  local seen = levelsWatched(p, watched)
  for index = 1, #counting do
    local each = counting[index]
    add(each.taken, ask)
    amendPart(each, bookedAt, ask)
    each.changed = true
  end
  for index = 1, #elsewhere do
    useLeft(elsewhere[index], bookedAt, ask)
  end
  local settled = bookedPast(p, ask)
  if not string.find(settled, '\n.*\n.*\n') then
    settled = ''
  elseif throws == '1' then
    settled = string.gsub(settled, '^1\n0', '1\n1')
  end
  append(id, 'record\n' .. p.path .. '\n' .. askText .. '\n\n0\n' .. numberText(bookedAt) .. '\n'
    .. numberText(asOf) .. '\n\n' .. about .. '\n' .. settled)
  return settledOutcome(settled, seen)
end
