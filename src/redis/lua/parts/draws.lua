-- R15: draws, as in stores/slices/draw.ts and share.ts. It follows slices.lua.

local function rowAmount(level, slice)
  return countsAt(level, slice) and slice.quantities or NOTHING
end

local function judged(p, ask)
  local isCounted, verdict = pcall(refusalOf, p, ask)
  if not isCounted then
    if type(verdict) ~= 'table' or not verdict.axis then
      error(verdict, 0)
    end
    return 'e\n' .. verdict.path .. '\n' .. numberText(verdict.axis)
  end
  return verdict and 'r\n' .. refusalText(verdict) or 'd', verdict
end

local function isRecalled(p)
  local level = p
  while level do
    if level.frozen or shared.slicesText(level) and shared.isPressed(shared.slicesAt(level)) then
      return '1'
    end
    level = level.above
  end
  return '0'
end

-- What was refused comes last, a vertical tab before each; the levels that are watched after it.
local function drawn(p, heldText, admitted, refusals, final, settled, seen)
  return 'D\n' .. heldText .. '\n' .. admitted .. '\n' .. final .. '\n' .. isRecalled(p) .. '\n'
    .. shared.overagePolicyOf(p) .. '\n\v' .. settled .. table.concat(refusals) .. '\f' .. levelsText(seen)
end

local function drawnBefore(p, heldText, admitted, final, asks)
  local refusals = {}
  for index = 1, #asks do
    if string.sub(admitted, index, index) ~= '1' then
      refusals[#refusals + 1] = '\v' .. judged(p, asks[index])
    end
  end
  return drawn(p, heldText, admitted, refusals, final, '', nil)
end

local function admit(p, amount)
  local level = p
  while level do
    add(level.taken, amount)
    add(level.reserved, amount)
    add(shared.slicesAt(level).held, amount)
    level = level.above
  end
end

-- Recalls the spare room of other slices, and returns whether some have yet to answer.
local function isAwaited(p, ask, verdict, slice, place, recallMs)
  if not verdict or verdict.reason ~= 'busy' then
    return false
  end
  local isWaited = false
  local level = p
  while level do
    if not within(level.taken, ask, level.limits) then
      local slices = shared.slicesAt(level)
      if not shared.isPressed(slices) then
        shared.callBack(slices, place)
      end
      local others = slices.awaited
      if isLive(slice) and slice.drawnAt < slices.recalledDraw then
        others = others - 1
      end
      if others > 0 and now - slices.recalledAt <= recallMs then
        isWaited = true
      end
    end
    level = level.above
  end
  return isWaited
end

local function slackFor(p, want, least, wasSharing)
  local slack = { 0, 0, 0, 0, 0 }
  for axis = 1, 5 do
    local more = want[axis]
    if more > 0 then
      local level = p
      while level do
        local slices = shared.slicesAt(level)
        if shared.isPressed(slices) then
          return NOTHING
        end
        local sharing = slices.sharing + (wasSharing and 0 or 1)
        local free = math.max(0, level.limits[axis] - level.taken[axis])
        more = math.min(more, math.floor(free / (2 * math.max(1, sharing))))
        level = level.above
      end
      if more < least[axis] then
        return NOTHING
      end
      slack[axis] = more
    end
  end
  return slack
end

-- What a draw says, by its words.
local function readDraw(at)
  local c = {
    seq = tonumber(words[at + 3]), settledText = words[at + 4], settled = read(words[at + 4]),
    unknownText = words[at + 5], unknown = read(words[at + 5]), holds = read(words[at + 6]),
    keep = read(words[at + 7]), open = tonumber(words[at + 8]), asks = {},
    want = read(words[at + 10]), least = read(words[at + 11]), recallMs = tonumber(words[at + 12]),
    leaseMs = tonumber(words[at + 13]), isEnd = words[at + 14] == '1', watched = words[at + 15],
    count = words[at + 16], entries = words[at + 17],
  }
  -- Long texts come as arguments of their own.
  if string.sub(c.entries, 1, 1) == '\t' then
    c.entries = argv[tonumber(string.sub(c.entries, 2))]
  end
  for ask in string.gmatch(words[at + 9], '[^\n]+') do
    c.asks[#c.asks + 1] = read(ask)
  end
  return c
end

-- R1, R5. What is booked and kept beyond what was held, at the level where that is most.
local function overageOfDraw(p, slice, report, keep)
  local overage, into = { 0, 0, 0, 0, 0 }, copyOf(report)
  add(into, keep)
  local level = p
  while level do
    local had = rowAmount(level, slice)
    shared.checkTotals(level, had, into)
    for axis = 1, 5 do
      overage[axis] = math.max(overage[axis], into[axis] - had[axis])
    end
    level = level.above
  end
  return overage
end

local function settleDraw(p, slice, c, report)
  local unknownBefore = slice and read(slice.unknown) or NOTHING
  local level = p
  while level do
    local slices, had = shared.slicesAt(level), rowAmount(level, slice)
    -- First what is freed: in between, a total must not pass 2^53 either, or it is rounded.
    for _, total in ipairs({ level.taken, level.reserved, slices.held }) do
      subtract(total, had)
      add(total, c.keep)
    end
    add(level.taken, report)
    add(level.unknown, c.unknown)
    subtract(level.unknown, unknownBefore)
    level.open = level.open + c.open - (countsAt(level, slice) and slice.open or 0)
    level.changed = true
    level = level.above
  end
end

-- Updates which slices share room, which are alive, and which have yet to answer a recall.
local function countDraw(p, slice, held, sharing, drawnAt)
  local before = slice and not slice.expired and slice or nil
  local wasLive = isLive(slice)
  local live = isNothing(held) and 0 or 1
  local level = p
  while level do
    local slices = shared.slicesAt(level)
    if wasLive and before.drawnAt < slices.recalledDraw then
      slices.awaited = slices.awaited - 1
    end
    if drawnAt < slices.recalledDraw then
      slices.awaited = slices.awaited + live
    end
    slices.sharing = slices.sharing + sharing - (before and before.sharing or 0)
    slices.live = slices.live + live - (wasLive and 1 or 0)
    level = level.above
  end
end

local function judgeAsks(p, slice, c, held, place)
  local admitted, refusals, final = {}, {}, '1'
  for index = 1, #c.asks do
    local ask = c.asks[index]
    if fits(p, ask) then
      admitted[index] = '1'
      admit(p, ask)
      add(held, ask)
    else
      admitted[index] = '0'
      local text, verdict = judged(p, ask)
      refusals[#refusals + 1] = '\v' .. text
      if isAwaited(p, ask, verdict, slice, place, c.recallMs) then
        final = '0'
      end
    end
  end
  return table.concat(admitted), refusals, final
end

local function applyDraw(p, id, slice, c)
  if c.isEnd then
    c.keep, c.holds, c.want, c.asks, c.open = NOTHING, NOTHING, NOTHING, {}, 0
  end
  local report = copyOf(c.settled)
  subtract(report, slice and read(slice.settled) or NOTHING)
  local overage = overageOfDraw(p, slice, report, c.keep)
  local seen = levelsWatched(p, c.watched)
  if slice and slice.expired and slice.seq == c.seq - 1 then
    rare = rare or rareCommands()
    local lost = id .. '.lost.' .. numberText(slice.seq)
    rare.amend(p, lost .. '.found', lost, NOTHING_TEXT, '', '')
  end
  settleDraw(p, slice, c, report)
  local settled = ''
  if not isNothing(overage) then
    rare = rare or rareCommands()
    settled = rare.bookedPast(p, overage)
  end
  local watchedText = levelsText(seen)
  local root = p
  while root.above do
    root = root.above
  end
  local counted = shared.slicesAt(root)
  counted.draws = counted.draws + 1
  local held = copyOf(c.keep)
  local admitted, refusals, final = judgeAsks(p, slice, c, held, counted.draws)
  local wasSharing = slice and not slice.expired and slice.sharing == 1
  local slack = slackFor(p, c.want, c.least, wasSharing)
  admit(p, slack)
  add(held, slack)
  local hasRoom = not within(NOTHING, c.keep, c.holds)
  local sharing = (hasRoom or not isNothing(c.want)) and 1 or 0
  -- Who keeps spare room has not answered a recall, even if its lease ended meanwhile.
  local drawnAt = hasRoom and (slice and slice.drawnAt or 0) or counted.draws
  countDraw(p, slice, held, sharing, drawnAt)
  tree.freed = true
  if c.count ~= '0' then
    appendPack(id .. '.' .. numberText(c.seq), p.path, c.count, c.entries)
  end
  if c.isEnd then
    appendNothing(id, 'release', p, '\n')
  else
    shared.keepSlice({
      id = id, path = p.path, quantities = held, asOf = tree.resets, expired = false, seq = c.seq,
      settled = c.settledText, unknown = c.unknownText, open = c.open, sharing = sharing,
      drawnAt = drawnAt, final = final, admitted = admitted,
    }, now + c.leaseMs)
  end
  local outcome = drawn(p, show(held), admitted, refusals, final, settled, nil)
  return outcome .. watchedText
end

local function draw(p, at, id)
  local c = readDraw(at)
  local slice = shared.sliceOf(id)
  if slice then
    if slice.path ~= p.path then
      return 'i'
    end
    if c.seq == slice.seq then
      local heldText = slice.expired and NOTHING_TEXT or show(slice.quantities)
      return drawnBefore(p, heldText, slice.admitted, slice.final, c.asks)
    end
    if c.seq < slice.seq then
      return 'b\ncommitted'
    end
  elseif kept(id) then
    local line = lineOf(id)
    if not line or line.kind ~= 'release' or line.path ~= p.path then
      return 'i'
    end
    return drawnBefore(p, NOTHING_TEXT, '', '1', c.asks)
  end
  return applyDraw(p, id, slice, c)
end

return { lose = lose, draw = draw }
