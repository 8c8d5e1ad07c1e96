--[[ open-session: begin a session of one subject. Forgets those that have ended; beyond the most, the one that would end first goes.
  KEYS[1] hash  sessions of the subject: digest of the token -> "1;<end, epoch ms>;<begin, epoch ms>;<text>"
  ARGV[1] digest   ARGV[2] text   ARGV[3] life in ms   ARGV[4] most sessions of a subject
  returns the stored value ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local count, first, first_ends = 0, nil, nil
for i = 1, #all, 2 do
  local ends = tonumber(string.match(all[i + 1], '^1;(%d+);') or 0)
  if ends <= now then
    redis.call('HDEL', KEYS[1], all[i])
  else
    count = count + 1
    if not first_ends or ends < first_ends then
      first, first_ends = all[i], ends
    end
  end
end
if count >= tonumber(ARGV[4]) then
  redis.call('HDEL', KEYS[1], first)
end
local value = string.format('1;%.0f;%.0f;', now + ARGV[3], now) .. ARGV[2]
redis.call('HSET', KEYS[1], ARGV[1], value)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return value
