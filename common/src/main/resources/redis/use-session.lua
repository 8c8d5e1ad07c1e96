--[[ use-session: find a session that has not ended, and put its end off where it was last put off a while ago.
  KEYS[1] hash  sessions of the subject: digest of the token -> "1;<end, epoch ms>;<begin, epoch ms>;<text>"
  ARGV[1] digest   ARGV[2] life in ms from now   ARGV[3] ms by which the end must move to be worth a write
  returns the stored value | nil there is none, or it has ended ]]
local value = redis.call('HGET', KEYS[1], ARGV[1])
if not value then
  return nil
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends, text = string.match(value, '^1;(%d+);(.*)$')
if not ends or tonumber(ends) <= now then
  redis.call('HDEL', KEYS[1], ARGV[1])
  return nil
end
if now + ARGV[2] - ends >= tonumber(ARGV[3]) then
  value = string.format('1;%.0f;', now + ARGV[2]) .. text
  redis.call('HSET', KEYS[1], ARGV[1], value)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return value
