--[[ enqueue-once: run another script that accepts jobs (enqueue-jobs, accept-jobs, adopt-children) unless a dedup key says
  that this was done before, and note the dedup keys, in one step. A dedup key outlives its jobs, so that a job that has
  ended meanwhile is not run again. Does nothing when it comes too late: its caller may have been overtaken by another.
  KEYS[1] zset  dedup keys, by the time they were accepted (epoch ms)
  KEYS[2] string, expires  answers that a repetition cannot derive (only where ARGV[3] is 1)
  KEYS, the rest: those of the other
  ARGV[1] not after (epoch ms, 0: no limit)
  ARGV[2] how long dedup keys are remembered (ms); 0: until the caller forgets them, counted from the latest repetition
  ARGV[3] 1 keep the answers where jobs were not added as asked, else 0
  ARGV[4] how many dedup keys (1 to 1000)   ARGV[5..] the dedup keys
  ARGV, the rest: those of the other
  returns {-1} too late, nothing done
    | {0, positions (1..n) of the dedup keys that are remembered, the answers kept, one a line ('': as asked)}, nothing done
    | {1, the answers of the other} ]]
local function accept(KEYS, ARGV)
-- <script>
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if tonumber(ARGV[1]) > 0 and now > tonumber(ARGV[1]) then
  return {-1}
end
local retention, keeps, count = tonumber(ARGV[2]), ARGV[3] == '1', tonumber(ARGV[4])
local stamp = string.format('%.0f', now)
local added, repeated, again = {}, {}, {}
local scores = redis.call('ZMSCORE', KEYS[1], unpack(ARGV, 5, 4 + count))
for i = 1, count do
  added[#added + 1] = stamp
  added[#added + 1] = ARGV[4 + i]
  if scores[i] and (retention == 0 or tonumber(scores[i]) >= now - retention) then
    repeated[#repeated + 1] = i
    again[#again + 1] = stamp
    again[#again + 1] = ARGV[4 + i]
  end
end
if #repeated > 0 then
  if retention == 0 then
    redis.call('ZADD', KEYS[1], unpack(again))
  end
  return {0, repeated, keeps and redis.call('GET', KEYS[2]) or ''}
end

local keys, args = {}, {}
for i = keeps and 3 or 2, #KEYS do
  keys[#keys + 1] = KEYS[i]
end
for i = 5 + count, #ARGV do
  args[#args + 1] = ARGV[i]
end
local answers = accept(keys, args)
redis.call('ZADD', KEYS[1], unpack(added))
if retention > 0 then
  -- Not before: a full Redis looks at the first write of a script alone, and lets those pass that free memory. A few more
  -- than come in, so that those of a busy day do not hold the queue up all at once.
  local gone = redis.call('ZRANGE', KEYS[1], '-inf', string.format('(%.0f', now - retention), 'BYSCORE', 'LIMIT', 0,
    count + 100)
  if #gone > 0 then
    redis.call('ZREM', KEYS[1], unpack(gone))
  end
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', retention))
end
if keeps then
  local lines, asked = answers, true
  if type(answers) == 'table' then
    for i = 1, #answers do
      asked = asked and answers[i] ~= '=' and answers[i] ~= '~'
    end
    lines = table.concat(answers, '\n')
  else
    asked = answers == 1
  end
  if not asked then
    redis.call('SET', KEYS[2], lines, 'PX', string.format('%.0f', retention))
  end
end
return {1, answers}
