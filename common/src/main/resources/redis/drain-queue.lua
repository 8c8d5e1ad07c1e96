--[[ drain-queue: drop jobs of a partition that wait, and those that wait for their time if asked to. Running and dead
  ones stay. The dropped ones count as cancelled, without a record each; the history tells of them.
  KEYS, ARGV[1..8] see partition
  ARGV[9] at most so many   ARGV[10] 1 drop scheduled and retrying jobs, too, else 0   ARGV[11] how many streams there are
  returns how many were dropped; as many as allowed means that there may be more ]]
local most, delayed, streams = tonumber(ARGV[9]), ARGV[10] == '1', tonumber(ARGV[11])
local dropped = 0

local function forget(id, number, header, entry)
  redis.call('HDEL', JOBS, id)
  free_key(header, id)
  tell_parent(header, id, 'k')
  report_end('cancelled', id, number, header, entry, '', '')
  dropped = dropped + 1
end

-- Behind the groups first, so that a group that is left lets nobody in who would have to go next.
for _, member in ipairs(redis.call('ZRANGE', BACKLOG, 0, most - 1)) do
  redis.call('ZREM', BACKLOG, member)
  local id = string.match(member, '^[^\n]*\n[^\n]*\n(.*)$')
  local record = redis.call('HGET', JOBS, id)
  if record then
    local _, number, _, header = read_record(record)
    forget(id, number, header, '')
  end
end

for number = 0, streams - 1 do
  if dropped < most and redis.call('XLEN', stream(number)) > 0 then
    local waiting = redis.call('XRANGE', stream(number), '(' .. claimed_up_to(number), '+', 'COUNT', most - dropped)
    for _, found in ipairs(waiting) do
      local header = found[2][1] == 'h' and found[2][2] or ''
      redis.call('XDEL', stream(number), found[1])
      forget(field(header, 'i') or PREFIX .. number .. '~' .. found[1], number, header, found[1])
      leave_group(header)
    end
  end
end

if delayed and dropped < most then
  for _, id in ipairs(redis.call('ZRANGE', SCHEDULED, 0, most - dropped - 1)) do
    redis.call('ZREM', SCHEDULED, id)
    local record = redis.call('HGET', JOBS, id)
    if record then
      local state, number, _, header = read_record(record)
      forget(id, number, header, '')
      if state == 'h' then leave_group(header) end
    end
  end
end
if dropped > 0 then
  redis.call('HINCRBY', META, 'cancelled', dropped)
end
return dropped
