-- Adds the next entries of the ledger to its sums: a hash for each day, its fields named by path,
-- model and label. Entries are added many at a time: by a process that reads sums, by one that
-- has written thousands of entries, and before entries are trimmed; never by a single call.

local function sumUp(base, entriesMax)
  local function text(value)
    return string.format('%.0f', value)
  end
  local summed = tonumber(redis.call('GET', base .. ':summed') or '0')
  local entries = redis.call('XRANGE', base .. ':ledger', '(' .. text(summed) .. '-1', '+',
    'COUNT', entriesMax)
  local days = {}
  for index = 1, #entries do
    local entry = entries[index]
    local day = text(math.floor(tonumber(entry[2][2]) / 86400000))
    local first, count = tonumber(string.match(entry[1], '^%d+')), 0
    local ofDraw, pathOfDraw = 0, ''
    for line in string.gmatch(entry[2][4], '([^\f]*)\f') do
      local kind, path, a, b, c, d, e, model, label
      local counted, at = string.match(line, '^\t(%d+)\n[^\n]*\n([^\n]*)')
      if counted then
        ofDraw, pathOfDraw = tonumber(counted), at
      elseif ofDraw > 0 then
        count, ofDraw, path = count + 1, ofDraw - 1, pathOfDraw
        kind, a, b, c, d, e, model, label = string.match(line, '^%d+\n(%a+)\n'
          .. '(%S+) (%S+) (%S+) (%S+) (%S+)\n%d\n([^\n]*)\n([^\n\t]*)')
      else
        count = count + 1
        kind, path, a, b, c, d, e, model, label = string.match(line, '^[^\n]*\n(%a+)\n([^\n]*)\n'
          .. '(%S+) (%S+) (%S+) (%S+) (%S+)\n[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*\n([^\n]*)\n([^\n\t]*)')
      end
      if kind == 'record' or kind == 'commit' or kind == 'amend' then
        local field = path .. '\n' .. model .. '\n' .. label
        local sums = days[day] or {}
        local sum = sums[field] or { 0, 0, 0, 0, 0, 0 }
        local added = { 1, a, b, c, d, e }
        for place = 1, 6 do
          sum[place] = sum[place] + tonumber(added[place])
        end
        days[day], sums[field] = sums, sum
      end
    end
    summed = first + count - 1
  end
  for day, sums in pairs(days) do
    local key = base .. ':sums:' .. day
    redis.call('SADD', base .. ':sums', day)
    for field, sum in pairs(sums) do
      local place = 0
      for value in string.gmatch(redis.call('HGET', key, field) or '', '%S+') do
        place = place + 1
        sum[place] = sum[place] + tonumber(value)
      end
      redis.call('HSET', key, field, text(sum[1]) .. ' ' .. text(sum[2]) .. ' ' .. text(sum[3]) .. ' '
        .. text(sum[4]) .. ' ' .. text(sum[5]) .. ' ' .. text(sum[6]))
    end
  end
  if #entries > 0 then
    redis.call('SET', base .. ':summed', text(summed))
  end
  return #entries == entriesMax, summed
end
