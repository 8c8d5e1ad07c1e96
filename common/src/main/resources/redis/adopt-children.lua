--[[ adopt-children: accept a parent that waits for its children, and them, in one step. Children of other partitions are
  carried there afterwards.
  KEYS, ARGV[1..8] see partition
  ARGV[9] parent's id   ARGV[10] number of its stream   ARGV[11] 'fail' | 'continue' when a child fails
  ARGV[12] header   ARGV[13] payload
  ARGV[14..] per child, nine each: '' for this partition, else '<queue>;<partition>'; then as in accept-jobs
  returns 1 accepted | 0 the parent's id is live, nothing added ]]
local id = ARGV[9]
local own = redis.call('HGET', JOBS, id)
if own and string.sub(own, 2, 2) ~= 'd' then
  return 0
end
if own then
  redis.call('ZREM', DEAD, id)
end
local children = (#ARGV - 13) / 9
put_record(id, 'p', ARGV[10], children .. ';' .. ARGV[11], ARGV[12] .. ';e=' .. integer(NOW), '', ARGV[13])
redis.call('HINCRBY', META, 'parents', 1)
-- Not before: a full Redis looks at the first write of a script alone, and lets those pass that free memory.
redis.call('HDEL', AWAITED, id)
for at = 14, #ARGV, 9 do
  redis.call('HSET', AWAITED, id .. '\n' .. ARGV[at + 1], integer(NOW) .. ';0')
end
for at = 14, #ARGV, 9 do
  send(at)
end
return 1
