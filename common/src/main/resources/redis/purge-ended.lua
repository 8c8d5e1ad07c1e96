--[[ purge-ended: forget dead jobs, or the records of ended ones.
  KEYS, ARGV[1..8] see partition
  ARGV[9] 'dead' | 'records'   ARGV[10] at most so many dead jobs; records go all at once, their number is limited
  returns how many are gone; of dead jobs as many as allowed means that there may be more ]]
if ARGV[9] == 'records' then
  local kept = tonumber(redis.call('HGET', META, 'kept') or 0)
  redis.call('UNLINK', COMPLETED)
  if INDEXED then
    redis.call('UNLINK', KEYS[13], KEYS[14])
  end
  redis.call('HDEL', META, 'kept', 'indexed')
  return kept
end
local oldest = redis.call('ZPOPMIN', DEAD, ARGV[10])
for i = 1, #oldest, 2 do
  redis.call('HDEL', JOBS, oldest[i])
end
return #oldest / 2
