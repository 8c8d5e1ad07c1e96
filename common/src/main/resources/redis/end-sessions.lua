--[[ end-sessions: end all sessions of a subject, but for one.
  KEYS[1] hash  sessions of the subject
  ARGV[1] digest of the one to keep; empty: none
  returns how many were ended ]]
local ended = 0
for _, digest in ipairs(redis.call('HKEYS', KEYS[1])) do
  if digest ~= ARGV[1] then
    ended = ended + redis.call('HDEL', KEYS[1], digest)
  end
end
return ended
