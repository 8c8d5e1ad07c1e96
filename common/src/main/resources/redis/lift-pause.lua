--[[ lift-pause: end a pause of a rate limit. The limit itself holds: it is as if all permits had just been taken.
  KEYS[1] string  time at which the next permit is due, see take-permit
  ARGV[1] microseconds between permits   ARGV[2] burst
  returns 1 lifted | 0 there was no pause ]]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local latest = now + interval * burst
if tonumber(redis.call('GET', KEYS[1]) or 0) <= latest then
  return 0
end
redis.call('SET', KEYS[1], string.format('%.0f', latest), 'PX', math.ceil((latest - now) / 1000) + 1000)
return 1
