-- The way through a batch: reads what the commands are about, applies each command, and writes
-- what they changed. The commands themselves are in the parts before.

-- How many words each command has, its letter and path included.
--@operations WORDS

-- One command, by its words from words[at] on.
local function apply(at)
  local kind, path = words[at], paths[tonumber(words[at + 1])]
  if kind == 'o' then
    rare = rare or rareCommands()
    return rare.o(nil, at, path)
  end
  local p = pool(path)
  if not p then
    return kind == 'd' and 'd' or 'g'
  end
  roll(p)
  local id = words[at + 2]
  if kind == 'w' then
    rare = rare or rareCommands()
    return rare.w(p, at, id)
  end
  if rare then
    rare.closeRoom()
  end
  if kind == 'r' then
    return record(p, id, words[at + 3], words[at + 4], words[at + 5], words[at + 6])
  elseif kind == 'v' then
    return reserve(p, id, words[at + 3], tonumber(words[at + 4]), words[at + 5])
  elseif kind == 'c' then
    return commit(p, id, words[at + 3], words[at + 4], words[at + 5], words[at + 6], words[at + 7])
  elseif kind == 'x' then
    return release(p, id, words[at + 3])
  elseif kind == 'n' then
    return renew(id, tonumber(words[at + 3]), words[at + 4])
  elseif kind == 'k' then
    return check(p, read(id))
  elseif kind == 's' then
    return figures(p)
  end
  if kind == 'q' then
    slices = slices or sliceCommands()
    return slices.draw(p, at, id)
  end
  rare = rare or rareCommands()
  return rare[kind](p, at, id)
end

-- Whether this batch may create a pool.
local isDeleting
local function isMissing(path)
  return isDeleting or not pool(path)
end

-- Reads the spans of windows, and answers with where the first command is.
local function readSpans()
  local at = wordsRead + 2
  for _ = 1, tonumber(words[wordsRead + 1]) do
    spans[words[at]] = { tonumber(words[at + 1]), tonumber(words[at + 2]) }
    at = at + 3
  end
  return at
end

-- Reads everything that the batch touches at once.
local function readWanted(at)
  local wanted = {}
  while at <= #words do
    local kind = words[at]
    if kind == 'w' or kind == 'l' or kind == 'u' then
      loadWaiters()
    elseif kind == 'd' then
      isDeleting = true
    elseif kind == 'o' and isMissing(paths[tonumber(words[at + 1])]) then
      if words[at + 5] ~= '' then
        needSpan(words[at + 5])
      end
      local templates = words[at + 8] ~= '' and cjson.decode(words[at + 8]) or {}
      for index = 1, #templates do
        if templates[index][5] ~= '' and isMissing(templates[index][1]) then
          needSpan(templates[index][5])
        end
      end
    elseif kind == 'y' and words[at + 5] ~= '=' and words[at + 5] ~= '' then
      needSpan(words[at + 5])
    end
    if kind == 'a' then
      wanted[#wanted + 1] = words[at + 3]
    end
    if kind ~= 'o' and kind ~= 'n' and kind ~= 'k' and kind ~= 's' then
      wanted[#wanted + 1] = words[at + 2]
    end
    at = at + WORDS[kind]
  end
  for from = 1, #wanted, WORDS_AT_ONCE do
    fetch({ unpack(wanted, from, math.min(#wanted, from + WORDS_AT_ONCE - 1)) })
  end
end

local function rollAnswer()
  local answer = { 'roll', nowText }
  for window in pairs(tree.spansMissing) do
    answer[#answer + 1] = window
  end
  return answer
end

-- All windows that may roll are known before anything is judged.
local function needSpans()
  for index = 1, #paths do
    local path = paths[index]
    while path and not pool(path) do
      path = string.match(path, '^(.*)/[^/]*$')
    end
    needSpansOf(path and pool(path))
  end
  for index = 1, waiters and #waiters or 0 do
    needSpansOf(pool(waiters[index].path))
  end
end

-- Executes the batch of one tree.
local function execute(treeKeyGiven, isReadingOnly, text)
  local failure = begin(treeKeyGiven, isReadingOnly, text)
  if failure then
    return failure
  end
  spans, isDeleting = {}, false
  if rare then
    rare.begin()
  end
  local first = readSpans()
  readWanted(first)
  local isMoreDue = expire()
  if next(tree.spansMissing) then
    return rollAnswer()
  end
  if isMoreDue then
    if isReading then
      return { 'all' }
    end
    return write() or { 'more' }
  end
  needSpans()
  if next(tree.spansMissing) then
    return rollAnswer()
  end
  local outcomes = { 'ok' }
  local at = first
  while at <= #words do
    local isApplied, outcome = pcall(apply, at)
    if isApplied then
      outcomes[#outcomes + 1] = outcome
    elseif type(outcome) == 'table' and outcome.axis then
      outcomes[#outcomes + 1] = 'e\n' .. outcome.path .. '\n' .. numberText(outcome.axis)
    else
      error(outcome, 0)
    end
    at = at + WORDS[words[at]]
  end
  return write() or outcomes
end

-- An error in one tree affects only that tree.
local function errorText(failure)
  return type(failure) == 'table' and failure.err or tostring(failure)
end

return function(keys, argvGiven)
  beginCall(argvGiven)
  local trees = tonumber(argv[4])
  if trees == 1 then
    return execute(keys[1], keys[2] ~= string.sub(keys[1], 1, -6), argv[5])
  end
  local answers = {}
  for index = 1, trees do
    local treeKeyGiven = keys[2 * index - 1]
    local isReadingOnly = keys[2 * index] == treeKeyGiven
    local isDone, answer = pcall(execute, treeKeyGiven, isReadingOnly, argv[4 + index])
    if not isDone or answer.err then
      answer = { 'error', errorText(answer) }
    end
    answers[index] = answer
  end
  return answers
end
