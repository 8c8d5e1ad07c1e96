--[[ beat-worker: note that a worker process lives, how it is and what it has done, and tell it what it is to do.
  KEYS[1] zset  workers by their latest heartbeat   KEYS[2] hash  this worker   KEYS[3] hash  figures of the present step
  ARGV[1] id   ARGV[2] state   ARGV[3] profile ('' where it was sent before)   ARGV[4] 1: the first heartbeat of the process
  ARGV[5] ms that a silent worker is kept   ARGV[6] ms that figures are kept   ARGV[7..] pairs: a figure and what to add to it
  returns {epoch ms, the order in force ('' none), 1 the profile is needed | 0} ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[4] == '1' then
  redis.call('HDEL', KEYS[2], 'order')
end
redis.call('HSET', KEYS[2], 'state', ARGV[2], 'seen', string.format('%.0f', now))
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[2], 'profile', ARGV[3])
end
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
for i = 7, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1])
end
if #ARGV > 6 then
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
local known = redis.call('HMGET', KEYS[2], 'order', 'profile')
return {now, known[1] or '', known[2] and 0 or 1}
