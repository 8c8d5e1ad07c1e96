--[[ write-progress: keep what running jobs of one partition said since their last report. All of it expires.
  KEYS per job, two each: hash  what the job said   list  its lines
  ARGV[1] how long words are kept from now (ms)   ARGV[2] how many lines are kept of a job
  ARGV per job: progress ('' none new)   how many lines   the lines
  returns how many jobs ]]
local keep, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local at = 3

local function keep_longer(key)
  -- A kept result may have to stay longer.
  if redis.call('PTTL', key) < keep then
    redis.call('PEXPIRE', key, keep)
  end
end

for k = 1, #KEYS, 2 do
  local progress, lines = ARGV[at], tonumber(ARGV[at + 1])
  at = at + 2
  if progress ~= '' then
    redis.call('HSET', KEYS[k], 'progress', progress)
    keep_longer(KEYS[k])
  end
  if lines > 0 then
    redis.call('RPUSH', KEYS[k + 1], unpack(ARGV, at, at + lines - 1))
    redis.call('LTRIM', KEYS[k + 1], -most, -1)
    redis.call('PEXPIRE', KEYS[k + 1], keep)
    at = at + lines
  end
end
return #KEYS / 2
