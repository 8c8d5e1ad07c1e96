--[[ trim-completed: keep the newest records of ended jobs that fit into so many bytes. There are as many as the queue
  keeps by count, a few of them in each entry, so that one call looks at all.
  KEYS[1] stream  completed   KEYS[2] hash  meta
  ARGV[1] bytes that may be kept
  returns how many records were dropped ]]
local bytes, dropped, gone = 0, 0, {}
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-')) do
  bytes = bytes + #entry[2][4]
  if bytes > tonumber(ARGV[1]) then
    dropped = dropped + tonumber(entry[2][2])
    gone[#gone + 1] = entry[1]
  end
end
for _, id in ipairs(gone) do
  redis.call('XDEL', KEYS[1], id)
end
if dropped > 0 then
  redis.call('HINCRBY', KEYS[2], 'kept', -dropped)
end
return dropped
