--[[ promote-due: move jobs whose time has come to the ready streams, in the order of their due times.
  KEYS[1] hash  job records   KEYS[2] zset  scheduled   KEYS[3..] streams  ready, by number
  ARGV[1] at most so many
  returns how many left the scheduled set ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])
if #ids == 0 then
  return 0
end
local records = redis.call('HMGET', KEYS[1], unpack(ids))
local moved = {}
for i, id in ipairs(ids) do
  local record = records[i]
  if record then
    local number, header, payload = string.match(record, '^%d%l;(%d+);[^\n]*\n([^\n]*)\n[^\n]*\n(.*)$')
    local entry = redis.call('XADD', KEYS[3 + number], '*', 'h', header, 'p', payload)
    moved[#moved + 1] = id
    moved[#moved + 1] = '1r;' .. number .. ';' .. entry
  end
end
if #moved > 0 then
  redis.call('HSET', KEYS[1], unpack(moved))
end
redis.call('ZREM', KEYS[2], unpack(ids))
return #ids
