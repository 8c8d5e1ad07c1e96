--[[ take-permit: take one permit of a rate limit if one is due (GCRA, in microseconds of Redis's clock).
  KEYS[1] string  time at which the next permit is due
  ARGV[1] microseconds between permits   ARGV[2] burst
  returns {0 taken | ms until one is due, permits left, ms until all of the burst are there again} ]]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local slack = interval * (burst - 1) - (due - now)
if slack < 0 then
  return {math.ceil(-slack / 1000), 0, math.ceil((due - now) / 1000)}
end
local next = due + interval
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1000)
return {0, math.floor(slack / interval), math.ceil((next - now) / 1000)}
