-- R15: slices without reports. A slice is kept among the reservations, under "s" in
-- place of "r". Made together with the draws when the first of them comes.

-- Whether it holds its amount at a level, and whether it holds anything.
local function countsAt(level, slice)
  return slice and not slice.expired and slice.asOf >= level.dropped
end

local function isNothing(q)
  return q[1] + q[2] + q[3] + q[4] + q[5] == 0
end

local function isLive(slice)
  return slice and not slice.expired and not isNothing(slice.quantities) or false
end

-- Books the whole of an expired slice as used and unknown.
local function lose(slice)
  local p = pool(slice.path)
  local wasLive = isLive(slice)
  if p then
    roll(p)
    local level = p
    while level do
      local slices = shared.slicesAt(level)
      if countsAt(level, slice) then
        subtract(level.reserved, slice.quantities)
        subtract(slices.held, slice.quantities)
        level.open = level.open - slice.open
      else
        for axis = 1, 5 do
          level.taken[axis] = math.min(MAX, level.taken[axis] + slice.quantities[axis])
        end
      end
      add(level.unknown, slice.quantities)
      slices.sharing = slices.sharing - slice.sharing
      if wasLive then
        slices.live = slices.live - 1
        if slice.drawnAt < slices.recalledDraw then
          slices.awaited = slices.awaited - 1
        end
      end
      level.changed = true
      level = level.above
    end
    tree.freed = true
    if wasLive then
      append(slice.id .. '.lost.' .. numberText(slice.seq), 'commit\n' .. p.path .. '\n'
        .. show(slice.quantities) .. '\n\n1\n' .. tree.stamp .. '\n\n\n\n')
    end
  end
  slice.expired = true
  shared.keepSlice(slice)
end
