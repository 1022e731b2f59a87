-- R13: the queue of those who wait, as core/waiting.ts and stores/books/waiting-room.ts have it.

local LOOKED_AT_BEHIND = 100

local function openRoom()
  local line, placeOf = {}, {}
  for index = 1, #waiters do
    line[index], placeOf[waiters[index].id] = waiters[index], index
  end
  return {
    line = line, placeOf = placeOf, position = 1, resolved = {}, imagined = {}, closed = {},
    behind = 0,
  }
end

local function imaginedCopy(room, p)
  local known = room.imagined[p.path]
  if known then
    return known
  end
  local copy = {
    path = p.path, caps = p.caps, limits = p.limits, frozen = p.frozen, window = p.window,
    ends = p.ends, parts = p.parts,
    taken = copyOf(p.taken), reserved = copyOf(p.reserved), open = p.open,
    above = p.above and imaginedCopy(room, p.above) or nil,
  }
  room.imagined[p.path] = copy
  return copy
end

local function imaginedPool(room, path)
  local known = room.imagined[path]
  if known then
    return known
  end
  local p = pool(path)
  if not p then
    return nil
  end
  roll(p)
  return imaginedCopy(room, p)
end

local function imagine(room, waiter)
  local p = imaginedPool(room, waiter.path)
  if not p then
    return
  end
  local isClosed = false
  local root = p
  local level = p
  while level do
    isClosed = isClosed or room.closed[level] ~= nil
    root = level
    level = level.above
  end
  if fits(p, waiter.ask) then
    if not isClosed then
      hold(p, waiter.ask)
    end
  else
    -- A waiter whose request overflows will be refused, and blocks no other.
    if not shared.isCountable(p, waiter.ask) then
      return
    end
    -- Neither does one that waiting cannot help.
    if refusalOf(p, waiter.ask).reason == 'busy' then
      level = p
      while level do
        if not within(level.taken, waiter.ask, level.limits) and not room.closed[level] then
          room.closed[level] = { pool = p, ask = waiter.ask }
        end
        level = level.above
      end
    end
  end
  if room.closed[root] then
    room.behind = room.behind + 1
  end
end

local function advanceTo(room, id)
  while room.position <= #room.line do
    local waiter = room.line[room.position]
    if waiter.id == id then
      return
    end
    if not room.resolved[waiter.id] then
      if waiter.expiresAt <= now then
        dropWaiter(waiter.id)
      elseif room.behind <= LOOKED_AT_BEHIND then
        imagine(room, waiter)
      end
    end
    room.position = room.position + 1
  end
end

-- Returns why a waiter ahead blocks this one.
local function blocks(room, waiter)
  local place = room.placeOf[waiter.id]
  if place and place < room.position then
    -- The waiter is ahead of the cursor: judge the queue from its head again.
    room.position, room.imagined, room.closed, room.behind = 1, {}, {}, 0
  end
  advanceTo(room, waiter.id)
  local p = imaginedPool(room, waiter.path)
  if not p then
    return nil
  end
  local level = p
  while level do
    local closer = room.closed[level]
    if closer then
      return refusalOf(closer.pool, closer.ask)
    end
    level = level.above
  end
  return refusalOf(p, waiter.ask)
end

local function keepPlace(room, waiter)
  if not keepWaiter(waiter) then
    return
  end
  tree.waiters = tree.waiters + 1
  tree.changed = true
  waiter.place = tree.waiters
  room.line[#room.line + 1] = waiter
  room.placeOf[waiter.id] = room.placeOf[waiter.id] or #room.line
end

local function leaveLine(room, waiter, held)
  if dropWaiter(waiter.id) then
    tree.freed = true
  end
  room.resolved[waiter.id] = true
  local p = held and imaginedPool(room, waiter.path)
  if p then
    hold(p, waiter.ask)
  end
end
