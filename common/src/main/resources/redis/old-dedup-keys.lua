--[[ old-dedup-keys: list dedup keys of enqueue-once that have not been renewed for a while, oldest first.
  KEYS[1] zset  dedup keys
  ARGV[1] age (ms)   ARGV[2] at most so many
  returns the dedup keys ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[1]), 'BYSCORE', 'LIMIT', 0, ARGV[2])
