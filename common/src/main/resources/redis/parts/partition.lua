--[[ partition: what scripts over a whole queue partition share; the loader puts it before them.
  KEYS[1] hash  job records   KEYS[2] zset  scheduled   KEYS[3] zset  dead   KEYS[4] hash  meta
  KEYS[5] stream  completed   KEYS[6] hash  unique   KEYS[7] hash  groups   KEYS[8] zset  backlog
  KEYS[9] hash  cancels   KEYS[10] hash  outgoing   KEYS[11] hash  awaited   KEYS[12] stream  unreported ends
  where the records of ended jobs are indexed: KEYS[13] hash  index   KEYS[14] hash  index before, see parts/retained
  KEYS, the rest: streams  ready: all by number, or a single one where no other can be needed
  ARGV[1] group of consumers   ARGV[2] what precedes stream number and entry id in the id of a plain job
  ARGV[3] how many ended records are kept; followed by 'i' where they are indexed   ARGV[4] how many dead jobs are kept (-1: all)
  ARGV[5] how many jobs of one group are let in at once   ARGV[6] microseconds between starts in a group (0: no limit)
  ARGV[7] '<burst>;<ms>': how much longer a job waits in its group for each step its priority is lower
  ARGV[8] number of the single ready stream given ('' when all are)   ARGV[9..] the script's own

  A job record is '<version 1><state>;<stream number>;<rest>', states:
    r ready or active: rest is its entry id
    s scheduled   f retry scheduled   h let in, waits for a start permit of its group   g waits behind its group
    p parent that waits for its children   d dead
    rest of these is '<order>\n<header>\n<reason>\n<payload>'; order is the one in the backlog (g), or how many
    children the job still waits for and what it does when one fails: '<count>;fail' or '<count>;continue' (p)
  A job of a group is let in (ready, active, or h) or waits (g). The group's field in KEYS[7] counts those let in:
  '<how many>;<time the next permit is due, microseconds>'. It belongs to the job, not to a worker, so that nothing is
  lost with one. Of a group that is paused there is a field '\n<group>' besides: '0;<until, microseconds>'. None of its jobs
  is let in until then; see parts/pauses. A waiting job's member in KEYS[8] is '<group>\n<order>\n<id>', all with score 0, so that the next of a
  group is found by its prefix. Its order is the time it began to wait, later by so much the lower its priority is, so
  that in a group, too, a long wait outweighs a low priority.
  What has to reach another partition, in another slot perhaps, is written to KEYS[10] in the same step as its cause and
  carried there by whoever looks. After '<when it was last taken, ms>|' it is
    '1j;<queue>;<partition>;<number>;<start>;<window>;<replace>\n<header>\n<payload>'   a job, by its id
    '1c;<queue>;<partition>;<version>\n<parent id>\n<child id>\n<state>'   a child that ended, by
      '<child id>\n<parent id>'; '2c;…' with state a: one that came back
    '2r;<queue>;<partition>;<version>\n<child id>\n<queue>,<partition>,<parent id>'   a child that is to come back, by
      '<child id>\n<parent id>\nr'
  KEYS[11] has a field '<parent id>\n<child id>' for each child that is waited for here, '<parent's e>;<version>' of the
  latest message of this child; and a field '<parent id>' while a child has failed or a parent does not wait for those that
  live: '<parent's e>;<how many live>;<fail or continue>\n' and for each failed child '<d dead or g gone><version>;<id>\n'.
  A version grows with each message of a partition, so that one that arrives late is told from a new one.
  KEYS[12] has an entry for each end that no worker had in hand, until the history has been told of it, see report_end. ]]
local JOBS, SCHEDULED, DEAD, META, COMPLETED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local UNIQUE, GROUPS, BACKLOG, CANCELS = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local OUTGOING, AWAITED, UNREPORTED = KEYS[10], KEYS[11], KEYS[12]
local WORKERS, PREFIX, KEEP_DEAD = ARGV[1], ARGV[2], tonumber(ARGV[4])
local INDEXED = string.sub(ARGV[3], -1) == 'i'
local KEEP_ENDED = tonumber(INDEXED and string.sub(ARGV[3], 1, -2) or ARGV[3])
local FIRST_STREAM = INDEXED and 15 or 13
local MOST_IN, PERMIT_MICROS, PERMIT_BURST = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(string.match(ARGV[7], '^%d+'))
local STEP_MS = tonumber(string.match(ARGV[7], '%d+$'))
local SINGLE = ARGV[8]

local time = redis.call('TIME')
local NOW_MICROS = time[1] * 1000000 + time[2]
local NOW = math.floor(NOW_MICROS / 1000)

local function stream(number)
  return KEYS[SINGLE == '' and FIRST_STREAM + number or FIRST_STREAM]
end

local function integer(value)
  return string.format('%.0f', value)
end

local function field(header, name)
  return string.match(header, ';' .. name .. '=([^;]*)')
end

local function put_record(id, state, number, order, header, reason, payload)
  redis.call('HSET', JOBS, id,
    '1' .. state .. ';' .. number .. ';' .. order .. '\n' .. header .. '\n' .. reason .. '\n' .. payload)
end

--- state, stream number, rest of the first line; then header, reason and payload unless the job is in a stream
local function read_record(record)
  local state, number, rest = string.match(record, '^%d(%l);(%d+);(.*)$')
  if not state or state == 'r' then
    return state, number, rest
  end
  local order, header, reason, payload = string.match(rest, '^([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
  return state, number, order, header, reason, payload
end

local function to_stream(id, number, header, payload)
  local entry = redis.call('XADD', stream(number), '*', 'h', header, 'p', payload)
  redis.call('HSET', JOBS, id, '1r;' .. number .. ';' .. entry)
  return entry
end

local function schedule(id, state, number, header, reason, payload, due)
  put_record(id, state, number, '', header, reason, payload)
  redis.call('ZADD', SCHEDULED, integer(due), id)
  -- Whoever maintains the partition sleeps until the first one is due, and looks every second.
  if due - NOW <= 1500 and redis.call('ZRANGE', SCHEDULED, 0, 0)[1] == id then
    redis.pcall('PUBLISH', 'maintenance:due', 'due ' .. SCHEDULED .. ' ' .. integer(math.max(0, due - NOW)))
  end
end

--- how many are let in, when the next permit is due, whether the group is paused
local function group_of(name)
  local about = redis.call('HMGET', GROUPS, name, '\n' .. name)
  local inside, due = string.match(about[1] or '0;0', '^(%d+);(%d+)$')
  return tonumber(inside), tonumber(due), about[2] and tonumber(string.sub(about[2], 3)) > NOW_MICROS
end

local function set_group(name, inside, due)
  if inside <= 0 and due <= NOW_MICROS then
    redis.call('HDEL', GROUPS, name)
  else
    redis.call('HSET', GROUPS, name, math.max(0, inside) .. ';' .. integer(due))
  end
end

local function let_in(name, inside, due, id, number, header, payload)
  if PERMIT_MICROS == 0 then
    set_group(name, inside + 1, due)
    return to_stream(id, number, header, payload)
  end
  -- No further ahead than this limit can be: it may have been another one, and slower, a moment ago.
  due = math.min(math.max(due, NOW_MICROS), NOW_MICROS + PERMIT_MICROS * (PERMIT_BURST + inside))
  local start = due - PERMIT_MICROS * (PERMIT_BURST - 1)
  set_group(name, inside + 1, due + PERMIT_MICROS)
  if start <= NOW_MICROS then
    return to_stream(id, number, header, payload)
  end
  schedule(id, 'h', number, header, '', payload, math.ceil(start / 1000))
  return 'h'
end

--- Lets a job wait behind its group, as one that has waited since then (epoch ms).
local function wait_behind(name, since, id, number, header, reason, payload)
  local turn = redis.call('HINCRBY', META, 'turns', 1)
  local order = string.format('%016.0f%08d', since + (10 - number % 11) * STEP_MS, turn % 100000000)
  put_record(id, 'g', number, order, header, reason, payload)
  redis.call('ZADD', BACKLOG, 0, name .. '\n' .. order .. '\n' .. id)
end

--- Makes a job ready, or lets it wait behind its group. Answers with the entry id, 'h' or 'g'.
local function line_up(id, number, header, payload)
  local name = field(header, 'g')
  if not name then
    return to_stream(id, number, header, payload)
  end
  local inside, due, paused = group_of(name)
  if inside < MOST_IN and not paused then
    return let_in(name, inside, due, id, number, header, payload)
  end
  wait_behind(name, NOW, id, number, header, '', payload)
  return 'g'
end

--- Lets the next ones of a group in, at most so many, where so many are in. Answers whether more could come in.
local function let_next_in(name, most, inside, paused)
  local room = math.min(most, MOST_IN - inside)
  if room <= 0 or paused then return false end
  local members = redis.call('ZRANGEBYLEX', BACKLOG, '[' .. name .. '\n', '(' .. name .. '\11', 'LIMIT', 0, room)
  for _, member in ipairs(members) do
    redis.call('ZREM', BACKLOG, member)
    local id = string.match(member, '^[^\n]*\n[^\n]*\n(.*)$')
    local record = redis.call('HGET', JOBS, id)
    if record then
      local _, number, _, header, _, payload = read_record(record)
      local due
      inside, due = group_of(name)
      let_in(name, inside, due, id, number, header, payload)
    end
  end
  return #members == room and room < MOST_IN - inside
end

--- A job that was let in leaves its group; the next ones of the group may come in.
local function leave_group(header)
  local name = field(header, 'g')
  if not name then return end
  local inside, due, paused = group_of(name)
  inside = math.max(0, inside - 1)
  set_group(name, inside, due)
  -- Two, so that a raised limit is filled up in the end.
  let_next_in(name, 2, inside, paused)
end

--- Frees the job's uniqueness key, unless another job has taken it over meanwhile.
local function free_key(header, id)
  local key = field(header, 'u')
  if key then
    local held = redis.call('HGET', UNIQUE, key)
    if held and string.match(held, '^%d+;(.*)$') == id then
      redis.call('HDEL', UNIQUE, key)
    end
  end
end

--- Keeps packed records of ended jobs, one per line, and drops the oldest beyond the limit.
local function keep_ended(count, lines)
  if count == 0 or KEEP_ENDED == 0 then return end
  local entry = redis.call('XADD', COMPLETED, '*', 'n', count, 'r', lines)
  local kept = redis.call('HINCRBY', META, 'kept', count)
  if INDEXED then
    local places = {}
    for line in string.gmatch(lines, '[^\n]+') do
      places[#places + 1] = string.match(line, '"i":"([^"]*)"')
      places[#places + 1] = entry
    end
    index_ended(META, KEYS[13], KEYS[14], kept, entry, places)
  end
  while kept > KEEP_ENDED do
    local oldest = redis.call('XRANGE', COMPLETED, '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    local size = tonumber(oldest[2][2])
    if kept - size < KEEP_ENDED then break end
    redis.call('XDEL', COMPLETED, oldest[1])
    kept = redis.call('HINCRBY', META, 'kept', -size)
  end
end

--- Tells whoever waits for the job how it ended: c completed, d dead, k cancelled, x expired. Only jobs that keep
--- their result are waited for.
local function tell_end(header, id, state)
  if field(header, 'r') then
    redis.call('PUBLISH', JOBS .. ':ended', state .. id)
  end
end

--- Takes the note that somebody wants a run stopped, and answers with it if it is about this very run. The note is
--- '<asked at ms>;<entry id>': one about an earlier run of the job means nothing any more.
local function called_off(id, entry)
  local note = redis.call('HGET', CANCELS, id)
  if not note then return nil end
  redis.call('HDEL', CANCELS, id)
  return string.match(note, '^%d+;(.*)$') == entry and note or nil
end

--- Where a job is: state (w waiting in a stream, a active, else that of its record), stream number, order, header,
--- reason, payload, entry id. Nothing when it is not here.
local function locate(id)
  local record = redis.call('HGET', JOBS, id)
  local number, entry
  if record then
    local state, at, order, header, reason, payload = read_record(record)
    if state ~= 'r' then
      return state, at, order, header, reason, payload, ''
    end
    number, entry = at, order
  elseif string.sub(id, 1, #PREFIX) == PREFIX then
    number, entry = string.match(string.sub(id, #PREFIX + 1), '^(%d+)~(%d+%-%d+)$')
  end
  if not number or not stream(number) then return nil end
  local found = redis.call('XRANGE', stream(number), entry, entry)[1]
  if not found then return nil end
  local pending = redis.pcall('XPENDING', stream(number), WORKERS, entry, entry, 1)
  local state = not pending.err and pending[1] and 'a' or 'w'
  return state, number, '', found[2][2], '', found[2][4], entry
end

--- What is known of a parent's children beside those it waits for. A field that an earlier job of this id left means nothing.
local function family_of(parent, header)
  local accepted, live, policy, lines =
    string.match(redis.call('HGET', AWAITED, parent) or '', '^(%d+);(%d+);(%l+)\n(.*)$')
  if not accepted or accepted ~= field(header, 'e') then return nil end
  local failed = {}
  for state, version, child in string.gmatch(lines, '(%l)(%d+);([^\n]*)\n') do
    failed[#failed + 1] = { state = state, version = version, id = child }
  end
  return { live = tonumber(live), policy = policy, failed = failed }
end

local function keep_family(parent, header, family)
  if family.live <= 0 and #family.failed == 0 then
    redis.call('HDEL', AWAITED, parent)
    return
  end
  local lines = {}
  for i, child in ipairs(family.failed) do
    lines[i] = child.state .. child.version .. ';' .. child.id .. '\n'
  end
  redis.call('HSET', AWAITED, parent, (field(header, 'e') or '0') .. ';' .. integer(math.max(0, family.live)) .. ';'
    .. family.policy .. '\n' .. table.concat(lines))
end

--- Takes a child from those that failed.
local function take_failed(family, child)
  for i, one in ipairs(family and family.failed or {}) do
    if one.id == child then
      return table.remove(family.failed, i)
    end
  end
end

--- True for a message that was overtaken by a later one of the same child. Version 0: of an older writer, which had none.
local function is_late(version, seen)
  return version > 0 and version <= tonumber(seen or 0)
end

--- Leaves a note of an end that no worker has in hand and could tell of: state as the history words it, why and the
--- worker that had the job last, both may be ''. Whoever maintains the partition takes it to the history. Beyond so many
--- notes ends are counted only: a queue that nobody maintains must not fill Redis.
local MOST_UNREPORTED = 500000
local function report_end(state, id, number, header, entry, why, worker)
  if redis.call('XLEN', UNREPORTED) >= MOST_UNREPORTED then
    redis.call('HINCRBY', META, 'unreported', 1)
    return
  end
  local accepted = field(header, 'e') or string.match(entry, '^%d+') or integer(NOW)
  redis.call('XADD', UNREPORTED, '*', 's', state, 'i', id, 'p', integer(number % 11), 'h', header, 'e', accepted,
    'y', why, 'w', worker)
end

local bury

--- A child that failed came back, and its parent waits for it again unless it has started.
local function child_back(parent, child, version, at, number, order, header, payload, family)
  local failed = take_failed(family, child)
  if not failed or is_late(version, failed.version) then return end
  redis.call('HSET', AWAITED, parent .. '\n' .. child, (field(header, 'e') or '0') .. ';' .. integer(version))
  if at == 'p' then
    local left, policy = string.match(order, '^(%d+);(%l+)$')
    put_record(parent, 'p', number, (left + 1) .. ';' .. policy, header, '', payload)
  else
    family.live = family.live + 1
  end
  keep_family(parent, header, family)
end

--- A child of those that failed is gone for good, or did complete after all.
local function failed_child_ended(parent, child, state, version, header, family)
  local failed = take_failed(family, child)
  if not failed then return end
  if is_late(version, failed.version) then
    family.failed[#family.failed + 1] = failed
  elseif state ~= 'c' then
    family.failed[#family.failed + 1] = { state = state == 'd' and 'd' or 'g', version = integer(version), id = child }
  end
  keep_family(parent, header, family)
end

--- A child ended, state c completed, d dead, else it is gone; or it came back, state a. The last one lets its parent line
--- up; one that failed buries a parent that wants it so.
local function child_ended(parent, child, state, version)
  local awaited = parent .. '\n' .. child
  local seen = redis.call('HGET', AWAITED, awaited)
  if not seen and redis.call('HEXISTS', AWAITED, parent) == 0 then return end
  local at, number, order, header, _, payload = locate(parent)
  if not at then
    redis.call('HDEL', AWAITED, awaited, parent)
    return
  end
  local family = family_of(parent, header)
  if not seen then
    if state == 'a' then
      child_back(parent, child, version, at, number, order, header, payload, family)
    else
      failed_child_ended(parent, child, state, version, header, family)
    end
    return
  end
  local accepted, latest = string.match(seen, '^(%d+);(%d+)$')
  if accepted and accepted ~= field(header, 'e') then
    redis.call('HDEL', AWAITED, awaited)
    return
  end
  if is_late(version, latest) then return end
  if state == 'a' then
    redis.call('HSET', AWAITED, awaited, (field(header, 'e') or '0') .. ';' .. integer(version))
    return
  end
  redis.call('HDEL', AWAITED, awaited)
  local left, policy
  if at == 'p' then
    left, policy = string.match(order, '^(%d+);(%l+)$')
    family = family or { live = 0, policy = policy, failed = {} }
    left = left - 1
  elseif family then
    family.live = family.live - 1
  else
    return
  end
  if state ~= 'c' then
    family.failed[#family.failed + 1] = { state = state == 'd' and 'd' or 'g', version = integer(version), id = child }
  end
  local buried = at == 'p' and state ~= 'c' and policy == 'fail'
  if buried then
    family.live = left
  end
  if state ~= 'c' or at ~= 'p' then
    keep_family(parent, header, family)
  end
  if at ~= 'p' then return end
  if left == 0 or buried then
    redis.call('HINCRBY', META, 'parents', -1)
  end
  if buried then
    local why = 'its child ' .. child .. ' did not complete'
    report_end('dead', parent, number, header, '', why, '')
    bury(parent, number, header, why, payload)
  elseif left == 0 then
    line_up(parent, number, header, payload)
  else
    put_record(parent, 'p', number, left .. ';' .. policy, header, '', payload)
  end
end

local function next_version()
  local version = math.max(NOW_MICROS, tonumber(redis.call('HGET', META, 'told') or 0) + 1)
  redis.call('HSET', META, 'told', integer(version))
  return version
end

--- Tells a parent, here or elsewhere ('<queue>,<partition>,<parent id>'), what became of its child, see child_ended.
local function tell(place, id, state)
  local queue, partition, parent = string.match(place, '^([^,]*),(%d+),(.*)$')
  if not parent then return end
  local version = next_version()
  if queue .. '~' .. partition .. '~' == PREFIX then
    child_ended(parent, id, state, version)
  else
    redis.call('HSET', OUTGOING, id .. '\n' .. parent, '0|' .. (state == 'a' and '2c;' or '1c;') .. queue .. ';'
      .. partition .. ';' .. integer(version) .. '\n' .. parent .. '\n' .. id .. '\n' .. state)
  end
end

local function tell_parent(header, id, state)
  local place = field(header, 'p')
  if place then
    tell(place, id, state)
  end
end

local function tags_of(header)
  local listed, tags = field(header, 'l'), {}
  if not listed then return nil end
  for tag in string.gmatch(listed, '[^,]+') do
    tags[#tags + 1] = tag
  end
  return tags
end

--- Drops a job that will not run (any more), once it is out of its place: state 'k' cancelled or 'x' expired. Of a
--- running job that was cancelled: the note that asked for it, and how it was heeded: 'o' obeyed, 'i' ignored. 'running':
--- 1 where an attempt had started that the header does not count, else 0.
local function record_end(state, id, number, header, entry, why, note, heed, running)
  redis.call('HDEL', JOBS, id)
  redis.call('HDEL', AWAITED, id)
  free_key(header, id)
  tell_parent(header, id, state)
  redis.call('HINCRBY', META, state == 'x' and 'expired' or 'cancelled', 1)
  tell_end(header, id, state)
  local attempts = tonumber(field(header, 'a') or 0) + running
  local accepted = tonumber(field(header, 'e') or string.match(entry, '^%d+') or NOW)
  keep_ended(1, cjson.encode({
    v = 1, st = state, i = id, t = string.match(header, '^%d;([^;]*)'), p = number % 11, a = attempts,
    m = tonumber(field(header, 'm') or 0), s = tonumber(field(header, 's') or 0), e = accepted, f = NOW, y = why,
    ca = note and tonumber(string.match(note, '^%d+')) or nil, ch = note and heed or nil,
    g = field(header, 'g'), n = field(header, 'n'), l = tags_of(header), up = field(header, 'p'), dn = field(header, 'f')
  }))
end

function bury(id, number, header, reason, payload)
  put_record(id, 'd', number, '', header, reason, payload)
  redis.call('ZADD', DEAD, NOW, id)
  free_key(header, id)
  tell_parent(header, id, 'd')
  redis.call('HINCRBY', META, 'buried', 1)
  tell_end(header, id, 'd')
  if KEEP_DEAD >= 0 then
    local surplus = redis.call('ZCARD', DEAD) - KEEP_DEAD
    if surplus > 0 then
      local oldest = redis.call('ZPOPMIN', DEAD, math.min(surplus, 100))
      for i = 1, #oldest, 2 do
        redis.call('HDEL', JOBS, oldest[i])
      end
    end
  end
end

--- Takes a job that is not active out of its place; its record stays for the caller to change or drop.
local function take_out(id, state, number, order, header, entry)
  if state == 'w' then
    redis.call('XDEL', stream(number), entry)
    leave_group(header)
  elseif state == 'g' then
    redis.call('ZREM', BACKLOG, field(header, 'g') .. '\n' .. order .. '\n' .. id)
  elseif state == 'd' then
    redis.call('ZREM', DEAD, id)
  elseif state == 'p' then
    redis.call('HINCRBY', META, 'parents', -1)
  else
    redis.call('ZREM', SCHEDULED, id)
    if state == 'h' then leave_group(header) end
  end
end

--- Who holds a uniqueness key: id and what locate answers. A key counts as taken only while its job lives, whatever
--- its field says: a lost release blocks nobody.
local function holder_of(key)
  local held = redis.call('HGET', UNIQUE, key)
  local till, id = string.match(held or '', '^(%d+);(.*)$')
  if not till or tonumber(till) <= NOW then return nil end
  local state, number, order, header, _, _, entry = locate(id)
  if not state or state == 'd' or field(header, 'u') ~= key then return nil end
  return id, state, number, order, header, entry
end

--- Lets a new job line up now, or at its time ('start' in epoch ms; one that has passed means now).
local function place(id, number, header, payload, start)
  local stamped = field(header, 'e') and header or header .. ';e=' .. integer(NOW)
  if start > NOW then
    schedule(id, 's', number, stamped, '', payload, start)
    return 's'
  end
  return line_up(id, number, stamped, payload)
end

--- Adds the items of a job, '[...]', to those of the one that gathers them, and lets that line up when it is full.
--- limits: 'g<most items>,<most bytes>'. Nothing where they do not fit.
local function join(id, number, header, payload, limits, items)
  local most, bytes = string.match(limits, '^g(%d+),(%d+)$')
  local count = tonumber(field(header, 'c')) + 1
  if count > tonumber(most) or #payload + #items > tonumber(bytes) then return nil end
  local joined = string.sub(payload, 1, -2) .. ',' .. string.sub(items, 2)
  header = string.gsub(header, ';c=%d+', ';c=' .. count)
  put_record(id, 's', number, '', header, '', joined)
  if count == tonumber(most) then
    redis.call('ZREM', SCHEDULED, id)
    line_up(id, number, header, joined)
  end
  return '~', id
end

--- Accepts a job that has an id. Answers as accept-jobs does: what became of it, and the id that stands for it.
--- conflict: '1' replaces a job of its key that has not started, 'g<most>,<bytes>' joins one that gathers, '0' does neither.
local function admit(id, number, start, window, conflict, header, payload)
  local replace = conflict == '1'
  local gathers = string.sub(conflict, 1, 1) == 'g'
  local own = redis.call('HGET', JOBS, id)
  local own_state = own and string.sub(own, 2, 2)
  if own_state and own_state ~= 'd' then
    return '=', id
  end
  local key = field(header, 'u')
  local holder, state, old_number, order, old_header, entry
  if key then
    holder, state, old_number, order, old_header, entry = holder_of(key)
  end
  if holder and gathers then
    if state == 's' then
      local _, at, _, held_header, _, held = locate(holder)
      local answer, joined = join(holder, at, held_header, held, conflict, payload)
      if answer then return answer, joined end
    end
    -- It has begun, or is full: this one gathers from now on.
  elseif holder and not replace then
    return '=', holder
  end
  if own_state == 'd' then
    redis.call('ZREM', DEAD, id)
  end
  local answer
  if holder and not gathers and state ~= 'a' then
    take_out(holder, state, old_number, order, old_header, entry)
    header = string.gsub(header, ';i=[^;]*', ';i=' .. holder)
    id = holder
    place(id, number, header, payload, start)
    answer = '~'
  else
    answer = place(id, number, header, payload, start)
  end
  if key then
    redis.call('HSET', UNIQUE, key, integer(NOW + window) .. ';' .. id)
  end
  return answer, id
end

--- Reads nine arguments of a job from ARGV[at] on, see the jobs that follow in the head of end-jobs, and accepts it here or sends it.
local function send(at)
  local to, id, number, delay, start = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local window, replace, header, payload = ARGV[at + 5], ARGV[at + 6], ARGV[at + 7], ARGV[at + 8]
  start = start > 0 and start or NOW + delay
  if to == '' then
    return admit(id, number, start, window, replace, header, payload)
  end
  redis.call('HSET', OUTGOING, id, '0|1j;' .. to .. ';' .. number .. ';' .. integer(start) .. ';' .. window .. ';' .. replace
    .. '\n' .. header .. '\n' .. payload)
  return '>', id
end

--- Takes the uniqueness key of a job that comes back to life. Answers with the job that has it meanwhile, if one does.
local function take_key_again(header, id, window)
  local key = field(header, 'u')
  -- One that has gathered is full: its key belongs to whoever gathers now.
  if not key or field(header, 'c') then return nil end
  local holder = holder_of(key)
  if holder and holder ~= id then return holder end
  redis.call('HSET', UNIQUE, key, integer(NOW + window) .. ';' .. id)
end

local revive

--- Brings a child back for its parent. One that lives will tell; one that is not here any more cannot complete, unless
--- what it said last is still on its way.
local function bring_child_back(id, parent_place)
  local state, number, _, header, _, payload = locate(id)
  if state == 'd' and not revive(id, number, header, (string.gsub(header, ';[aksxy]=[^;]*', '')), payload, 'retry') then
    tell(parent_place, id, 'd')
  elseif not state then
    local parent = string.match(parent_place, '^[^,]*,%d+,(.*)$')
    if redis.call('HEXISTS', OUTGOING, id .. '\n' .. parent) == 0 then
      tell(parent_place, id, 'g')
    end
  end
end

--- Lets a dead job line up again, with its new header. A parent waits for those of its children that have not completed,
--- and brings the dead ones back, unless they are to be ignored; then it lines up at once and they stay as they are.
--- Answers with what line_up does or 'p'; nil and the id of a child that is gone for good, without which it cannot run.
function revive(id, number, header, renewed, payload, children)
  local family = children ~= 'ignore' and family_of(id, header)
  local back = {}
  for _, child in ipairs(family and family.failed or {}) do
    child.here = string.sub(child.id, 1, #PREFIX) == PREFIX
    if child.state == 'd' and not (child.here and redis.call('HEXISTS', JOBS, child.id) == 0) then
      back[#back + 1] = child
    elseif family.policy == 'fail' then
      return nil, child.id
    end
  end
  redis.call('ZREM', DEAD, id)
  if family then
    redis.call('HDEL', AWAITED, id)
  end
  local place = 'p'
  if family and family.live + #back > 0 then
    put_record(id, 'p', number, integer(family.live + #back) .. ';' .. family.policy, renewed, '', payload)
    redis.call('HINCRBY', META, 'parents', 1)
    for _, child in ipairs(back) do
      redis.call('HSET', AWAITED, id .. '\n' .. child.id, field(header, 'e') .. ';' .. child.version)
    end
  else
    place = line_up(id, number, renewed, payload)
  end
  tell_parent(header, id, 'a')
  local own_place = string.gsub(PREFIX, '^(.*)~(%d+)~$', '%1,%2,') .. id
  for _, child in ipairs(back) do
    local queue, partition = string.match(child.id, '^([^~]*)~(%d+)~')
    if child.here then
      bring_child_back(child.id, own_place)
    else
      redis.call('HSET', OUTGOING, child.id .. '\n' .. id .. '\nr', '0|2r;' .. queue .. ';' .. partition .. ';'
        .. integer(next_version()) .. '\n' .. child.id .. '\n' .. own_place)
    end
  end
  return place
end

--- Takes a job that has not started out of its place and makes it ready. It passes the limits of its group, which
--- counts it all the same.
local function start_now(id, state, number, order, header, payload, new_number, new_header)
  if state == 'h' then
    redis.call('ZREM', SCHEDULED, id)
  else
    take_out(id, state, number, order, header, '')
    local name = field(header, 'g')
    if name then
      local inside, due = group_of(name)
      set_group(name, inside + 1, due)
    end
  end
  return to_stream(id, new_number or number, new_header or header, payload)
end

--- The entry id up to which the jobs of a stream have been claimed: what comes behind it waits.
local function claimed_up_to(number)
  if redis.call('HGET', META, 'paused') == '1' then
    return redis.call('HGET', META, 'cursor:' .. number) or '0-0'
  end
  local groups = redis.pcall('XINFO', 'GROUPS', stream(number))
  for _, group in ipairs(groups.err and {} or groups) do
    local about = {}
    for i = 1, #group, 2 do
      about[group[i]] = group[i + 1]
    end
    if about['name'] == WORKERS then
      return about['last-delivered-id']
    end
  end
  return '0-0'
end
