--[[ why-waiting: what stands between a job and its start, as far as its partition knows.
  KEYS, ARGV[1..8] see partition; last of KEYS string  rate limit of the queue
  ARGV[9] job id   ARGV[10] how many streams there are   ARGV[11] number of its lane's first stream
  ARGV[12] how many jobs of its own stream to count   ARGV[13] how many of its group to name
  returns {} not here | {state, see find-job, due (epoch ms, '' none), epoch ms, paused 0|1, active jobs of the partition,
      epoch ms from which a permit of the queue's rate limit is due (0 at once), jobs of its group that are let in,
      epoch ms from which its group may start one (0 at once), jobs of its group before it, ids of the first of these,
      jobs before it in its lane, 1 there may be more of these | 0, children it waits for} ]]
local id, streams, first = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])
local most, named = tonumber(ARGV[12]), tonumber(ARGV[13])
local PRIORITIES = 11
local state, number, order, header, _, _, entry = locate(id)
if not state then return {} end
number = tonumber(number)

local function waiting_in(n)
  local length = redis.call('XLEN', stream(n))
  if length == 0 then return 0, 0 end
  local groups = redis.pcall('XINFO', 'GROUPS', stream(n))
  for _, group in ipairs(groups.err and {} or groups) do
    local about = {}
    for i = 1, #group, 2 do
      about[group[i]] = group[i + 1]
    end
    if about['name'] == WORKERS then
      return length - about['pending'], about['pending']
    end
  end
  return length, 0
end

local active, ahead = 0, 0
for n = 0, streams - 1 do
  local waits, runs = waiting_in(n)
  active = active + runs
  if n > number and n < first + PRIORITIES then
    ahead = ahead + waits
  end
end

local more, counted = 0, 0
if state == 'w' then
  local from = '(' .. claimed_up_to(number)
  while counted < most do
    local found = redis.call('XRANGE', stream(number), from, '(' .. entry, 'COUNT', 25)
    counted = counted + #found
    if #found < 25 then break end
    from = '(' .. found[#found][1]
    if counted >= most then more = 1 end
  end
  ahead = ahead + counted
end

local group, inside, group_due, before, names = field(header, 'g'), 0, 0, 0, {}
if group then
  local due
  inside, due = group_of(group)
  if PERMIT_MICROS > 0 then
    group_due = math.ceil((due - PERMIT_MICROS * (PERMIT_BURST - 1)) / 1000)
  end
  if state == 'g' then
    local last = '(' .. group .. '\n' .. order .. '\n' .. id
    before = redis.call('ZLEXCOUNT', BACKLOG, '[' .. group .. '\n', last)
    for _, member in ipairs(redis.call('ZRANGEBYLEX', BACKLOG, '[' .. group .. '\n', last, 'LIMIT', 0, named)) do
      names[#names + 1] = string.match(member, '^[^\n]*\n[^\n]*\n(.*)$')
    end
  end
end

local children = state == 'p' and tonumber(string.match(order, '^%d+')) or 0
local due = (state == 's' or state == 'f' or state == 'h') and redis.call('ZSCORE', SCHEDULED, id) or ''
local rate = math.floor(tonumber(redis.call('GET', KEYS[#KEYS]) or 0) / 1000)
return {state, due or '', integer(NOW), redis.call('HGET', META, 'paused') == '1' and 1 or 0, active, integer(rate), inside,
  integer(math.max(0, group_due)), before, names, ahead, more, children}
