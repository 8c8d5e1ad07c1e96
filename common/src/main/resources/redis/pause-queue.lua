--[[ pause-queue: stop the start of jobs. The read position of each group is saved and moved to the end of all ids, so
  that reads find nothing new and need no gate; running jobs can still be ended.
  KEYS[1] hash  meta   KEYS[2..] streams  ready, by number; the groups exist
  ARGV[1] group
  returns 1 paused | 0 was paused already ]]
if redis.call('HGET', KEYS[1], 'paused') == '1' then
  return 0
end
for k = 2, #KEYS do
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[k])) do
    local about = {}
    for i = 1, #group, 2 do
      about[group[i]] = group[i + 1]
    end
    if about['name'] == ARGV[1] then
      redis.call('HSET', KEYS[1], 'cursor:' .. (k - 2), about['last-delivered-id'])
    end
  end
  redis.call('XGROUP', 'SETID', KEYS[k], ARGV[1], '18446744073709551615-18446744073709551615')
end
redis.call('HSET', KEYS[1], 'paused', '1')
return 1
