--[[ resume-queue: undo pause-queue. Readers that are blocked are woken by an entry that is gone before they read.
  KEYS[1] hash  meta   KEYS[2..] streams  ready, by number; the groups exist
  ARGV[1] group
  returns 1 resumed | 0 was not paused ]]
if redis.call('HGET', KEYS[1], 'paused') ~= '1' then
  return 0
end
for k = 2, #KEYS do
  local field = 'cursor:' .. (k - 2)
  redis.call('XGROUP', 'SETID', KEYS[k], ARGV[1], redis.call('HGET', KEYS[1], field) or '0-0')
  redis.call('HDEL', KEYS[1], field)
  if redis.call('XLEN', KEYS[k]) > 0 then
    local woken = redis.pcall('XADD', KEYS[k], '*', 'h', '', 'p', '')
    if type(woken) == 'string' then
      redis.call('XDEL', KEYS[k], woken)
    end
  end
end
redis.call('HDEL', KEYS[1], 'paused')
return 1
