--[[ rescue-lost: return jobs whose lease ran out. A job comes back under a new entry id, so that its former worker can
  no longer end it; one that stalled too often, or is no job at all, is buried. A job of a group keeps its place in it.
  One that was asked to stop ends as cancelled.
  A lost lease counts as a stall when the job had begun, which workers note of suspects (delivery count). Of a job that
  is none yet nobody knows, so that it counts in any case and makes it one; where no stall is allowed, all are suspects.
  KEYS, ARGV[1..8] see partition
  ARGV[9] lease (ms)   ARGV[10] at most so many   ARGV[11] stalls allowed   ARGV[12] delivery count from which on a
  job has begun   ARGV[13] how many streams there are
  ARGV[14] silence   ARGV[15] head start, see parts/silence
  returns {returned, buried} ]]
local lease, most, allowed = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])
local begun, streams = tonumber(ARGV[12]), tonumber(ARGV[13])
local returned, buried, cancelled = 0, 0, 0
if living_come_first(META, NOW, tonumber(ARGV[14]), tonumber(ARGV[15])) then
  return {0, 0}
end
for number = 0, streams - 1 do
  local room = most - returned - buried - cancelled
  if room <= 0 then break end
  local ready = stream(number)
  -- Before the first claim there is no group, and nothing to rescue.
  local expired = redis.pcall('XPENDING', ready, WORKERS, 'IDLE', lease, '-', '+', room)
  for _, pending in ipairs(expired.err and {} or expired) do
    local entry = pending[1]
    local found = redis.call('XRANGE', ready, entry, entry)[1]
    redis.call('XACK', ready, WORKERS, entry)
    if found then
      redis.call('XDEL', ready, entry)
      local header, payload = found[2][2], found[2][4]
      local version = string.match(header, '^(%d);')
      if found[2][1] ~= 'h' or not payload then
        local id, why = PREFIX .. number .. '~' .. entry, 'not a job: unreadable stream entry'
        report_end('dead', id, number, '1;unreadable', entry, why, pending[2])
        bury(id, number, '1;unreadable', why, table.concat(found[2], ' '))
        buried = buried + 1
      elseif version ~= '1' and version ~= '2' and version ~= '3' then
        -- A newer producer's job that the last worker could not read: let it wait for a newer worker, unblamed.
        redis.call('XADD', ready, '*', 'h', header, 'p', payload)
      else
        local id = field(header, 'i')
        if not id then
          id = PREFIX .. number .. '~' .. entry
          header = header .. ';i=' .. id
        end
        if not field(header, 'e') then
          header = header .. ';e=' .. string.match(entry, '^%d+')
        end
        local stalls = tonumber(field(header, 's') or 0)
        if pending[4] >= begun or (stalls == 0 and allowed > 0) then
          stalls = stalls + 1
        end
        header = string.gsub(header, ';s=%d+', '') .. ';s=' .. stalls
        local note = called_off(id, entry)
        if note then
          record_end('k', id, number, header, entry, 'cancelled; its worker was lost: ' .. pending[2], note, 'i', 1)
          report_end('cancelled', id, number, header, entry, '', pending[2])
          leave_group(header)
          cancelled = cancelled + 1
        elseif stalls > allowed then
          local why = 'lost its worker ' .. stalls .. ' times; the last one was ' .. pending[2]
          report_end('dead', id, number, header, entry, why, pending[2])
          bury(id, number, header, why, payload)
          leave_group(header)
          buried = buried + 1
        else
          to_stream(id, number, header, payload)
          returned = returned + 1
        end
      end
    end
  end
end
if returned + buried > 0 then
  redis.call('HINCRBY', META, 'stalled', returned + buried)
end
return {returned, buried}
