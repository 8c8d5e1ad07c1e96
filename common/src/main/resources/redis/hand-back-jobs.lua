--[[ hand-back-jobs: return claimed jobs of one stream unrun. They line up again at the end, under a new entry id, with
  no attempt used up.
  KEYS[1] stream  ready   KEYS[2] hash  job records
  ARGV[1] group   ARGV[2] number of the stream
  ARGV per job, four each: entry id   job id   header   payload
  returns positions (1..n) of the jobs whose lease was lost ]]
local lost = {}
for at = 3, #ARGV, 4 do
  local entry, id = ARGV[at], ARGV[at + 1]
  if redis.call('XACK', KEYS[1], ARGV[1], entry) == 0 then
    lost[#lost + 1] = (at + 1) / 4
  else
    redis.call('XDEL', KEYS[1], entry)
    local moved = redis.call('XADD', KEYS[1], '*', 'h', ARGV[at + 2], 'p', ARGV[at + 3])
    redis.call('HSET', KEYS[2], id, '1r;' .. ARGV[2] .. ';' .. moved)
  end
end
return lost
