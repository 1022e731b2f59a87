-- R7. What a window carries over, function by function as in core/carry.ts: what the period before
-- has left is the one part of the window.

local FIELDS = { 'tokens', 'inputTokens', 'outputTokens', 'nanoUsd', 'calls' }
local carryRules = {}

-- What the text of a window says of it: true, limits by field, or nil.
local function carryOf(window)
  if not string.find(window, '"carry":', 1, true) then
    return nil
  end
  carryRules[window] = carryRules[window] or cjson.decode(window).carry
  return carryRules[window]
end

-- The most that a level may carry on an axis.
local function carryLimit(level, axis)
  local cap, carry = level.caps[axis], carryOf(level.window)
  if not cap or not carry then
    return 0
  end
  return carry == true and cap or carry[FIELDS[axis]] or 0
end

-- The cap on an axis in the period of now; nil without one.
local function capNow(level, axis)
  local cap, part = level.caps[axis], level.parts and level.parts[1]
  if not cap or not part then
    return cap or nil
  end
  return math.min(MAX, cap + math.max(0, math.min(part[2][axis], carryLimit(level, axis))))
end

local function limitsNow(level)
  local limits = limitsOf(level.caps, level.frozen)
  if level.parts and not level.frozen then
    for axis = 1, 5 do
      limits[axis] = capNow(level, axis) or MAX
    end
  end
  return limits
end
