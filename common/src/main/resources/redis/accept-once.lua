--[[ accept-once: run another script, enqueue-jobs or accept-jobs, for jobs that were never accepted before, and mark
  them as accepted, in one step. A mark
  outlives its job, so that a job that has ended meanwhile is not run again. Does nothing when it comes too late: its
  caller may have been overtaken by another.
  KEYS[1] zset  marks of accepted jobs, by the time of the latest acceptance   KEYS[2..]  those of the other
  ARGV[1] not after (epoch ms)   ARGV[2] how many jobs (1 to 1000)   ARGV[3..] a mark for each job
  ARGV, the rest: those of the other
  returns {-1} too late, nothing done | {0, positions (1..n)} of the jobs accepted before, nothing enqueued
    | {1, the answers of the other} ]]
local function accept(KEYS, ARGV)
-- <script>
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(ARGV[1]) then
  return {-1}
end
local count = tonumber(ARGV[2])
local marks, repeated, again = {}, {}, {}
local scores = redis.call('ZMSCORE', KEYS[1], unpack(ARGV, 3, 2 + count))
local stamp = string.format('%.0f', now)
for i = 1, count do
  marks[#marks + 1] = stamp
  marks[#marks + 1] = ARGV[2 + i]
  if scores[i] then
    repeated[#repeated + 1] = i
    again[#again + 1] = stamp
    again[#again + 1] = ARGV[2 + i]
  end
end
if #repeated > 0 then
  redis.call('ZADD', KEYS[1], unpack(again))
  return {0, repeated}
end

local keys, args = {}, {}
for i = 2, #KEYS do
  keys[i - 1] = KEYS[i]
end
for i = 3 + count, #ARGV do
  args[i - 2 - count] = ARGV[i]
end
local answers = accept(keys, args)
redis.call('ZADD', KEYS[1], unpack(marks))
return {1, answers}
