-- A pool as its row keeps it.

local function poolOf(path, row)
  local _, made, caps, overage, window, starts, ends, taken, reserved, unknown, open, generation,
    dropped, since, frozen, raises, slices, parts = unpack(cmsgpack.unpack(row))
  local p = {
    path = path, made = made, caps = caps, limits = limitsOf(caps, frozen), overage = overage,
    window = window, starts = starts, ends = ends, taken = taken, reserved = reserved,
    unknown = unknown, open = open, generation = generation, dropped = dropped,
    since = since or nil, frozen = frozen or nil, raises = raises or nil, slices = slices or nil,
    parts = parts or nil,
  }
  if parts then
    p.limits = limitsNow(p)
  end
  return p
end
