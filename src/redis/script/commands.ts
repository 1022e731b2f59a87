// Each command in the script, as in stores/apply.ts, and the script's way through a batch.

/** Lua: reading the commands of ARGV, applying each, and writing what was changed. */
export const COMMANDS = `
local room

local function refused(p, ask)
  return 'r\\n' .. refusalText(refusalOf(p, ask))
end

-- R8.
local function open(path, made, caps, overage, window, madeAbove)
  local above
  local at
  for name in string.gmatch(path, '[^/]+') do
    at = at and at .. '/' .. name or name
    local p = pool(at)
    if not p then
      local isAsked = at == path
      p = makePool(at, above, isAsked and made or madeAbove)
      setCaps(p, isAsked and readCaps(caps) or p.caps)
      if isAsked then
        p.overage, p.window = overage, window
        p.ends = window == '' and math.huge or -math.huge
      end
      p.changed, p.rolled, p.configured, p.isNew = true, true, true, true
      pools[at] = p
    end
    above = p
  end
  roll(above)
  return table.concat({ 'o', above.made, above.capsText, above.overage, above.window }, '\\n')
end

-- R2, R10.
local function record(p, id, askText, policy, watched)
  local before = lineOf(id)
  if before then
    if before.kind == 'record' and before.path == p.path and before.asked == askText then
      return settledOutcome(before.settled)
    end
    return 'i'
  end
  if reservationOf(id) then
    return 'i'
  end
  local ask = read(askText)
  local fitting = fits(p, ask)
  if not fitting and policy == 'reject' then
    return refused(p, ask)
  end
  local seen = levelsWatched(p, watched)
  local settled = ''
  if fitting then
    book(p, ask)
  else
    settled = settle(p, NO_HOLD, ask, policy)
  end
  append(id, { kind = 'record', path = p.path, asked = askText, amount = askText, settled = settled })
  return settledOutcome(settled, seen)
end

local function held(amountText, units)
  return 'h\\n' .. amountText .. '\\n' .. units
end

-- R10. What became of a reservation that this id has made before.
local function heldBefore(id, path)
  local reservation = reservationOf(id)
  if reservation then
    return reservation.path == path and held(reservation.amount, reservation.units) or 'i'
  end
  local line = lineOf(id)
  if not line then
    return nil
  end
  if line.path == path and line.kind == 'commit' then
    return 'b\\ncommitted'
  end
  if line.path == path and line.kind == 'release' then
    return 'b\\nreleased'
  end
  return 'i'
end

local function holdNow(p, id, ask, askText, units, leaseMs)
  hold(p, ask)
  keep({
    id = id, path = p.path, amount = askText, quantities = ask, asOf = tree.resets, units = units,
    expired = false,
  }, now + leaseMs)
  return held(askText, units)
end

-- R4.
local function reserve(p, id, askText, leaseMs)
  local before = heldBefore(id, p.path)
  if before then
    local reservation = reservationOf(id)
    return reservation and reservation.amount ~= askText and 'i' or before
  end
  local ask = read(askText)
  if not fits(p, ask) then
    return refused(p, ask)
  end
  return holdNow(p, id, ask, askText, '0', leaseMs)
end

-- R14.
local function grant(p, id, fixed, unit, min, max, leaseMs)
  local before = heldBefore(id, p.path)
  if before then
    return before
  end
  local units = largestGrant(p, fixed, unit, max)
  if units < min then
    return refused(p, grantOf(fixed, unit, min))
  end
  local amount = grantOf(fixed, unit, units)
  return holdNow(p, id, amount, show(amount), numberText(units), leaseMs)
end

-- Who is kept back by others waits for them, whatever it is that keeps those.
local function keptBack(told)
  if told then
    local copy = {}
    for key, value in pairs(told) do
      copy[key] = value
    end
    copy.reason, copy.resetsAt = 'busy', ''
    return copy
  end
  return nil
end

-- R13.
local function wait(p, id, askText, leaseMs, placeMs, last)
  local before = heldBefore(id, p.path)
  if before then
    return before
  end
  local ask = read(askText)
  local waiter = { id = id, path = p.path, ask = ask, askText = askText, expiresAt = now + placeMs }
  local isCounted, told = pcall(function()
    return refusalOf(p, ask) or keptBack(blocks(room, waiter))
  end)
  if not isCounted then
    leaveLine(room, waiter, false)
    error(told, 0)
  end
  if not told then
    local outcome = holdNow(p, id, ask, askText, '0', leaseMs)
    leaveLine(room, waiter, true)
    return outcome
  end
  if last == '1' or told.reason ~= 'busy' then
    leaveLine(room, waiter, false)
    return 'r\\n' .. refusalText(told)
  end
  keepPlace(room, waiter)
  local rollsAt = math.huge
  local level = p
  while level do
    rollsAt = math.min(rollsAt, level.ends)
    level = level.above
  end
  return 'w\\n' .. (rollsAt == math.huge and '' or numberText(rollsAt)) .. '\\n' .. refusalText(told)
end

-- R6, R10.
local function resetPool(p, id)
  local before = kept(id)
  if before then
    return lineOf(id) and 'd' or 'i'
  end
  reset(p)
  append(id, { kind = 'reset', path = p.path, asked = NOTHING_TEXT, amount = NOTHING_TEXT })
  return 'd'
end

-- R9, R10.
local function configure(p, id, caps, overage, window, watched)
  local before = kept(id)
  if before then
    return lineOf(id) and 'd' or 'i'
  end
  local seen = levelsWatched(p, watched)
  if window ~= '=' then
    p.window = window
    p.starts, p.ends, p.rolled = -math.huge, math.huge, true
    if window ~= '' then
      setSpan(p)
    end
  end
  if caps ~= '' then
    local changed = {}
    local axis = 0
    for text in string.gmatch(caps, '%S+') do
      axis = axis + 1
      changed[axis] = text == '=' and p.caps[axis] or tonumber(text) or false
    end
    setCaps(p, changed)
  end
  if overage ~= '' then
    p.overage = overage
  end
  p.changed, p.configured, freed = true, true, true
  append(id, { kind = 'configure', path = p.path, asked = NOTHING_TEXT, amount = NOTHING_TEXT })
  return 'd\\f' .. levelsText(seen)
end

local function check(p, ask)
  local told = refusalOf(p, ask)
  return told and 'r\\n' .. refusalText(told) or 'd'
end

local function figures(p)
  return table.concat({
    's', show(p.taken), show(p.reserved), show(p.unknown), p.capsText, p.overage, p.window,
    p.starts == -math.huge and '' or numberText(p.starts),
    p.ends == math.huge and '' or numberText(p.ends), numberText(p.open), numberText(p.generation),
  }, '\\n')
end

-- How many words each command has, its letter and path included, and which of them are ids.
local WORDS = {
  o = 7, r = 6, v = 5, g = 8, w = 7, l = 3, c = 7, x = 3, n = 4, a = 6, f = 3, z = 3, y = 7,
  k = 3, s = 2,
}
local ID_WORDS = {
  r = { 2 }, v = { 2 }, g = { 2 }, w = { 2 }, l = { 2 }, c = { 2 }, x = { 2 }, a = { 2, 3 }, f = { 2 }, z = { 2 }, y = { 2 },
}

local paths = {}
local at = 5
for index = 1, tonumber(ARGV[4]) do
  paths[index] = ARGV[at]
  at = at + 1
end
local spansGiven = tonumber(ARGV[at])
at = at + 1
for _ = 1, spansGiven do
  spans[ARGV[at]] = { tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]) }
  at = at + 3
end
local first = at

-- One command, by its words from ARGV[at] on.
local function apply(at)
  local kind, path = ARGV[at], paths[tonumber(ARGV[at + 1])]
  if kind == 'o' then
    return open(path, ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6])
  end
  local p = pool(path)
  if not p then
    return 'g'
  end
  roll(p)
  if kind == 'w' then
    room = room or openRoom()
    return wait(p, ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5]),
      ARGV[at + 6])
  end
  room = nil
  local id = ARGV[at + 2]
  if kind == 'r' then
    return record(p, id, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
  elseif kind == 'v' then
    return reserve(p, id, ARGV[at + 3], tonumber(ARGV[at + 4]))
  elseif kind == 'c' then
    return commit(p, id, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6])
  elseif kind == 'g' then
    return grant(p, id, read(ARGV[at + 3]), read(ARGV[at + 4]), tonumber(ARGV[at + 5]),
      tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7]))
  elseif kind == 'x' then
    return release(p, id)
  elseif kind == 'l' then
    freed = dropWaiter(id) or freed
    return release(p, id)
  elseif kind == 'n' then
    return renew(id, tonumber(ARGV[at + 3]))
  elseif kind == 'a' then
    return amend(p, id, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
  elseif kind == 'f' then
    return find(id)
  elseif kind == 'z' then
    return resetPool(p, id)
  elseif kind == 'y' then
    return configure(p, id, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6])
  elseif kind == 'k' then
    return check(p, read(id))
  end
  return figures(p)
end

-- Everything that the batch is about is read at once.
local wanted = {}
at = first
while at <= #ARGV do
  local kind = ARGV[at]
  local words = ID_WORDS[kind]
  if words then
    for index = 1, #words do
      wanted[#wanted + 1] = ARGV[at + words[index]]
    end
  end
  if kind == 'w' or kind == 'l' then
    loadWaiters()
  elseif kind == 'o' and ARGV[at + 5] ~= '' and not pool(paths[tonumber(ARGV[at + 1])]) then
    needSpan(ARGV[at + 5])
  elseif kind == 'y' and ARGV[at + 5] ~= '=' and ARGV[at + 5] ~= '' then
    needSpan(ARGV[at + 5])
  end
  at = at + WORDS[kind]
end
local GET_AT_ONCE = 1000
for from = 1, #wanted, GET_AT_ONCE do
  local keys = {}
  for index = from, math.min(#wanted, from + GET_AT_ONCE - 1) do
    keys[#keys + 1] = idKey(wanted[index])
  end
  local values = redis.call('MGET', unpack(keys))
  for index = 1, #keys do
    ids[wanted[from + index - 1]] = values[index]
  end
end

if expire() then
  write()
  return { 'more' }
end

-- All windows that may roll are known before anything is judged.
for index = 1, #paths do
  local path = paths[index]
  while path and not pool(path) do
    path = string.match(path, '^(.*)/[^/]*$')
  end
  needSpansOf(path and pool(path))
end
for index = 1, waiters and #waiters or 0 do
  needSpansOf(pool(waiters[index].path))
end
if next(spansMissing) then
  local answer = { 'roll', nowText }
  for window in pairs(spansMissing) do
    answer[#answer + 1] = window
  end
  return answer
end

local outcomes = { 'ok' }
at = first
while at <= #ARGV do
  local isApplied, outcome = pcall(apply, at)
  if isApplied then
    outcomes[#outcomes + 1] = outcome
  elseif type(outcome) == 'table' and outcome.axis then
    outcomes[#outcomes + 1] = 'e\\n' .. outcome.path .. '\\n' .. numberText(outcome.axis)
  else
    error(outcome, 0)
  end
  at = at + WORDS[ARGV[at]]
end
write()
return outcomes
`;
