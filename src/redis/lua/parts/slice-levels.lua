-- R15: what a level knows of slices. It stands with the books, before the rules.

-- Functions that several parts use: a function may refer to 60 locals of other parts.
local shared = {}

-- What a level knows of slices: text in its row, "held sharing live awaited recalledAt recalledDraw
-- draws".
function shared.slicesAt(level)
  local known = level.slicesRead
  if not known then
    local numbers = {}
    for number in string.gmatch(level.slices or '0 0 0 0 0 0 0 0 -1 0 0', '%S+') do
      numbers[#numbers + 1] = tonumber(number)
    end
    known = {
      held = { numbers[1], numbers[2], numbers[3], numbers[4], numbers[5] },
      sharing = numbers[6], live = numbers[7], awaited = numbers[8], recalledAt = numbers[9],
      recalledDraw = numbers[10], draws = numbers[11],
    }
    level.slicesRead = known
  end
  return known
end

function shared.slicesText(level)
  local known = level.slicesRead
  if not known then
    return level.slices
  end
  return show(known.held) .. ' ' .. numberText(known.sharing) .. ' ' .. show({
    known.live, known.awaited, known.recalledAt, known.recalledDraw, known.draws,
  })
end

function shared.sliceOf(id)
  local value = kept(id)
  local path, amount, asOf, expired, seq, settled, unknown, open, sharing, drawnAt, final, admitted
  if value and string.sub(value, 1, 2) == 's\n' then
    path, amount, asOf, expired, seq, settled, unknown, open, sharing, drawnAt, final, admitted =
      string.match(value, '^s\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n'
        .. '([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)$')
  end
  if not path then
    return nil
  end
  return {
    id = id, path = path, quantities = read(amount), asOf = tonumber(asOf), expired = expired == '1',
    seq = tonumber(seq), settled = settled, unknown = unknown, open = tonumber(open),
    sharing = tonumber(sharing), drawnAt = tonumber(drawnAt), final = final, admitted = admitted,
  }
end

function shared.keepSlice(slice, expiresAt)
  local id = slice.id
  ids[id] = table.concat({
    's', slice.path, show(slice.quantities), numberText(slice.asOf), slice.expired and '1' or '0',
    numberText(slice.seq), slice.settled, slice.unknown, numberText(slice.open),
    numberText(slice.sharing), numberText(slice.drawnAt), slice.final, slice.admitted,
  }, '\n')
  if slice.expired then
    opened[id], retained[id] = nil, true
    leases[id] = false
  else
    opened[id], retained[id] = true, nil
    setLease(id, expiresAt)
  end
end

-- How long after a recall nothing is handed out for asks to come, in milliseconds.
local PRESS_MS = 1000

function shared.isPressed(slices)
  return slices.recalledAt >= 0 and now - slices.recalledAt <= PRESS_MS
end

-- "place" counts draws of the tree.
function shared.callBack(slices, place)
  slices.recalledAt, slices.recalledDraw, slices.awaited = now, place, slices.live
  tree.recalled = true
end

-- The count of draws that the next one has.
local function nextPlace(p)
  while p.above do
    p = p.above
  end
  return shared.slicesText(p) and shared.slicesAt(p).draws + 1 or 1
end

-- Recalls the spare room of slices at a level, however much room is free.
function shared.recallAll(level, place)
  local slices = shared.slicesText(level) and shared.slicesAt(level)
  if slices and slices.live > 0 and not shared.isPressed(slices) then
    shared.callBack(slices, place or nextPlace(level))
    level.changed = true
  end
end

-- Recalls spare room at every level that refuses a request from outside the slices.
function shared.recallFor(p, ask)
  local place = nextPlace(p)
  local level = p
  while level do
    if not within(level.taken, ask, level.limits) then
      shared.recallAll(level, place)
    end
    level = level.above
  end
end
