--[[ bury-job: give a claimed job up. It joins the dead jobs with its reason; the oldest dead beyond the limit go.
  KEYS[1] stream  ready   KEYS[2] hash  job records   KEYS[3] zset  dead   KEYS[4] hash  meta
  ARGV[1] group   ARGV[2] entry id   ARGV[3] job id   ARGV[4] how many dead jobs are kept (-1: all)
  ARGV[5] number of its stream   ARGV[6] header   ARGV[7] reason, one line   ARGV[8] payload
  returns 1 done | -1 lease lost ]]
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return -1
end
redis.call('XDEL', KEYS[1], ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = '1d;' .. ARGV[5] .. ';\n' .. ARGV[6] .. '\n' .. ARGV[7] .. '\n' .. ARGV[8]
redis.call('HSET', KEYS[2], ARGV[3], record)
redis.call('ZADD', KEYS[3], now, ARGV[3])
redis.call('HINCRBY', KEYS[4], 'failed', 1)
redis.call('HINCRBY', KEYS[4], 'buried', 1)
local keep = tonumber(ARGV[4])
if keep >= 0 then
  local surplus = redis.call('ZCARD', KEYS[3]) - keep
  if surplus > 0 then
    local oldest = redis.call('ZPOPMIN', KEYS[3], math.min(surplus, 100))
    for i = 1, #oldest, 2 do
      redis.call('HDEL', KEYS[2], oldest[i])
    end
  end
end
return 1
