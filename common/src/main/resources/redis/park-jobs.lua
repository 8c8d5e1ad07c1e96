--[[ park-jobs: take claimed jobs of one stream behind their groups again, unrun, with no attempt used up, where these are
  paused. One that was asked to stop ends as cancelled instead. A job whose group is not paused stays with its worker.
  KEYS, ARGV[1..8] see partition
  ARGV[9] number of the stream
  ARGV per job, four each: entry id   job id   header   payload
  returns positions (1..n) of the jobs that stay ]]
local number, stay = ARGV[9], {}
local ready = stream(number)
for at = 10, #ARGV, 4 do
  local entry, id, header = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local name = field(header, 'g')
  local _, _, paused = group_of(name or '')
  if not name or not paused then
    stay[#stay + 1] = (at - 6) / 4
  elseif redis.call('XACK', ready, WORKERS, entry) == 1 then
    redis.call('XDEL', ready, entry)
    local note = called_off(id, entry)
    if note then
      record_end('k', id, number, header, entry, 'cancelled; its group was paused', note, 'o', 0)
      report_end('cancelled', id, number, header, entry, '', '')
      leave_group(header)
    else
      back_behind(name, id, number, header, '', ARGV[at + 3])
    end
  end
end
return stay
