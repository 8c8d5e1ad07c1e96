--[[ end-job: end a claimed job whose end has to do more than remove it: free its uniqueness key, let the next of its
  group in, keep its result, tell its parent, enqueue what follows it; also drop a claimed job that expired or was
  cancelled.
  KEYS, ARGV[1..8] see partition, then one key more: hash  what the job said, last of KEYS
  ARGV[9] entry id   ARGV[10] job id   ARGV[11] number of its stream   ARGV[12] 'c' completed | 'x' expired |
    'k' cancelled, its handler stopped | 'i' cancelled, its handler had to be cut off
  ARGV[13] header   ARGV[14] completed: its packed record ('' none); else why it was dropped
  ARGV[15] how long the result, or why there is none, is kept (ms, 0: not at all)   ARGV[16] result ('' none)
  ARGV[17..] per job that follows, nine each: '' for this partition, else '<queue>;<partition>'; then as in admit-jobs
  returns 1 done | -1 lease lost ]]
local entry, id, number, state, header = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local ready, said = stream(number), KEYS[#KEYS]
if redis.call('XACK', ready, WORKERS, entry) == 0 then
  return -1
end
redis.call('XDEL', ready, entry)
local note = called_off(id, entry)
if state == 'c' then
  redis.call('HDEL', JOBS, id)
  free_key(header, id)
  tell_parent(header, id, 'c')
  redis.call('HINCRBY', META, 'completed', 1)
  if ARGV[14] ~= '' then
    keep_ended(1, ARGV[14])
  end
  tell_end(header, id, state)
else
  record_end(state == 'x' and 'x' or 'k', id, number, header, entry, ARGV[14], note, state == 'i' and 'i' or 'o')
end
local keep = tonumber(ARGV[15])
if keep > 0 then
  redis.call('HDEL', said, 'result', 'reason')
  redis.call('HSET', said, 'state', state == 'i' and 'k' or state, 'type', string.match(header, '^%d;([^;]*)'), 'ended', integer(NOW),
    'until', integer(NOW + keep))
  if state ~= 'c' then
    redis.call('HSET', said, 'reason', ARGV[14])
  elseif ARGV[16] ~= '' then
    redis.call('HSET', said, 'result', ARGV[16])
  end
  -- Progress may have to stay longer; 'until' still ends the result's time.
  if redis.call('PTTL', said) < keep then
    redis.call('PEXPIRE', said, keep)
  end
end
leave_group(header)
for at = 17, #ARGV, 9 do
  send(at)
end
return 1
