--[[ queue-status: count a partition's jobs by state.
  KEYS[1] hash  meta   KEYS[2] zset  scheduled   KEYS[3] zset  dead   KEYS[4] zset  backlog
  KEYS[5] string  rate limit   KEYS[6..] streams  ready, by number
  ARGV[1] group   ARGV[2] microseconds between permits (0: no limit)   ARGV[3] burst
  returns {waiting, active, scheduled, completed, failed, dead, ms the oldest ready job has waited, paused 0|1,
    expired, cancelled, waiting behind their group (they count as waiting, too), waiting for their children, ms until a permit is due} ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local paused = redis.call('HGET', KEYS[1], 'paused') == '1'
local backlog = redis.call('ZCARD', KEYS[4])
local waiting, active, oldest = backlog, 0, now
for k = 6, #KEYS do
  local length = redis.call('XLEN', KEYS[k])
  if length > 0 then
    local pending, position = 0, '0-0'
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[k])) do
      local about = {}
      for i = 1, #group, 2 do
        about[group[i]] = group[i + 1]
      end
      if about['name'] == ARGV[1] then
        pending, position = about['pending'], about['last-delivered-id']
      end
    end
    active = active + pending
    waiting = waiting + length - pending
    if length > pending then
      if paused then
        position = redis.call('HGET', KEYS[1], 'cursor:' .. (k - 6)) or '0-0'
      end
      local first = redis.call('XRANGE', KEYS[k], '(' .. position, '+', 'COUNT', 1)[1]
      if first then
        oldest = math.min(oldest, tonumber(string.match(first[1], '^%d+')))
      end
    end
  end
end
-- See claim-jobs.
local permit_due, interval = 0, tonumber(ARGV[2])
if interval > 0 then
  local ahead = (tonumber(redis.call('GET', KEYS[5]) or 0)) - (time[1] * 1000000 + time[2])
  permit_due = math.max(0, math.ceil((math.min(ahead, interval * ARGV[3]) - interval * (ARGV[3] - 1)) / 1000))
end
local counters = redis.call('HMGET', KEYS[1], 'completed', 'failed', 'expired', 'cancelled', 'parents')
return {
  waiting, active, redis.call('ZCARD', KEYS[2]), tonumber(counters[1] or 0), tonumber(counters[2] or 0),
  redis.call('ZCARD', KEYS[3]), math.max(0, now - oldest), paused and 1 or 0, tonumber(counters[3] or 0),
  tonumber(counters[4] or 0), backlog, tonumber(counters[5] or 0), permit_due
}
