--[[ sample-delayed: tell how many jobs of a partition wait for their time or their next attempt, and of some of them, taken
  at random, how many wait for their next attempt.
  KEYS[1] hash  job records   KEYS[2] zset  scheduled
  ARGV[1] how many to look at
  returns {all, looked at, of these retrying} ]]
local ids = redis.call('ZRANDMEMBER', KEYS[2], ARGV[1])
local looked, retrying = 0, 0
for _, id in ipairs(ids) do
  local record = redis.call('HGET', KEYS[1], id)
  if record then
    looked = looked + 1
    if string.sub(record, 2, 2) == 'f' then
      retrying = retrying + 1
    end
  end
end
return {redis.call('ZCARD', KEYS[2]), looked, retrying}
