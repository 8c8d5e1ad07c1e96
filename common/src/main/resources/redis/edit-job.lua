--[[ edit-job: give a job that does not run another payload and other options, if it is still as the caller saw it. A
  ready job lines up again at the end; all others stay where they are, unless a time is given or it is to be ready.
  Neither id, uniqueness key nor group may differ in the new header.
  KEYS, ARGV[1..8] see partition
  ARGV[9] job id   ARGV[10] version the caller saw, see find-job   ARGV[11] number of its new stream
  ARGV[12] new header   ARGV[13] new payload   ARGV[14] 1 make it ready, else 0
  ARGV[15] delay (ms)   ARGV[16] start at (epoch ms), both 0: no other time
  ARGV[17] how long a dead job that is made ready holds its uniqueness key (ms)   ARGV[18] as in retry-job
  returns {code, about}
    1   done; about: its state now
    0   not here
    -1  it runs; or it is dead and was given a time; or it waits for its children and was not to; about: its state
    -2  another job holds its uniqueness key; about: that job's id
    -3  it is no job: its entry could not be read
    -4  it was changed meanwhile; about: its state
    -5  it is a dead parent that needs a child which is gone; about: that child's id ]]
local id, number, header, payload = ARGV[9], ARGV[11], ARGV[12], ARGV[13]
local requeue, delay, start = ARGV[14] == '1', tonumber(ARGV[15]), tonumber(ARGV[16])
local state, old_number, order, old_header, reason, old_payload, entry = locate(id)
if not state then
  return {0, ''}
end
local due = start > 0 and start or delay > 0 and NOW + delay or nil
if state == 'a' or (state == 'd' and due) or (state == 'p' and (due or requeue)) then
  return {-1, state}
end
if state == 'd' and not field(old_header, 'i') then
  return {-3, state}
end
if redis.sha1hex(old_header .. '\n' .. old_payload) ~= ARGV[10] then
  return {-4, state}
end

if due then
  take_out(id, state, old_number, order, old_header, entry)
  state = state == 'f' and 'f' or 's'
  schedule(id, state, number, header, reason, payload, due)
elseif state == 'w' then
  -- It stays in its group.
  redis.call('XDEL', stream(old_number), entry)
  to_stream(id, number, header, payload)
elseif requeue and state == 'd' then
  local holder = take_key_again(header, id, tonumber(ARGV[17]))
  if holder then
    return {-2, holder}
  end
  local place, gone = revive(id, number, old_header, (string.gsub(header, ';[aksxy]=[^;]*', '')), payload, ARGV[18])
  if not place then
    return {-5, gone}
  end
  state = #place > 1 and 'w' or place
elseif requeue then
  start_now(id, state, old_number, order, old_header, payload, number, header)
  state = 'w'
else
  if state == 'g' then
    local name = field(header, 'g')
    redis.call('ZREM', BACKLOG, name .. '\n' .. order .. '\n' .. id)
    local since = tonumber(string.sub(order, 1, 16)) + (old_number % 11 - number % 11) * STEP_MS
    order = string.format('%016.0f', since) .. string.sub(order, 17)
    redis.call('ZADD', BACKLOG, 0, name .. '\n' .. order .. '\n' .. id)
  end
  put_record(id, state, number, order, header, reason, payload)
end
return {1, state}
