--[[ lift-group-pause: end the pause of a group. Whoever maintains the partition lets its jobs in.
  KEYS, ARGV[1..8] see partition; last of KEYS zset  paused groups
  ARGV[9] group
  returns 1 lifted | 0 it was not paused ]]
local pauses, name = KEYS[#KEYS], ARGV[9]
local till = tonumber(redis.call('ZSCORE', pauses, name) or 0)
redis.call('HDEL', GROUPS, '\n' .. name)
if till <= NOW then
  return 0
end
redis.call('ZADD', pauses, integer(NOW), name)
tell_due(0)
return 1
