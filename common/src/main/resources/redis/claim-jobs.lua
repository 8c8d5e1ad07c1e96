--[[ claim-jobs: claim up to so many jobs, highest priority first, within the queue's limits. Only for lines that have a
  limit or jobs of several priorities at once; all others read their streams directly, which is cheaper.
  The rate limit is kept as the time at which the next permit is due (GCRA), in microseconds of Redis's clock.
  KEYS[1] string  rate limit   KEYS[2] stream  news of ended jobs   KEYS[3..] streams  ready: those of the line, highest
    priority first, then those of the other line
  ARGV[1] group   ARGV[2] consumer   ARGV[3] how many   ARGV[4] microseconds between permits (0: no limit)   ARGV[5] burst
  ARGV[6] how many streams the line has   ARGV[7] jobs of the queue that may be active at once (0: no limit)
  ARGV[8] ms after which a ready job goes before those of higher priority (0: do not look this time)
  returns {wait, ids, jobs, filled}
    wait  why nothing was claimed: ms until the next permit is due | -2 as many are active as may be | else -1
    ids   where to wait for news: at -1 the last id of each stream of the line, in the order of KEYS; at -2 the last id of
          KEYS[2]; else empty
    jobs  flat list: position in KEYS, entry id, header, payload
    filled  only at -1 without jobs: 1 where the line holds jobs all the same, running or paused ones ]]
local group, consumer, want = ARGV[1], ARGV[2], tonumber(ARGV[3])
local interval, burst, own = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local most_active, ageing = tonumber(ARGV[7]), tonumber(ARGV[8])
local END_OF_IDS = '18446744073709551615-18446744073709551615'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function about(kind, key, name)
  local info = redis.pcall('XINFO', kind, key)
  if info.err then return {} end
  if kind == 'GROUPS' then
    for _, each in ipairs(info) do
      local facts = {}
      for i = 1, #each, 2 do facts[each[i]] = each[i + 1] end
      if facts['name'] == group then return facts end
    end
    return {}
  end
  local facts = {}
  for i = 1, #info, 2 do facts[info[i]] = info[i + 1] end
  return facts
end

if most_active > 0 then
  local active = 0
  for k = 3, #KEYS do
    if redis.call('XLEN', KEYS[k]) > 0 then
      active = active + (about('GROUPS', KEYS[k])['pending'] or 0)
    end
  end
  want = math.min(want, most_active - active)
  if want <= 0 then
    return {-2, {about('STREAM', KEYS[2])['last-generated-id'] or '0-0'}, {}}
  end
end

local function keep_due(micros)
  redis.call('SET', KEYS[1], string.format('%.0f', micros), 'PX', math.ceil((micros - now) / 1000) + 1000)
end

local due = 0
if interval > 0 then
  due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
  if due > now + interval * burst then
    -- No further ahead than this limit can be: another one, a slower one, has set it.
    due = now + interval * burst
    keep_due(due)
  end
  local slack = interval * (burst - 1) - (due - now)
  if slack < 0 then
    return {math.ceil(-slack / 1000), {}, {}}
  end
  want = math.min(want, math.floor(slack / interval) + 1)
end

local jobs, got = {}, 0
local function take(k, most)
  local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', most, 'STREAMS', KEYS[k], '>')
  if not read then return end
  for _, entry in ipairs(read[1][2]) do
    local fields = entry[2]
    jobs[#jobs + 1] = k
    jobs[#jobs + 1] = entry[1]
    jobs[#jobs + 1] = fields[2]
    jobs[#jobs + 1] = fields[4]
    got = got + 1
  end
end

if ageing > 0 then
  -- The longest waiting first. Half of the slots at most, so that a long line of old jobs cannot keep urgent ones out.
  local old = {}
  for k = 4, 2 + own do
    if redis.call('XLEN', KEYS[k]) > 0 then
      local position = about('GROUPS', KEYS[k])['last-delivered-id']
      if position and position ~= END_OF_IDS then
        local first = redis.call('XRANGE', KEYS[k], '(' .. position, '+', 'COUNT', 1)[1]
        local since = first and tonumber(string.match(first[1], '^%d+'))
        if since and now / 1000 - since > ageing then
          old[#old + 1] = {since, k}
        end
      end
    end
  end
  table.sort(old, function(a, b) return a[1] < b[1] end)
  local share = math.ceil(want / 2)
  for _, line in ipairs(old) do
    if got >= share then break end
    take(line[2], math.max(1, math.floor((share - got) / #old)))
  end
end
for k = 3, 2 + own do
  if got >= want then break end
  take(k, want - got)
end

if got > 0 then
  if interval > 0 then
    keep_due(due + got * interval)
  end
  return {-1, {}, jobs}
end

local ids, filled = {}, 0
for k = 3, 2 + own do
  local facts = about('STREAM', KEYS[k])
  ids[#ids + 1] = facts['last-generated-id'] or '0-0'
  if (facts['length'] or 0) > 0 then filled = 1 end
end
return {-1, ids, {}, filled}
