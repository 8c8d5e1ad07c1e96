--[[ end-jobs: end claimed jobs whose ends have to do more than remove them: free a uniqueness key, let the next of a
  group in, keep a result, tell a parent, enqueue what follows; also drop claimed jobs that expired or were cancelled.
  Each job stands for itself: where a lease was lost the others end all the same.
  KEYS, ARGV[1..8] see partition, then one key per job: hash  what the job said
  ARGV[9] number of jobs
  ARGV per job, nine each and nine more per job that follows:
    entry id   job id   number of its stream   'c' completed | 'x' expired | 'k' cancelled, its handler stopped |
    'i' cancelled, its handler had to be cut off
    header   completed: its packed record ('' none); else why it was dropped
    how long the result, or why there is none, is kept (ms, 0: not at all)   result ('' none)
    number of jobs that follow; of each: '' for this partition, else '<queue>;<partition>'; then as in accept-jobs
  returns positions (1..n) of the jobs whose lease was lost ]]
local jobs = tonumber(ARGV[9])
local lost, completed, records = {}, 0, {}

local function keep_said(said, id, state, header, ms, reason, result)
  redis.call('HDEL', said, 'result', 'reason')
  redis.call('HSET', said, 'state', state == 'i' and 'k' or state, 'type', string.match(header, '^%d;([^;]*)'),
    'ended', integer(NOW), 'until', integer(NOW + ms))
  if state ~= 'c' then
    redis.call('HSET', said, 'reason', reason)
  elseif result ~= '' then
    redis.call('HSET', said, 'result', result)
  end
  -- Progress may have to stay longer; 'until' still ends the result's time.
  if redis.call('PTTL', said) < ms then
    redis.call('PEXPIRE', said, ms)
  end
end

--- Ends the job whose arguments begin at ARGV[at]; false when its lease was lost.
local function end_job(at, said, follow)
  local entry, id, number, state, header = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local record_or_why, ms = ARGV[at + 5], tonumber(ARGV[at + 6])
  local ready = stream(number)
  if redis.call('XACK', ready, WORKERS, entry) == 0 then
    return false
  end
  redis.call('XDEL', ready, entry)
  local note = called_off(id, entry)
  if state == 'c' then
    redis.call('HDEL', JOBS, id)
    free_key(header, id)
    tell_parent(header, id, 'c')
    completed = completed + 1
    if record_or_why ~= '' then
      records[#records + 1] = record_or_why
    end
    tell_end(header, id, state)
  else
    record_end(state == 'x' and 'x' or 'k', id, number, header, entry, record_or_why, note, state == 'i' and 'i' or 'o',
      state == 'x' and 0 or 1)
  end
  if ms > 0 then
    keep_said(said, id, state, header, ms, record_or_why, ARGV[at + 7])
  end
  leave_group(header)
  for next = at + 9, at + 9 * follow, 9 do
    send(next)
  end
  return true
end

local at = 10
for i = 1, jobs do
  local follow = tonumber(ARGV[at + 8])
  if not end_job(at, KEYS[#KEYS - jobs + i], follow) then
    lost[#lost + 1] = i
  end
  at = at + 9 + 9 * follow
end
if completed > 0 then
  redis.call('HINCRBY', META, 'completed', completed)
  keep_ended(#records, table.concat(records, '\n'))
end
return lost
