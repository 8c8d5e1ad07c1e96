--[[ enqueue-once: enqueue jobs whose ids are not accepted again for a while, even after their job has ended. All or none:
  where some ids are remembered, nothing is added, and the answer names them.
  KEYS[1] zset  remembered ids, by the time they were accepted (epoch ms)   KEYS[2..]  as enqueue-jobs takes them
  ARGV[1] how long ids are remembered (ms)   ARGV[2] how many   ARGV[3..] the ids, then as enqueue-jobs takes them
  returns what enqueue-jobs does | {'!', positions (1..n) of remembered ids} ]]
local function enqueue_jobs(KEYS, ARGV)
-- <script>
end

local memory, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local refused = {'!'}
for i = 1, count do
  local accepted = redis.call('ZSCORE', KEYS[1], ARGV[2 + i])
  if accepted and tonumber(accepted) >= now - memory then
    refused[#refused + 1] = i
  end
end
if #refused > 1 then
  return refused
end

local keys, args = {}, {}
for i = 2, #KEYS do
  keys[i - 1] = KEYS[i]
end
for i = count + 3, #ARGV do
  args[i - count - 2] = ARGV[i]
end
local answers = enqueue_jobs(keys, args)
for i = 1, count do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[2 + i])
end
-- Not before: a full Redis looks at the first write of a script alone, and lets those pass that free memory.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - memory))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', memory))
return answers
