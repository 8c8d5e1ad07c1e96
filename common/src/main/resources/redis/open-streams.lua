--[[ open-streams: make sure that the ready streams and their consumer group exist. A new group of a paused queue starts
  paused. An index of retained records that nobody keeps up any more goes, so that it is not believed later.
  KEYS[1] hash  meta   KEYS[2..] streams  ready, by number; then, where ARGV[2] is given, KEYS[#KEYS - 1], KEYS[#KEYS] hashes
    index of retained records
  ARGV[1] group   ARGV[2] 1 drop the index
  returns how many groups were made ]]
local paused = redis.call('HGET', KEYS[1], 'paused') == '1'
local made, streams = 0, #KEYS
if ARGV[2] == '1' then
  streams = #KEYS - 2
  if redis.call('UNLINK', KEYS[#KEYS - 1], KEYS[#KEYS]) > 0 then
    redis.call('HDEL', KEYS[1], 'indexed')
  end
end
for k = 2, streams do
  local answer = redis.pcall('XGROUP', 'CREATE', KEYS[k], ARGV[1], '0', 'MKSTREAM')
  if not answer.err then
    made = made + 1
    if paused then
      redis.call('HSET', KEYS[1], 'cursor:' .. (k - 2), '0-0')
      redis.call('XGROUP', 'SETID', KEYS[k], ARGV[1], '18446744073709551615-18446744073709551615')
    end
  elseif not string.find(answer.err, 'BUSYGROUP', 1, true) then
    return redis.error_reply(answer.err)
  end
end
return made
