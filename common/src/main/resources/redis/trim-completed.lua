--[[ trim-completed: keep the newest records of ended jobs that fit into so many bytes, one page per call.
  KEYS[1] stream  completed   KEYS[2] hash  meta   KEYS[3] hash  index   KEYS[4] hash  index before, see parts/retained
  ARGV[1] '+' at first | entry id: weigh what is older   ARGV[2] bytes of what was weighed before   ARGV[3] bytes that may be kept
  ARGV[4] how many entries to weigh or drop in this call
  returns {1, entry id, bytes} go on with these | {0, records dropped} the limit was met, as many of the oldest entries as
    allowed are gone: call again with the same | {-1} all fit ]]
local from, bytes, limit, page = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local entries = redis.call('XREVRANGE', KEYS[1], from == '+' and '+' or '(' .. from, '-', 'COUNT', page)
for _, entry in ipairs(entries) do
  bytes = bytes + #entry[2][4]
  if bytes > limit then
    local dropped = 0
    for _, oldest in ipairs(redis.call('XRANGE', KEYS[1], '-', entry[1], 'COUNT', page)) do
      dropped = dropped + tonumber(oldest[2][2])
      redis.call('XDEL', KEYS[1], oldest[1])
    end
    redis.call('HINCRBY', KEYS[2], 'kept', -dropped)
    if redis.call('XLEN', KEYS[1]) == 0 then
      redis.call('UNLINK', KEYS[3], KEYS[4])
      redis.call('HDEL', KEYS[2], 'indexed')
    end
    return {0, dropped}
  end
end
if #entries < page then
  return {-1}
end
return {1, entries[page][1], bytes}
