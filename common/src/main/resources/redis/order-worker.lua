--[[ order-worker: tell a worker what it is to do. It hears of it with its next heartbeat.
  KEYS[1] zset  workers by their latest heartbeat   KEYS[2] hash  this worker
  ARGV[1] id   ARGV[2] order   ARGV[3] ms of silence after which it is lost
  returns 1 it will hear | 0 it is lost or unknown ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local seen = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
if now - seen > tonumber(ARGV[3]) or redis.call('EXISTS', KEYS[2]) == 0 then
  return 0
end
redis.call('HSET', KEYS[2], 'order', ARGV[2])
return 1
