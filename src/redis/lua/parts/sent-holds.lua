-- R11: holds whose call was sent and whose lease has ended: the provider may bill it. Made together
-- with the rare commands when the first of them comes. Mirrors stores/books/sent-holds.ts.

-- Books such a hold as used and unknown.
local function loseHold(reservation)
  local p = nearestPool(reservation.path)
  if p then
    roll(p)
    local amount = reservation.quantities
    local level = p
    while level do
      if reservation.asOf >= level.dropped then
        subtract(level.reserved, amount)
        level.open = level.open - 1
      else
        for axis = 1, 5 do
          level.taken[axis] = math.min(MAX, level.taken[axis] + amount[axis])
        end
      end
      add(level.unknown, amount)
      level.changed = true
      level = level.above
    end
    tree.freed = true
    append(reservation.id .. '.lost', 'commit\n' .. p.path .. '\n' .. reservation.amount
      .. '\n\n1\n' .. tree.stamp .. '\n\n\n\n')
  end
  reservation.expired = true
  keep(reservation, false)
end

-- Reverses the booking that stood in for a hold that is settled after all.
local function takeBackHold(reservation)
  local lost = reservation.id .. '.lost'
  local line = lineOf(lost)
  local p = line and pool(line.path)
  if p then
    amend(p, lost .. '.found', lost, NOTHING_TEXT, '', '')
  end
end
