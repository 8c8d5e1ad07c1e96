--[[ enqueue-jobs: accept jobs of one partition, all or none. Needed for explicit ids and delays; a plain single job
  is a bare XADD, and many plain ones are a transaction as long as the client has room for its answers.
  An explicit id that is scheduled, ready, active or retrying is left alone; a dead one starts afresh.
  KEYS[1] hash  job records   KEYS[2] zset  scheduled   KEYS[3] zset  dead
  KEYS[4..] streams  the ready streams that occur in this call
  ARGV per job, six each:
    id ('' for a plain job)   position in KEYS of its stream   number of its stream, for the record
    delay (ms, 0: at once) or '@' and the start (epoch ms)    header    payload
  returns per job: entry id of a ready job | 's' scheduled | '=' the id is live, nothing added ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answers = {}
for at = 1, #ARGV, 6 do
  local id, stream, number = ARGV[at], KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2]
  local start, header, payload = ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  local due = start == '0' and 0 or string.sub(start, 1, 1) == '@' and tonumber(string.sub(start, 2)) or now + start
  local state = nil
  if id ~= '' then
    local record = redis.call('HGET', KEYS[1], id)
    state = record and string.sub(record, 2, 2)
  end
  if state and state ~= 'd' then
    answers[#answers + 1] = '='
  else
    if state == 'd' then
      redis.call('ZREM', KEYS[3], id)
    end
    if due > now then
      local stamped = header .. ';e=' .. string.format('%.0f', now)
      redis.call('HSET', KEYS[1], id, '1s;' .. number .. ';\n' .. stamped .. '\n\n' .. payload)
      redis.call('ZADD', KEYS[2], string.format('%.0f', due), id)
      -- As in parts/partition: who maintains the partition sleeps until the first one is due, and looks every second.
      if due - now <= 1500 and redis.call('ZRANGE', KEYS[2], 0, 0)[1] == id then
        redis.pcall('PUBLISH', 'maintenance:due', 'due ' .. KEYS[2] .. ' ' .. string.format('%.0f', due - now))
      end
      answers[#answers + 1] = 's'
    else
      local entry = redis.call('XADD', stream, '*', 'h', header, 'p', payload)
      if id ~= '' then
        redis.call('HSET', KEYS[1], id, '1r;' .. number .. ';' .. entry)
      end
      answers[#answers + 1] = entry
    end
  end
end
return answers
