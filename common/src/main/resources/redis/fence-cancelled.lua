--[[ fence-cancelled: take jobs from workers that were asked to stop them and have not done so in time. They are recorded
  as cancelled; whatever the worker still does with them is refused. Notes about runs that have ended are forgotten.
  KEYS, ARGV[1..8] see partition
  ARGV[9] how long a worker may take (ms)   ARGV[10] where the last call stopped ('0' at first)   ARGV[11] about so many notes
  ARGV[12] silence   ARGV[13] head start, see parts/silence: until then nothing is taken
  returns {where to go on ('0': all seen), how many were taken} ]]
local grace = tonumber(ARGV[9])
local seen = redis.call('HSCAN', CANCELS, ARGV[10], 'COUNT', ARGV[11])
local taken = 0
local wait = living_come_first(META, NOW, tonumber(ARGV[12]), tonumber(ARGV[13]))
for i = 1, #seen[2], 2 do
  local id, note = seen[2][i], seen[2][i + 1]
  local asked, run = string.match(note, '^(%d+);(.*)$')
  local state, number, _, header, _, _, entry = locate(id)
  if state ~= 'a' or entry ~= run then
    redis.call('HDEL', CANCELS, id)
  elseif not wait and asked + grace <= NOW then
    redis.call('XACK', stream(number), WORKERS, entry)
    redis.call('XDEL', stream(number), entry)
    redis.call('HDEL', CANCELS, id)
    record_end('k', id, number, header, entry, 'cancelled; its handler did not stop in time', note, 'i', 1)
    report_end('cancelled', id, number, header, entry, '', '')
    leave_group(header)
    taken = taken + 1
  end
end
return {seen[1], taken}
