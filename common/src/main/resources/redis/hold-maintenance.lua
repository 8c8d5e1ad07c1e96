--[[ hold-maintenance: take or renew the lease of who maintains which partitions. It keeps many from doing the same work;
  nothing goes wrong where two believe to have it.
  KEYS[1] hash  by partition: '1;<until, epoch ms>;<owner>'
  ARGV[1] owner   ARGV[2] lease (ms)   ARGV[3..] partitions
  returns per partition, two each: ms until the lease of another ends (0: it is ours)   its owner ]]
local owner, lease = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names = {}
for i = 3, #ARGV do names[#names + 1] = ARGV[i] end
local until_then = '1;' .. string.format('%.0f', now + lease) .. ';' .. owner
local ours, answer = {}, {}
for i, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do
  local till, holder = string.match(value or '', '^%d+;(%d+);(.*)$')
  -- A clock that went back leaves no lease longer than any can be.
  local left = till and math.min(tonumber(till) - now, lease) or 0
  if holder == owner or left <= 0 then
    ours[#ours + 1] = names[i]
    ours[#ours + 1] = until_then
    answer[#answer + 1] = 0
    answer[#answer + 1] = owner
  else
    answer[#answer + 1] = left
    answer[#answer + 1] = holder
  end
end
if #ours > 0 then
  local noted = redis.pcall('HSET', KEYS[1], unpack(ours))
  if type(noted) == 'table' and noted.err then
    -- A full Redis: what is renewed takes no more than before, so that it may go first.
    for i = 1, #ours, 2 do redis.call('HDEL', KEYS[1], ours[i]) end
    redis.call('HSET', KEYS[1], unpack(ours))
  end
  redis.pcall('PUBLISH', 'maintenance:beat', 'beat ' .. owner)
end
return answer
