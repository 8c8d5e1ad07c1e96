--[[ look-at-permits: tell how many permits of a rate limit could be taken now, without taking any.
  KEYS[1] string  time at which the next permit is due, see take-permit
  ARGV[1] microseconds between permits   ARGV[2] burst
  returns {permits, ms until one is due} ]]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local slack = interval * (burst - 1) - (due - now)
if slack < 0 then
  return {0, math.ceil(-slack / 1000)}
end
return {math.floor(slack / interval) + 1, 0}
