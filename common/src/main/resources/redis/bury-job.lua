--[[ bury-job: give a claimed job up. It joins the dead jobs with its reason; the oldest dead beyond the limit go.
  KEYS, ARGV[1..8] see partition
  ARGV[9] entry id   ARGV[10] job id   ARGV[11] number of its stream   ARGV[12] header   ARGV[13] reason, one line
  ARGV[14] payload
  returns 1 done | -1 lease lost ]]
local entry, id, number, header = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local ready = stream(number)
if redis.call('XACK', ready, WORKERS, entry) == 0 then
  return -1
end
redis.call('XDEL', ready, entry)
redis.call('HDEL', CANCELS, id)
bury(id, number, header, ARGV[13], ARGV[14])
redis.call('HINCRBY', META, 'failed', 1)
leave_group(header)
return 1
