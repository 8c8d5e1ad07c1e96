--[[ drop-stale-key: delete a key that will never expire and that nobody has touched for a while. Looks and deletes in one
  step: a key that gets an expiry meanwhile stays.
  KEYS[1] any key
  ARGV[1] idle (s)
  returns 1 deleted | 0 it expires, is gone or is in use ]]
if redis.call('TTL', KEYS[1]) ~= -1 then
  return 0
end
if redis.call('OBJECT', 'IDLETIME', KEYS[1]) < tonumber(ARGV[1]) then
  return 0
end
return redis.call('UNLINK', KEYS[1])
