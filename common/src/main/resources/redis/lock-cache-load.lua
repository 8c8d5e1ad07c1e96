--[[ lock-cache-load: take the right to load an entry of a cache, unless it is there or being loaded.
  KEYS[1] string  the entry   KEYS[2] string  lock: token of whoever loads it
  ARGV[1] token   ARGV[2] for so long (ms)
  returns {1} locked | {2, value} it is there | {0, ms} another loads it, for so long at most ]]
local value = redis.call('GET', KEYS[1])
if value then
  return {2, value}
end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {1}
end
return {0, redis.call('PTTL', KEYS[2])}
