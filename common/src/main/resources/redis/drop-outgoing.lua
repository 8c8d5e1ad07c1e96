--[[ drop-outgoing: drop what has arrived where it belongs, unless something newer was left in its place meanwhile.
  KEYS[1] hash  outgoing
  ARGV per piece, two each: field   value, as take-outgoing gave it
  returns how many were dropped ]]
local dropped = 0
for at = 1, #ARGV, 2 do
  local now = redis.call('HGET', KEYS[1], ARGV[at])
  if now and string.match(now, '^%d+|(.*)$') == ARGV[at + 1] then
    dropped = dropped + redis.call('HDEL', KEYS[1], ARGV[at])
  end
end
return dropped
