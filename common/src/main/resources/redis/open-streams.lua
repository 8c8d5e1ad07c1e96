--[[ open-streams: make sure that the ready streams and their consumer group exist. A new group of a paused queue starts
  paused.
  KEYS[1] hash  meta   KEYS[2..] streams  ready, by number
  ARGV[1] group
  returns how many groups were made ]]
local paused = redis.call('HGET', KEYS[1], 'paused') == '1'
local made = 0
for k = 2, #KEYS do
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
