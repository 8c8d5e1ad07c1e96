--[[ reschedule-job: end a claimed attempt and run the job again later: a retry, or a snooze that uses no attempt up. A
  job of a group gives its place up meanwhile.
  KEYS, ARGV[1..8] see partition
  ARGV[9] entry id   ARGV[10] job id   ARGV[11] number of its stream   ARGV[12] header   ARGV[13] reason, one line
  ARGV[14] payload
  ARGV[15] delay (ms)   ARGV[16] 'f' retry | 's' snooze
  ARGV[17] 1 pause the job's group for as long; it waits there. Then the last of KEYS is zset  paused groups
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
redis.call('HINCRBY', META, ARGV[16] == 'f' and 'failed' or 'snoozed', 1)
local group, pauses = field(header, 'g'), KEYS[#KEYS]
if ARGV[17] == '1' and group then
  -- A longer pause stays.
  local till = math.max(NOW + ARGV[15], tonumber(redis.call('ZSCORE', pauses, group) or 0))
  if pause_group(pauses, group, till) then
    back_behind(group, id, number, header, ARGV[13], ARGV[14])
    return 1
  end
end
schedule(id, ARGV[16], number, header, ARGV[13], ARGV[14], NOW + ARGV[15])
leave_group(header)
return 1
