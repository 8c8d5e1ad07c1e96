--[[ unreported-ends: read the oldest ends that the history has not been told of. They stay until they are dropped by who
  told it, so that nothing is lost on the way.
  KEYS[1] stream  unreported ends   KEYS[2] hash  meta
  ARGV[1] at most so many
  returns {entries, how many ends more found no room since the last call} ]]
local missed = redis.call('HGET', KEYS[2], 'unreported')
if missed then
  redis.call('HDEL', KEYS[2], 'unreported')
end
return {redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[1]), tonumber(missed or 0)}
