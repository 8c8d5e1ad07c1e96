--[[ take-outgoing: take what has to reach other partitions. It stays until it is dropped by its carrier, so that nothing
  is lost on the way; another carrier gets it when the first does not come back in time.
  KEYS[1] hash  outgoing
  ARGV[1] at most so many   ARGV[2] how long a carrier may take (ms)
  returns a flat list: field, value ]]
if redis.call('HLEN', KEYS[1]) == 0 then
  return {}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local some, taken = redis.call('HRANDFIELD', KEYS[1], ARGV[1], 'WITHVALUES'), {}
for i = 1, #some, 2 do
  local since, value = string.match(some[i + 1], '^(%d+)|(.*)$')
  if since and now - since > tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[1], some[i], string.format('%.0f', now) .. '|' .. value)
    taken[#taken + 1] = some[i]
    taken[#taken + 1] = value
  end
end
return taken
