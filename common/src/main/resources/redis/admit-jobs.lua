--[[ admit-jobs: accept jobs of one partition, all or none, where at least one is unique or of a group. enqueue-jobs
  does the same for all others, at less cost.
  An explicit id that is scheduled, ready, active or retrying is left alone; a dead one starts afresh. A uniqueness key
  counts as taken only while its job lives, whatever the key's record says: a lost release blocks nobody.
  KEYS, ARGV[1..8] see partition
  ARGV[9..] per job, eight each: id   number of its stream   delay (ms, 0: at once)   start at (epoch ms, 0: by delay)
    window (ms) of its uniqueness key ('' none)   1 replace a job of this key that has not started, else 0
    header   payload
  returns per job, two each:
    entry id | 's' scheduled | 'g' behind its group | 'h' let in, waits for its group's permit | '=' nothing added |
      '~' replaced
    id of the job that stands for it ]]
local answers = {}

local function place(id, number, header, payload, delay, start)
  local stamped = field(header, 'e') and header or header .. ';e=' .. integer(NOW)
  local due = start > 0 and start or NOW + delay
  if due > NOW then
    schedule(id, 's', number, stamped, '', payload, due)
    return 's'
  end
  return line_up(id, number, stamped, payload)
end

for at = 9, #ARGV, 8 do
  local id, number, delay, start = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local window, replace, header, payload = ARGV[at + 4], ARGV[at + 5] == '1', ARGV[at + 6], ARGV[at + 7]
  local own = redis.call('HGET', JOBS, id)
  local own_state = own and string.sub(own, 2, 2)
  local key = field(header, 'u')
  local holder, state, old_number, order, old_header, entry
  if key then
    holder, state, old_number, order, old_header, entry = holder_of(key)
  end
  local answer
  if own_state and own_state ~= 'd' then
    answer = '='
  elseif holder and not replace then
    id, answer = holder, '='
  else
    if own_state == 'd' then
      redis.call('ZREM', DEAD, id)
    end
    if holder and state ~= 'a' then
      take_out(holder, state, old_number, order, old_header, entry)
      if holder ~= id then
        header = string.gsub(header, ';i=[^;]*', ';i=' .. holder)
        id = holder
      end
      place(id, number, header, payload, delay, start)
      answer = '~'
    else
      answer = place(id, number, header, payload, delay, start)
    end
    if key then
      redis.call('HSET', UNIQUE, key, integer(NOW + window) .. ';' .. id)
    end
  end
  answers[#answers + 1] = answer
  answers[#answers + 1] = id
end
return answers
