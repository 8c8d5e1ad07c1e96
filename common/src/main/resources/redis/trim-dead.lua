--[[ trim-dead: keep the newest dead jobs that fit into so many bytes, one page per call.
  KEYS[1] zset  dead   KEYS[2] hash  job records
  ARGV[1] how many of the newest were weighed before   ARGV[2] their bytes   ARGV[3] bytes that may be kept
  ARGV[4] how many to weigh or drop in this call
  returns {1, weighed, bytes} go on with these | {0, dropped} the limit was met, as many of the oldest as allowed are
    gone: call again with the same | {-1} all fit ]]
local from, bytes, limit, page = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ids = redis.call('ZREVRANGE', KEYS[1], from, from + page - 1)
for i, id in ipairs(ids) do
  bytes = bytes + redis.call('HSTRLEN', KEYS[2], id)
  if bytes > limit then
    local surplus = redis.call('ZCARD', KEYS[1]) - (from + i - 1)
    local oldest = redis.call('ZPOPMIN', KEYS[1], math.min(surplus, page))
    for k = 1, #oldest, 2 do
      redis.call('HDEL', KEYS[2], oldest[k])
    end
    return {0, #oldest / 2}
  end
end
if #ids < page then
  return {-1}
end
return {1, from + #ids, bytes}
