--[[ promote-due: make jobs ready whose time has come, in the order of their due times. A job of a group lines up behind
  it, unless it was let in before and waited for a permit. Lets jobs of groups in whose pause is over.
  KEYS, ARGV[1..8] see partition; last of KEYS zset  paused groups
  ARGV[9] at most so many
  returns {how many left the scheduled set or, where ARGV[9]: there are more to go on with, ms until the next one is due: 0 now, -1 there is none} ]]
local PAUSES = KEYS[#KEYS]

local function answer(left)
  local due = -1
  for _, key in ipairs({SCHEDULED, PAUSES}) do
    local next = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    if next[2] then
      local wait = math.max(0, math.ceil(next[2] - NOW))
      due = due < 0 and wait or math.min(due, wait)
    end
  end
  return {left, due}
end

local most, let_in_first = tonumber(ARGV[9]), 0
for _, name in ipairs(redis.call('ZRANGEBYSCORE', PAUSES, '-inf', integer(NOW), 'LIMIT', 0, most)) do
  if let_in_first >= most then
    return answer(most)
  end
  redis.call('HDEL', GROUPS, '\n' .. name)
  local inside = group_of(name)
  if not let_next_in(name, most - let_in_first, inside, false) then
    redis.call('ZREM', PAUSES, name)
  end
  local after = group_of(name)
  let_in_first = let_in_first + 1 + after - inside
end
most = math.max(1, most - let_in_first)

local ids = redis.call('ZRANGEBYSCORE', SCHEDULED, '-inf', integer(NOW), 'LIMIT', 0, most)
if #ids == 0 then
  return answer(0)
end
local records = redis.call('HMGET', JOBS, unpack(ids))
redis.call('ZREM', SCHEDULED, unpack(ids))
local moved = {}
for i, id in ipairs(ids) do
  if records[i] then
    local state, number, _, header, _, payload = read_record(records[i])
    local name = field(header, 'g')
    local paused = false
    if name and state == 'h' then
      _, _, paused = group_of(name)
    end
    if paused then
      back_behind(name, id, number, header, '', payload)
    elseif state ~= 'h' and name then
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
