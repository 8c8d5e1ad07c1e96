--[[ drop-dead: drop dead jobs that ended longer ago than some age, oldest first.
  KEYS[1] zset  dead   KEYS[2] hash  job records
  ARGV[1] age (ms)   ARGV[2] how many at most
  returns how many were dropped ]]
local time = redis.call('TIME')
local before = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', before), 'LIMIT', 0, ARGV[2])
for _, id in ipairs(old) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
return #old
