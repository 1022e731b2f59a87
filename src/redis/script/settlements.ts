// What settles, renews and corrects in the script, as in stores/apply-settlements.ts.

/** Lua: commit, release, renew, find, amend and the end of leases. */
export const SETTLEMENTS = `
-- What a change did to the levels that are watched, as text.
local function levelsWatched(p, watched)
  local seen = {}
  if watched == '' then
    return seen
  end
  watched = '\\n' .. watched .. '\\n'
  local level = p
  while level do
    if string.find(watched, '\\n' .. level.path .. '\\n', 1, true) then
      local used = copyOf(level.taken)
      subtract(used, level.reserved)
      seen[#seen + 1] = { level = level, capsText = level.capsText, used = used }
    end
    level = level.above
  end
  return seen
end

local function levelsText(seen)
  local texts = {}
  for index = 1, #seen do
    local before = seen[index]
    local level = before.level
    local used = copyOf(level.taken)
    subtract(used, level.reserved)
    texts[index] = table.concat({
      '\\n' .. level.path, before.capsText, level.capsText, show(before.used), show(used),
    }, '\\n')
  end
  return table.concat(texts)
end

-- What a settlement came to, with how many lines of text that is, and what became of the levels.
local function settledOutcome(settled, seen)
  return 't\\n' .. settled .. '\\f' .. (seen and levelsText(seen) or '')
end

-- R11.
local function free(reservation)
  local p = pool(reservation.path)
  if p and not reservation.expired then
    settleLevels(p, reservation, NOTHING)
  end
end

local EXPIRED_AT_ONCE = 1000

-- Whether there are more of them.
local function expire()
  local due = redis.call('ZRANGEBYSCORE', base .. ':leases', '-inf', nowText, 'LIMIT', 0,
    EXPIRED_AT_ONCE)
  for index = 1, #due do
    local reservation = reservationOf(due[index])
    if reservation then
      free(reservation)
      reservation.expired = true
      keep(reservation, false)
    else
      leases[due[index]] = false
    end
  end
  return #due == EXPIRED_AT_ONCE
end

-- R4, R5, R10.
local function committedBefore(line, path, actualText)
  if line.path ~= path then
    return 'i'
  end
  if line.kind == 'release' then
    return 'b\\nreleased'
  end
  if line.kind ~= 'commit' then
    return 'i'
  end
  if line.asked == actualText then
    return settledOutcome(line.settled)
  end
  return 'b\\ncommitted'
end

local function commit(p, id, actualText, unknown, policy, watched)
  local line = lineOf(id)
  if line then
    return committedBefore(line, p.path, actualText)
  end
  local reservation = reservationOf(id)
  if reservation and reservation.path ~= p.path then
    return 'i'
  end
  local actual = read(actualText)
  local seen = levelsWatched(p, watched)
  local held = reservation and not reservation.expired and reservation or NO_HOLD
  local settled, booked = settle(p, held, actual, policy)
  if unknown == '1' and booked then
    local level = p
    while level do
      add(level.unknown, actual)
      level = level.above
    end
  end
  append(id, {
    kind = 'commit', path = p.path, asked = actualText,
    amount = booked and actualText or NOTHING_TEXT, unknown = unknown == '1', settled = settled,
  })
  return settledOutcome(settled, seen)
end

-- R4.
local function release(p, id)
  local reservation = reservationOf(id)
  if not reservation or reservation.path ~= p.path then
    return 'd'
  end
  free(reservation)
  append(id, { kind = 'release', path = p.path, asked = NOTHING_TEXT, amount = NOTHING_TEXT })
  return 'd'
end

-- R11.
local function renew(idsText, leaseMs)
  for id in string.gmatch(idsText, '[^\\n]+') do
    local reservation = reservationOf(id)
    if reservation and not reservation.expired then
      leases[id] = now + leaseMs
    end
  end
  return 'd'
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
  return 'f\\n' .. show(amountOf(of, line))
end

local function amendedTo(p, difference)
  local overage = {}
  for axis = 1, 5 do
    overage[axis] = math.max(0, difference[axis])
  end
  if isSame(overage, NOTHING) then
    return ''
  end
  local exceeded = refusalOf(p, NOTHING)
  if exceeded and overage[exceeded.axis] == 0 then
    exceeded = nil
  end
  return settledText(true, false, overage, exceeded)
end

-- The levels whose books a line is still in.
local function levelsCounting(p, line)
  local counting = {}
  local level = p
  while level do
    if line.asOf >= level.dropped and line.bookedAt >= level.starts then
      counting[#counting + 1] = level
    end
    level = level.above
  end
  return counting
end

local function amend(p, id, of, actualText, watched)
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
  local difference = read(actualText)
  subtract(difference, booked)
  local counting = levelsCounting(p, line)
  for index = 1, #counting do
    checkTotals(counting[index], NOTHING, difference)
  end
  local isFirst = not amended(of)
  local seen = levelsWatched(p, watched)
  for index = 1, #counting do
    local level = counting[index]
    add(level.taken, difference)
    if line.unknown and isFirst then
      subtract(level.unknown, line.amount)
    end
    level.changed = true
  end
  freed = true
  local settled = amendedTo(p, difference)
  local sum = amended(of) or copyOf(NOTHING)
  add(sum, difference)
  sums[of], sumsWritten[of] = sum, true
  append(id, {
    kind = 'amend', path = p.path, asked = actualText, amount = show(difference), of = of,
    settled = settled, bookedAt = numberText(line.bookedAt), asOf = numberText(line.asOf),
  })
  return settledOutcome(settled, seen)
end
`;
