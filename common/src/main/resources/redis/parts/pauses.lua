--- pauses: groups none of whose jobs start for a while. A sorted set says until when (epoch ms), so that whoever maintains the
--- partition ends pauses in time and workers learn of them; a field in GROUPS says the same for each step that lets a job in.
local MOST_PAUSED = 2000

local function tell_due(in_ms)
  -- Whoever maintains the partition looks every second.
  if in_ms <= 1500 then
    redis.pcall('PUBLISH', 'maintenance:due', 'due ' .. SCHEDULED .. ' ' .. integer(math.max(0, in_ms)))
  end
end

--- False: too many are paused.
local function pause_group(pauses, name, until_ms)
  if not redis.call('ZSCORE', pauses, name) and redis.call('ZCARD', pauses) >= MOST_PAUSED then
    return false
  end
  redis.call('ZADD', pauses, integer(until_ms), name)
  redis.call('HSET', GROUPS, '\n' .. name, '0;' .. integer(until_ms * 1000))
  tell_due(until_ms - NOW)
  return true
end

--- Takes a job that has been let in behind its paused group again, in its old turn.
local function back_behind(name, id, number, header, reason, payload)
  local inside, due = group_of(name)
  set_group(name, math.max(0, inside - 1), due)
  wait_behind(name, tonumber(field(header, 'e') or NOW), id, number, header, reason, payload)
end

