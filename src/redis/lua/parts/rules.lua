-- R2 to R9, R14 and R17 over a pool and the pools above it, function by function as in
-- core/rules.ts.

-- R1. Thrown by the rules before they change anything.
local function outOfRange(level, axis)
  error({ axis = axis, path = level.path }, 0)
end

-- R2, R8.
local function fits(p, ask)
  local level = p
  while level do
    if not within(level.taken, ask, level.limits) then
      return false
    end
    level = level.above
  end
  return true
end

local function isCountable(p, ask)
  local level = p
  while level do
    for axis = 1, 5 do
      if level.taken[axis] + ask[axis] > MAX then
        return false
      end
    end
    level = level.above
  end
  return true
end

local function book(p, ask)
  local level = p
  while level do
    add(level.taken, ask)
    level.changed = true
    level = level.above
  end
end

-- R4.
local function hold(p, ask)
  local level = p
  while level do
    add(level.taken, ask)
    add(level.reserved, ask)
    level.open = level.open + 1
    level.changed = true
    level = level.above
  end
end

-- R3.
local LASTING = { never = 3, spent = 2, busy = 1 }

local function reasonToRefuse(level, axis, used, reserved, ask)
  local cap = capNow(level, axis)
  if not cap or used + reserved + ask <= cap then
    return nil
  end
  -- With carry-over, a request above the cap may fit in another period.
  if ask > cap and ask > level.caps[axis] + carryLimit(level, axis) then
    return 'never'
  end
  return used + ask > cap and 'spent' or 'busy'
end

local function refusal(level, axis, attempted, used, reserved, reason)
  return {
    path = level.path, axis = axis, attempted = attempted, cap = capNow(level, axis), used = used,
    reserved = reserved, reason = reason,
    resetsAt = reason == 'spent' and level.window ~= '' and numberText(level.ends) or '',
  }
end

local function refusalText(r)
  return table.concat({
    r.path, numberText(r.axis), numberText(r.attempted), numberText(r.cap), numberText(r.used),
    numberText(r.reserved), r.reason, r.resetsAt,
  }, '\n')
end

local function checkTotals(level, freedHere, ask)
  for axis = 1, 5 do
    if level.taken[axis] - freedHere[axis] + ask[axis] > MAX then
      outOfRange(level, axis)
    end
  end
end

-- R17. Why a frozen pool refuses.
local function frozenRefusal(p, ask)
  local level = p
  while level and not level.frozen do
    level = level.above
  end
  if not level then
    return nil
  end
  local axis = 1
  while axis < 5 and not level.caps[axis] do
    axis = axis + 1
  end
  local taken, reserved = level.taken[axis], level.reserved[axis]
  return {
    path = level.path, axis = axis, attempted = taken + ask[axis],
    cap = capNow(level, axis) or taken,
    used = taken - reserved, reserved = reserved, reason = 'frozen', resetsAt = '',
  }
end

local function refusalByCap(p, ask)
  local verdict
  local level = p
  while level do
    for axis = 1, 5 do
      local reserved = level.reserved[axis]
      local used = level.taken[axis] - reserved
      local reason = reasonToRefuse(level, axis, used, reserved, ask[axis])
      if reason and (not verdict or LASTING[reason] > LASTING[verdict.reason]) then
        verdict = refusal(level, axis, used + reserved + ask[axis], used, reserved, reason)
      end
    end
    level = level.above
  end
  if verdict then
    return verdict
  end
  level = p
  while level do
    checkTotals(level, NOTHING, ask)
    level = level.above
  end
  return nil
end

local function refusalOf(p, ask)
  return frozenRefusal(p, ask) or refusalByCap(p, ask)
end

-- R4, R5, R6.
local NO_HOLD = { quantities = NOTHING, asOf = -1 }

local function heldAt(level, held)
  return held.asOf >= level.dropped and held.quantities or NOTHING
end

local function settleLevels(p, held, actual)
  local level = p
  while level do
    if held.asOf >= level.dropped then
      exchange(level.taken, held.quantities, actual)
      subtract(level.reserved, held.quantities)
      level.open = level.open - 1
    else
      add(level.taken, actual)
    end
    level.changed = true
    level = level.above
  end
  tree.freed = true
end

local function overageOf(p, held, actual)
  local leastHeld = held.quantities
  local level = p
  while level do
    if held.asOf < level.dropped then
      leastHeld = NOTHING
    end
    level = level.above
  end
  local overage = {}
  for axis = 1, 5 do
    overage[axis] = math.max(0, actual[axis] - leastHeld[axis])
  end
  return overage
end

local function exceededBy(p, held, actual, policy)
  local verdict
  local level = p
  while level do
    local heldHere = heldAt(level, held)
    for axis = 1, 5 do
      if actual[axis] > heldHere[axis] then
        local reserved = level.reserved[axis] - heldHere[axis]
        local usedBefore = level.taken[axis] - level.reserved[axis]
        local reason = reasonToRefuse(level, axis, usedBefore, reserved, actual[axis])
        if reason and (not verdict or LASTING[reason] > LASTING[verdict.reason]) then
          local used = policy == 'reject' and usedBefore or usedBefore + actual[axis]
          verdict = refusal(level, axis, usedBefore + reserved + actual[axis], used, reserved, reason)
        end
      end
    end
    level = level.above
  end
  return verdict
end

local function overagePolicyOf(p)
  local level = p
  while level do
    if level.overage ~= '' then
      return level.overage
    end
    level = level.above
  end
  return 'throw'
end

local function settledText(booked, throws, overage, exceeded)
  return (booked and '1' or '0') .. '\n' .. (throws and '1' or '0') .. '\n' .. show(overage)
    .. (exceeded and '\n' .. refusalText(exceeded) or '')
end

-- What it came to as text, empty for a commit that used no more than was held; whether it is
-- booked.
local function settle(p, held, actual, policyGiven)
  if held.asOf == tree.resets and within(NOTHING, actual, held.quantities) then
    settleLevels(p, held, actual)
    return '', true
  end
  local policy = policyGiven ~= '' and policyGiven or overagePolicyOf(p)
  local overage = overageOf(p, held, actual)
  local exceeded = exceededBy(p, held, actual, policy)
  local booked = not exceeded or policy ~= 'reject'
  if booked then
    local level = p
    while level do
      checkTotals(level, heldAt(level, held), actual)
      level = level.above
    end
  end
  settleLevels(p, held, booked and actual or NOTHING)
  return settledText(booked, exceeded and policy ~= 'allow', overage, exceeded), booked
end

shared.overagePolicyOf, shared.settledText = overagePolicyOf, settledText
shared.checkTotals, shared.isCountable = checkTotals, isCountable

-- R7. The spans of windows come from the client, which has the calendar.
local spans

local function needSpan(window)
  local span = spans[window]
  if not span or now < span[1] or now >= span[2] then
    tree.spansMissing[window] = true
  end
end

local function setSpan(p)
  local span = spans[p.window]
  p.starts, p.ends = span[1], span[2]
  p.changed = true
end

local function needSpansOf(p)
  local level = p
  while level do
    if level.window ~= '' and now >= level.ends then
      needSpan(level.window)
    end
    level = level.above
  end
end

-- Counts a period: what is booked from now on is verdict from what was booked before.
local function nextPeriod()
  tree.resets = tree.resets + 1
  tree.changed, tree.freed = true, true
  stampNow()
  return tree.resets
end

shared.limitsNow, shared.setSpan, shared.nextPeriod = limitsNow, setSpan, nextPeriod
shared.refusalByCap = refusalByCap

-- R17. Reverts the temporary changes of caps that have ended.
local function endRaises(level)
  while level.raises and level.raises[1][1] <= now do
    local by = table.remove(level.raises, 1)[2]
    local caps = {}
    for axis = 1, 5 do
      local cap = level.caps[axis]
      caps[axis] = cap and by[axis] and math.min(MAX, math.max(0, cap - by[axis])) or cap
    end
    level.caps = caps
    level.limits = limitsNow(level)
    level.changed, tree.freed = true, true
    if not level.raises[1] then
      level.raises = nil
    end
  end
end

-- R7. Moves a sliding window on. What was used since the last move is in the part that has ended;
-- parts that are over are no longer used.
local function slide(level, partMs)
  local since = copyOf(level.taken)
  subtract(since, level.reserved)
  local parts = level.parts or {}
  for index = 1, #parts do
    subtract(since, parts[index][2])
  end
  if show(since) ~= NOTHING_TEXT then
    parts[#parts + 1] = { level.ends / partMs - 1, since }
  end
  setSpan(level)
  local kept = {}
  for index = 1, #parts do
    local part = parts[index]
    if part[1] < level.starts / partMs then
      subtract(level.taken, part[2])
    else
      kept[#kept + 1] = part
    end
  end
  level.parts = kept[1] and kept or nil
  for axis = 1, 5 do
    level.unknown[axis] = math.min(level.unknown[axis], level.taken[axis] - level.reserved[axis])
  end
  tree.freed = true
end

-- How long a part of a sliding window is; nil of any other window.
local function partMsOf(window)
  local lengthMs = string.match(window, '^{"slidingMs":(%d+)}$')
  return lengthMs and math.ceil(lengthMs / 60)
end
shared.partMsOf = partMsOf

-- How long a period is: of months the mean.
local LENGTH_MS = {
  minute = 60000, hour = 3600000, day = 86400000, week = 604800000, month = 2629746000,
}

-- R7. What the period of now has left, when a later one begins.
local function leave(level, startsAt)
  if level.starts == -math.huge or not carryOf(level.window) then
    return nil
  end
  local rule = cjson.decode(level.window)
  local periods = math.floor((startsAt - level.starts) / (rule.everyMs or LENGTH_MS[rule.period]) + 0.5)
  local left = {}
  for axis = 1, 5 do
    left[axis] = (capNow(level, axis) or 0) - level.taken[axis] + level.reserved[axis]
    if periods ~= 1 then
      local cap = level.caps[axis] or 0
      local carried = math.max(0, left[axis]) + (periods - 2) * cap
      left[axis] = math.min(MAX, cap + math.min(carried, carryLimit(level, axis)))
    end
  end
  return { { periods == 1 and level.starts or startsAt, left } }
end

local function roll(p)
  local rolled
  local level = p
  while level do
    if level.raises then
      endRaises(level)
    end
    if level.window ~= '' and now >= level.ends and partMsOf(level.window) then
      slide(level, partMsOf(level.window))
    elseif level.window ~= '' and now >= level.ends then
      level.parts = leave(level, spans[level.window][1])
      level.limits = limitsNow(level)
      setSpan(level)
      level.taken, level.unknown = copyOf(level.reserved), copyOf(NOTHING)
      rolled = rolled or nextPeriod()
      level.since = rolled
    end
    level = level.above
  end
end
