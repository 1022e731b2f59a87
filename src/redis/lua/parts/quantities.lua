-- Quantities: the five axes in their order, as numbers within the script and as decimal text
-- outside. Nothing is formatted by `tostring` or cjson, which round from 2^53 / 100 on.

local MAX = 9007199254740991
local NOTHING = { 0, 0, 0, 0, 0 }
local NOTHING_TEXT = '0 0 0 0 0'

-- Whole numbers are formatted as such where the server has 64 bits for them, which takes a part of
-- the time. That is found out at the first call: a library is loaded without `string`.
local wholeFormat, quantitiesFormat
local function chooseFormats()
  wholeFormat = string.format('%d', MAX) == '9007199254740991' and '%d' or '%.0f'
  quantitiesFormat = string.gsub('w w w w w', 'w', { w = wholeFormat })
end

local function numberText(value)
  return string.format(wholeFormat, value)
end

local function parse(text)
  local a, b, c, d, e = string.match(text, '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
  return { tonumber(a), tonumber(b), tonumber(c), tonumber(d), tonumber(e) }
end

-- Quantities that are only read: within a call, those of the same text are the same table.
local quantitiesOf = {}

local function read(text)
  local known = quantitiesOf[text]
  if not known then
    known = parse(text)
    quantitiesOf[text] = known
  end
  return known
end

local function show(q)
  return string.format(quantitiesFormat, q[1], q[2], q[3], q[4], q[5])
end

local function readCaps(text)
  local caps = parse(text)
  for axis = 1, 5 do
    caps[axis] = caps[axis] or false
  end
  return caps
end

local function showCaps(caps)
  local texts = {}
  for axis = 1, 5 do
    texts[axis] = caps[axis] and numberText(caps[axis]) or '-'
  end
  return table.concat(texts, ' ')
end

-- R17. Limits that not even a request for zero fits under.
local NO_ROOM = { -1, -1, -1, -1, -1 }

local function limitsOf(caps, frozen)
  if frozen then
    return NO_ROOM
  end
  return { caps[1] or MAX, caps[2] or MAX, caps[3] or MAX, caps[4] or MAX, caps[5] or MAX }
end

local function copyOf(q)
  return { q[1], q[2], q[3], q[4], q[5] }
end

-- Written out axis by axis, because every request on every pool runs through these lines.
local function add(total, q)
  total[1], total[2], total[3] = total[1] + q[1], total[2] + q[2], total[3] + q[3]
  total[4], total[5] = total[4] + q[4], total[5] + q[5]
end

local function subtract(total, q)
  total[1], total[2], total[3] = total[1] - q[1], total[2] - q[2], total[3] - q[3]
  total[4], total[5] = total[4] - q[4], total[5] - q[5]
end

local function exchange(total, out, into)
  for axis = 1, 5 do
    total[axis] = total[axis] + (into[axis] - out[axis])
  end
end

local function within(total, q, limit)
  return total[1] + q[1] <= limit[1] and total[2] + q[2] <= limit[2]
    and total[3] + q[3] <= limit[3] and total[4] + q[4] <= limit[4]
    and total[5] + q[5] <= limit[5]
end

local function isSame(one, other)
  return one[1] == other[1] and one[2] == other[2] and one[3] == other[3]
    and one[4] == other[4] and one[5] == other[5]
end
