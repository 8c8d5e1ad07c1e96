--[[ promote-due: make jobs ready whose time has come, in the order of their due times. A job of a group lines up behind
  it, unless it was let in before and waited for a permit.
  KEYS, ARGV[1..8] see partition
  ARGV[9] at most so many
  returns {how many left the scheduled set, ms until the next one is due: 0 now, -1 there is none} ]]
local function answer(left)
  local next = redis.call('ZRANGE', SCHEDULED, 0, 0, 'WITHSCORES')
  return {left, next[2] and math.max(0, math.ceil(next[2] - NOW)) or -1}
end

local ids = redis.call('ZRANGEBYSCORE', SCHEDULED, '-inf', integer(NOW), 'LIMIT', 0, ARGV[9])
if #ids == 0 then
  return answer(0)
end
local records = redis.call('HMGET', JOBS, unpack(ids))
redis.call('ZREM', SCHEDULED, unpack(ids))
local moved = {}
for i, id in ipairs(ids) do
  if records[i] then
    local state, number, _, header, _, payload = read_record(records[i])
    if state ~= 'h' and field(header, 'g') then
      line_up(id, number, header, payload)
    else
      local entry = redis.call('XADD', stream(number), '*', 'h', header, 'p', payload)
      moved[#moved + 1] = id
      moved[#moved + 1] = '1r;' .. number .. ';' .. entry
    end
  end
end
if #moved > 0 then
  redis.call('HSET', JOBS, unpack(moved))
end
return answer(#ids)
