--[[ fill-cache: store what was loaded, unless the entry was changed or invalidated meanwhile: that took the lock away.
  KEYS[1] string  the entry   KEYS[2] string  lock
  ARGV[1] token   ARGV[2] value   ARGV[3] lifetime (ms)
  returns 1 stored | 0 refused ]]
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('UNLINK', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
