--[[ reschedule-job: end a claimed attempt and run the job again later: a retry, or a snooze that uses no attempt up. A
  job of a group gives its place up meanwhile.
  KEYS, ARGV[1..8] see partition
  ARGV[9] entry id   ARGV[10] job id   ARGV[11] number of its stream   ARGV[12] header   ARGV[13] reason, one line
  ARGV[14] payload
  ARGV[15] delay (ms)   ARGV[16] 'f' retry | 's' snooze
  A job that was asked to stop meanwhile does not run again: it ends as cancelled.
  returns 1 done | 2 cancelled | -1 lease lost ]]
local entry, id, number, header = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local ready = stream(number)
if redis.call('XACK', ready, WORKERS, entry) == 0 then
  return -1
end
redis.call('XDEL', ready, entry)
local note = called_off(id, entry)
if note then
  local why = 'cancelled; the run ended: ' .. string.match(ARGV[13] .. '\\n', '^(.-)\\n')
  record_end('k', id, number, header, entry, why, note, 'o', ARGV[16] == 'f' and 0 or 1)
  report_end('cancelled', id, number, header, entry, '', '')
  leave_group(header)
  return 2
end
schedule(id, ARGV[16], number, header, ARGV[13], ARGV[14], NOW + ARGV[15])
redis.call('HINCRBY', META, ARGV[16] == 'f' and 'failed' or 'snoozed', 1)
leave_group(header)
return 1
