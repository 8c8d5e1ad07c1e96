--[[ page-jobs: some of a partition's jobs of one kind, in order, behind a place. What it does does not grow with what the
  partition holds: it looks at ARGV[11] jobs at most, and at fewer when they are large.
  KEYS, ARGV[1..8] see partition
  ARGV[9] kind: w waiting in a stream | g behind its group | a active | z scheduled or retrying | d dead, latest first |
    p waits for its children, in no order
  ARGV[10] the place behind which to begin:
    w, a  '<ms>-<n>;<number of the stream>', or '<ms>': at this time
    z, d  '<ms>;<id>', or '<ms>': at this time
    g     the member of the backlog
    p     where the last call stopped
    ''    at the beginning
  ARGV[11] how many   ARGV[12] bytes after which no further job is looked at   ARGV[13] 1: with payloads
  returns {1 there are no more | 0, how many were looked at, jobs, the place reached}
    jobs  flat list, nine each: id   state, see find-job   number of its stream   header   reason   payload ('' unless asked
          for)   its time in the order, ms   its place   '<worker> <ms since its lease was renewed>' where it is active ]]
local kind, from, most = ARGV[9], ARGV[10], tonumber(ARGV[11])
local left, with_payload = tonumber(ARGV[12]), ARGV[13] == '1'
local CHUNK = 25
local jobs, examined, reached = {}, 0, from

local function add(id, state, number, header, reason, payload, at, place, lease)
  local job = {id, state, number, header, reason, with_payload and payload or '', at, place, lease}
  for i = 1, 9 do
    jobs[#jobs + 1] = job[i]
  end
end

local function has_room()
  return examined < most and left > 0
end

local function look(bytes)
  examined = examined + 1
  left = left - bytes
end

--- Of a job with a record. False: it has moved on meanwhile.
local function add_record(id, states, at, place)
  local record = redis.call('HGET', JOBS, id)
  look(record and #record or 0)
  local state, number, _, header, reason, payload = read_record(record or '')
  if state and string.find(states, state, 1, true) then
    add(id, state, number, header, reason, payload, at, place, '')
  end
end

local function parts_of(entry)
  local ms, order = string.match(entry, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(order)
end

local function is_before(one, other)
  if one.ms ~= other.ms then return one.ms < other.ms end
  if one.order ~= other.order then return one.order < other.order end
  return one.number < other.number
end

--- Goes through all streams at once, in the order of the entries. 'read' answers with the next entries of a stream:
--- its number, key, and where to begin.
local function merge(read)
  local entry, number = string.match(from, '^(%d+%-%d+);(%d+)$')
  local ahead = {}
  local function fill(line)
    line.entries, line.at = read(line.number, line.key, line.start), 1
    local last = line.entries[#line.entries]
    if last then
      line.start = '(' .. last.entry
    end
  end
  for k = 13, #KEYS do
    if redis.call('XLEN', KEYS[k]) > 0 then
      local line = { number = k - 13, key = KEYS[k] }
      if entry then
        line.start = (line.number <= tonumber(number) and '(' or '') .. entry
      else
        line.start = from == '' and '-' or from
      end
      fill(line)
      ahead[#ahead + 1] = line
    end
  end
  while true do
    local first
    for _, line in ipairs(ahead) do
      local head = line.entries[line.at]
      if head and (not first or is_before(head, first.entries[first.at])) then
        first = line
      end
    end
    if not first then return 1 end
    if not has_room() then return 0 end
    local head = first.entries[first.at]
    local fields = head.fields or (redis.call('XRANGE', first.key, head.entry, head.entry)[1] or {})[2]
    look(fields and #fields[4] or 0)
    reached = head.entry .. ';' .. first.number
    if fields and fields[1] == 'h' then
      local header = fields[2]
      add(field(header, 'i') or PREFIX .. first.number .. '~' .. head.entry, kind, first.number, header, '', fields[4],
        integer(head.ms), reached, head.lease)
    end
    first.at = first.at + 1
    if first.at > #first.entries and #first.entries > 0 then
      fill(first)
    end
  end
end

local function later(one, other)
  local ms, order = parts_of(one)
  local other_ms, other_order = parts_of(other)
  return ms > other_ms or (ms == other_ms and order > other_order)
end

local function unclaimed(number, key, start)
  local position = claimed_up_to(number)
  local entry = string.gsub(start, '^%(', '')
  if entry == '-' or (string.find(entry, '-', 1, true) and not later(entry, position)) then
    start = '(' .. position
  elseif not string.find(entry, '-', 1, true) and not later(entry .. '-0', position) then
    start = '(' .. position
  end
  local entries = {}
  for _, found in ipairs(redis.call('XRANGE', key, start, '+', 'COUNT', CHUNK)) do
    local ms, order = parts_of(found[1])
    entries[#entries + 1] = { entry = found[1], ms = ms, order = order, number = number, fields = found[2], lease = '' }
  end
  return entries
end

local function leased(number, key, start)
  local pending = redis.pcall('XPENDING', key, WORKERS, start, '+', CHUNK)
  local entries = {}
  for _, found in ipairs(pending.err and {} or pending) do
    local ms, order = parts_of(found[1])
    entries[#entries + 1] =
      { entry = found[1], ms = ms, order = order, number = number, lease = found[2] .. ' ' .. integer(found[3]) }
  end
  return entries
end

--- Byte by byte: the server's locale may order letters differently than a sorted set does.
local function is_less(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return #one < #other
end

--- How many members of a sorted set come before a place. Members of the same score may be many, so they are halved.
local function rank_of(key, ms, member, with_itself)
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. ms)
  local high = low + redis.call('ZCOUNT', key, ms, ms)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local found = redis.call('ZRANGE', key, middle, middle)[1]
    if is_less(found, member) or (with_itself and found == member) then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

local function by_score(key, states, descending)
  local size = redis.call('ZCARD', key)
  local ms, member = string.match(from, '^(%-?%d+);(.*)$')
  local at
  if from == '' then
    at = descending and size - 1 or 0
  elseif ms then
    at = descending and rank_of(key, ms, member, false) - 1 or rank_of(key, ms, member, true)
  elseif descending then
    at = redis.call('ZCOUNT', key, '-inf', from) - 1
  else
    at = redis.call('ZCOUNT', key, '-inf', '(' .. from)
  end
  while at >= 0 and at < size and has_room() do
    local first = descending and math.max(0, at - CHUNK + 1) or at
    local last = descending and at or at + CHUNK - 1
    local found = redis.call('ZRANGE', key, first, last, 'WITHSCORES')
    local step = descending and -2 or 2
    for i = descending and #found - 1 or 1, descending and 1 or #found, step do
      if not has_room() then return 0 end
      local score = integer(found[i + 1])
      reached = score .. ';' .. found[i]
      add_record(found[i], states, score, reached)
      at = at + step / 2
    end
  end
  return (at < 0 or at >= size) and 1 or 0
end

local function behind_groups()
  local start = from == '' and '-' or '(' .. from
  while has_room() do
    local members = redis.call('ZRANGEBYLEX', BACKLOG, start, '+', 'LIMIT', 0, CHUNK)
    for _, member in ipairs(members) do
      if not has_room() then return 0 end
      local id = string.match(member, '^[^\n]*\n[^\n]*\n(.*)$')
      reached = member
      add_record(id, 'g', '0', reached)
      start = '(' .. member
    end
    if #members < CHUNK then return 1 end
  end
  return 0
end

local ended
if kind == 'w' then
  ended = merge(unclaimed)
elseif kind == 'a' then
  ended = merge(leased)
elseif kind == 'z' then
  ended = by_score(SCHEDULED, 'sfh', false)
elseif kind == 'd' then
  ended = by_score(DEAD, 'd', true)
elseif kind == 'g' then
  ended = behind_groups()
else
  ended = 1
  if tonumber(redis.call('HGET', META, 'parents') or 0) > 0 then
    local seen = redis.call('HSCAN', JOBS, from == '' and '0' or from, 'COUNT', most)
    for i = 1, #seen[2], 2 do
      examined = examined + 1
      local state, number, _, header, reason, payload = read_record(seen[2][i + 1])
      if state == 'p' then
        add(seen[2][i], state, number, header, reason, payload, '0', seen[1], '')
      end
    end
    reached = seen[1]
    ended = reached == '0' and 1 or 0
  end
end
return {ended, examined, jobs, reached}
