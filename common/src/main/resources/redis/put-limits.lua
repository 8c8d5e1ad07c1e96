--[[ put-limits: replace what operators have decided of the queues' limits, unless what is there is as new.
  KEYS[1] hash  overrides by queue, and their version
  ARGV[1] field of the version   ARGV[2] version   ARGV per queue, two each: its name   its override
  returns 1 replaced | 0 what is there is as new ]]
local there = tonumber(redis.call('HGET', KEYS[1], ARGV[1]))
if there and there >= tonumber(ARGV[2]) then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
