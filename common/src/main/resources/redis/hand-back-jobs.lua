--[[ hand-back-jobs: return claimed jobs of one stream unrun. They line up again at the end, under a new entry id, with
  no attempt used up. One that was asked to stop ends as cancelled instead.
  KEYS, ARGV[1..8] see partition
  ARGV[9] number of the stream
  ARGV per job, four each: entry id   job id   header   payload
  returns positions (1..n) of the jobs whose lease was lost ]]
local number, lost = ARGV[9], {}
local ready = stream(number)
for at = 10, #ARGV, 4 do
  local entry, id, header = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if redis.call('XACK', ready, WORKERS, entry) == 0 then
    lost[#lost + 1] = (at - 6) / 4
  else
    redis.call('XDEL', ready, entry)
    local note = called_off(id, entry)
    if note then
      record_end('k', id, number, header, entry, 'cancelled; its worker stopped', note, 'o', 0)
      report_end('cancelled', id, number, header, entry, '', '')
      leave_group(header)
    else
      to_stream(id, number, header, ARGV[at + 3])
    end
  end
end
return lost
