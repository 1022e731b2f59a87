-- What a snapshot shows of a pool, as text.

local function raisesText(raises)
  local texts = {}
  for index = 1, raises and #raises or 0 do
    texts[index] = numberText(raises[index][1]) .. ' ' .. showCaps(raises[index][2])
  end
  return table.concat(texts, ';')
end

local function figures(p)
  return table.concat({
    's', show(p.taken), show(p.reserved), show(p.unknown), showCaps(p.caps), p.overage, p.window,
    p.starts == -math.huge and '' or numberText(p.starts),
    p.ends == math.huge and '' or numberText(p.ends), numberText(p.open), numberText(p.generation),
    p.frozen and '1' or '0', raisesText(p.raises),
    shared.slicesText(p) and show(shared.slicesAt(p).held) or '',
    p.parts and carryOf(p.window) and show(p.parts[1][2]) or '',
  }, '\n')
end
