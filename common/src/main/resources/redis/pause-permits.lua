--[[ pause-permits: give no permit of a rate limit for a while. A longer pause that is in force stays.
  KEYS[1] string  time at which the next permit is due, see take-permit
  ARGV[1] microseconds between permits   ARGV[2] burst   ARGV[3] for so long (ms)
  returns 1 ]]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
-- A permit is given when the next one is due within burst - 1 intervals.
local due = now + tonumber(ARGV[3]) * 1000 + interval * (burst - 1)
if due > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000) + 1000)
end
return 1
