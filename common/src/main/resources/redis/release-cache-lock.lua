--[[ release-cache-lock: give the right to load an entry back.
  KEYS[1] string  lock
  ARGV[1] token
  returns 1 released | 0 it was another's ]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('UNLINK', KEYS[1])
