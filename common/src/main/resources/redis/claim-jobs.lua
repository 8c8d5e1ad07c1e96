--[[ claim-jobs: claim up to so many jobs, highest priority first, within the rate limit. Only for lines that have a
  limit or jobs of several priorities at once; all others read their streams directly, which is cheaper.
  The limit is kept as the time at which the next permit is due (GCRA), in microseconds of Redis's clock.
  KEYS[1] string  rate limit   KEYS[2..] streams  ready, highest priority first
  ARGV[1] group   ARGV[2] consumer   ARGV[3] how many   ARGV[4] microseconds between permits (0: no limit)   ARGV[5] burst
  returns {wait, ids, jobs}
    wait  ms until the next permit is due when that is why nothing was claimed, else -1
    ids   last id of each stream when nothing waits, in the order of KEYS, to wait for news from there; else empty
    jobs  flat list: position in KEYS, entry id, header, payload ]]
local want, interval, burst = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local due, now = 0, 0
if interval > 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
  due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
  local slack = interval * (burst - 1) - (due - now)
  if slack < 0 then
    return {math.ceil(-slack / 1000), {}, {}}
  end
  want = math.min(want, math.floor(slack / interval) + 1)
end

local jobs, got = {}, 0
for k = 2, #KEYS do
  if got >= want then break end
  local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', want - got, 'STREAMS', KEYS[k], '>')
  if read then
    for _, entry in ipairs(read[1][2]) do
      local fields = entry[2]
      jobs[#jobs + 1] = k
      jobs[#jobs + 1] = entry[1]
      jobs[#jobs + 1] = fields[2]
      jobs[#jobs + 1] = fields[4]
      got = got + 1
    end
  end
end

if got > 0 then
  if interval > 0 then
    local next = due + got * interval
    redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1000)
  end
  return {-1, {}, jobs}
end

local ids = {}
for k = 2, #KEYS do
  local info = redis.call('XINFO', 'STREAM', KEYS[k])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      ids[#ids + 1] = info[i + 1]
    end
  end
end
return {-1, ids, {}}
