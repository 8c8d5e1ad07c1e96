--[[ rescue-lost: return jobs whose lease ran out. A job comes back under a new entry id, so that its former worker can
  no longer end it; one that stalled too often, or is no job at all, is buried.
  KEYS[1] hash  job records   KEYS[2] zset  dead   KEYS[3] hash  meta   KEYS[4..] streams  ready, by number
  ARGV[1] group   ARGV[2] lease (ms)   ARGV[3] at most so many   ARGV[4] stalls allowed
  ARGV[5..] what precedes the entry id in the id of a plain job, per stream
  returns {returned, buried} ]]
local group, lease, most, allowed = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local returned, buried = 0, 0
for k = 4, #KEYS do
  local room = most - returned - buried
  if room <= 0 then break end
  local stream, number = KEYS[k], k - 4
  -- Before the first claim there is no group, and nothing to rescue.
  local expired = redis.pcall('XPENDING', stream, group, 'IDLE', lease, '-', '+', room)
  for _, pending in ipairs(expired.err and {} or expired) do
    local entry = pending[1]
    local found = redis.call('XRANGE', stream, entry, entry)[1]
    redis.call('XACK', stream, group, entry)
    if found then
      redis.call('XDEL', stream, entry)
      local header, payload = found[2][2], found[2][4]
      if found[2][1] ~= 'h' or not payload then
        local id = ARGV[5 + number] .. entry
        local record = '1d;' .. number .. ';\n1;unreadable\nnot a job: unreadable stream entry\n'
        redis.call('HSET', KEYS[1], id, record .. table.concat(found[2], ' '))
        redis.call('ZADD', KEYS[2], now, id)
        buried = buried + 1
      elseif string.sub(header, 1, 2) ~= '1;' then
        -- A newer producer's job that the last worker could not read: let it wait for a newer worker, unblamed.
        redis.call('XADD', stream, '*', 'h', header, 'p', payload)
      else
        local id = string.match(header, ';i=([^;]*)')
        if not id then
          id = ARGV[5 + number] .. entry
          header = header .. ';i=' .. id .. ';e=' .. string.match(entry, '^%d+')
        end
        local stalls = tonumber(string.match(header, ';s=(%d+)') or 0) + 1
        header = string.gsub(header, ';s=%d+', '') .. ';s=' .. stalls
        if stalls > allowed then
          local reason = 'lost its worker ' .. stalls .. ' times; the last one was ' .. pending[2]
          redis.call('HSET', KEYS[1], id, '1d;' .. number .. ';\n' .. header .. '\n' .. reason .. '\n' .. payload)
          redis.call('ZADD', KEYS[2], now, id)
          redis.call('HINCRBY', KEYS[3], 'buried', 1)
          buried = buried + 1
        else
          local moved = redis.call('XADD', stream, '*', 'h', header, 'p', payload)
          redis.call('HSET', KEYS[1], id, '1r;' .. number .. ';' .. moved)
          returned = returned + 1
        end
      end
    end
  end
end
if returned + buried > 0 then
  redis.call('HINCRBY', KEYS[3], 'stalled', returned + buried)
end
return {returned, buried}
