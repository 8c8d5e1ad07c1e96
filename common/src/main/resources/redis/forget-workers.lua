--[[ forget-workers: drop consumers that hold nothing and have not read for long. One that still holds jobs stays: its
  jobs would be orphaned with it.
  KEYS[1..] streams  ready
  ARGV[1] group   ARGV[2] idle (ms)
  returns how many were dropped; a stream that is not open yet has none ]]
local dropped = 0
for _, stream in ipairs(KEYS) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[1])
  for _, consumer in ipairs(consumers.err and {} or consumers) do
    local about = {}
    for i = 1, #consumer, 2 do
      about[consumer[i]] = consumer[i + 1]
    end
    if about['pending'] == 0 and about['idle'] > tonumber(ARGV[2]) then
      redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], about['name'])
      dropped = dropped + 1
    end
  end
end
return dropped
