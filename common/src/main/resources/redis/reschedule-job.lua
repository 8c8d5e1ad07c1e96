--[[ reschedule-job: end a claimed attempt and run the job again later: a retry, or a snooze that uses no attempt up.
  KEYS[1] stream  ready   KEYS[2] hash  job records   KEYS[3] zset  scheduled   KEYS[4] hash  meta
  ARGV[1] group   ARGV[2] entry id   ARGV[3] job id   ARGV[4] delay (ms)   ARGV[5] 'f' retry | 's' snooze
  ARGV[6] number of its stream   ARGV[7] header   ARGV[8] reason, one line   ARGV[9] payload
  returns 1 done | -1 lease lost ]]
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return -1
end
redis.call('XDEL', KEYS[1], ARGV[2])
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[4]
local record = '1' .. ARGV[5] .. ';' .. ARGV[6] .. ';\n' .. ARGV[7] .. '\n' .. ARGV[8] .. '\n' .. ARGV[9]
redis.call('HSET', KEYS[2], ARGV[3], record)
redis.call('ZADD', KEYS[3], due, ARGV[3])
redis.call('HINCRBY', KEYS[4], ARGV[5] == 'f' and 'failed' or 'snoozed', 1)
return 1
