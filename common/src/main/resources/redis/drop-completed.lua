--[[ drop-completed: drop records of completed jobs that are older than some age, oldest first.
  KEYS[1] stream  completed   KEYS[2] hash  meta   KEYS[3] hash  index   KEYS[4] hash  index before, see parts/retained
  ARGV[1] age (ms)   ARGV[2] how many entries at most; an entry holds the records of one finish
  returns {entries dropped, records dropped} ]]
local time = redis.call('TIME')
local before = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1]) - 1
if before < 0 then
  return {0, 0}
end
local old = redis.call('XRANGE', KEYS[1], '-', string.format('%.0f', before), 'COUNT', ARGV[2])
local records = 0
for _, entry in ipairs(old) do
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'n' then
      records = records + tonumber(entry[2][i + 1])
    end
  end
  redis.call('XDEL', KEYS[1], entry[1])
end
if records > 0 then
  redis.call('HINCRBY', KEYS[2], 'kept', -records)
end
if #old > 0 and redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('UNLINK', KEYS[3], KEYS[4])
  redis.call('HDEL', KEYS[2], 'indexed')
end
return {#old, records}
