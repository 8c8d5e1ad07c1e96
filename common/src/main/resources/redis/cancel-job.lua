--[[ cancel-job: call a job off. One that has not started is taken out and recorded as cancelled at once; a running one
  is noted, for its worker to see. Asking again changes nothing.
  KEYS, ARGV[1..8] see partition
  ARGV[9] job id   ARGV[10] why
  returns {code, about}
    1   it is cancelled
    2   it runs and was asked to stop; about: asked at (epoch ms)
    0   it is not here
    -1  it has ended; about: its state ]]
local id = ARGV[9]
local state, number, order, header, _, _, entry = locate(id)
if not state then
  return {0, ''}
end
if state == 'd' then
  return {-1, state}
end
if state == 'a' then
  local note = redis.call('HGET', CANCELS, id)
  if not note or string.match(note, '^%d+;(.*)$') ~= entry then
    note = integer(NOW) .. ';' .. entry
    redis.call('HSET', CANCELS, id, note)
  end
  return {2, string.match(note, '^%d+')}
end
take_out(id, state, number, order, header, entry)
record_end('k', id, number, header, entry, ARGV[10], nil, nil, 0)
report_end('cancelled', id, number, header, entry, '', '')
return {1, 'k'}
