--[[ fit-groups: after the limits of groups have changed, let those jobs in that may come in now, and count the times anew of
  those that wait for a permit. One step; does nothing where the limits are those it was last done for.
  KEYS, ARGV[1..8] see partition
  ARGV[9] where to go on: '' at first | '1;<cursor>' jobs that wait for a permit | '2;<group>' groups behind which jobs wait
  ARGV[10] about how many jobs or groups to look at
  returns where to go on, '' at the end ]]
local terms, most = MOST_IN .. ';' .. integer(PERMIT_MICROS) .. ';' .. integer(PERMIT_BURST), tonumber(ARGV[10])
local step, place = string.match(ARGV[9], '^(%d);(.*)$')
if not step then
  local fitted = redis.call('HGET', META, 'group_terms')
  if fitted == terms then return '' end
  if not fitted and redis.call('EXISTS', GROUPS, BACKLOG) == 0 then
    redis.call('HSET', META, 'group_terms', terms)
    return ''
  end
  step, place = '1', '0'
end

if step == '1' then
  local seen = redis.call('ZSCAN', SCHEDULED, place, 'COUNT', most)
  for i = 1, #seen[2], 2 do
    local id = seen[2][i]
    local record = redis.call('HGET', JOBS, id)
    local state, number, _, header, _, payload
    if record then
      state, number, _, header, _, payload = read_record(record)
    end
    if state == 'h' then
      local name = field(header, 'g')
      redis.call('ZREM', SCHEDULED, id)
      back_behind(name, id, number, header, '', payload)
      -- As if all permits of the new limit had just been taken.
      local inside, due = group_of(name)
      set_group(name, inside, math.min(due, NOW_MICROS + PERMIT_MICROS * PERMIT_BURST))
    end
  end
  return seen[1] == '0' and '2;' or '1;' .. seen[1]
end

while most > 0 do
  local member = redis.call('ZRANGEBYLEX', BACKLOG, place == '' and '-' or '[' .. place, '+', 'LIMIT', 0, 1)[1]
  if not member then
    redis.call('HSET', META, 'group_terms', terms)
    return ''
  end
  local name = string.match(member, '^[^\n]*')
  local inside, _, paused = group_of(name)
  local more = let_next_in(name, most, inside, paused)
  place = more and name .. '\n' or name .. '\11'
  local after = group_of(name)
  most = most - 1 - math.max(0, after - inside)
end
return '2;' .. place
