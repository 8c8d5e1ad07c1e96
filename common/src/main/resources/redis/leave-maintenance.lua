--[[ leave-maintenance: give leases up, so that others need not wait for their end.
  KEYS[1] hash  see hold-maintenance
  ARGV[1] owner   ARGV[2..] partitions
  returns how many were given up ]]
local left = 0
for i = 2, #ARGV do
  if string.match(redis.call('HGET', KEYS[1], ARGV[i]) or '', '^%d+;%d+;(.*)$') == ARGV[1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
    left = left + 1
  end
end
redis.pcall('PUBLISH', 'maintenance:beat', 'gone ' .. ARGV[1])
return left
