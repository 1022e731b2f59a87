-- The commands that come often: record, reserve, check. Mirrors stores/books/apply.ts.

local function refused(p, ask)
  local verdict = refusalOf(p, ask)
  if verdict.reason == 'busy' then
    shared.recallFor(p, ask)
  end
  return 'r\n' .. refusalText(verdict)
end

-- R2, R10.
local function record(p, id, askText, policy, watched, about)
  local reservation = kept(id) and reservationOf(id)
  if reservation and heldBefore(id, p) then
    return 'i'
  end
  if kept(id) and not reservation then
    local before = lineOf(id)
    local isSame = before and before.kind == 'record' and before.path == p.path
      and before.asked == askText
    return isSame and settledOutcome(before.settled) or 'i'
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
  append(id, 'record\n' .. p.path .. '\n' .. askText .. '\n\n0\n' .. tree.stamp .. '\n\n' .. about
    .. '\n' .. settled)
  return settledOutcome(settled, seen)
end

-- R4.
local function reserve(p, id, askText, leaseMs, sent)
  local before = heldBefore(id, p)
  if before then
    local reservation = reservationOf(id)
    return reservation and reservation.amount ~= askText and 'i' or before
  end
  local ask = read(askText)
  if not fits(p, ask) then
    return refused(p, ask)
  end
  return holdNow(p, id, ask, askText, '0', leaseMs, sent)
end

local function check(p, ask)
  local verdict = refusalOf(p, ask)
  return verdict and 'r\n' .. refusalText(verdict) or 'd'
end
