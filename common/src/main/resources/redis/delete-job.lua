--[[ delete-job: remove a job that does not run. Only the history tells of it. Its uniqueness key is free, the next of its group may
  come in, its parent no longer waits for it.
  KEYS, ARGV[1..8] see partition, then one key more: hash  what the job said, last of KEYS
  ARGV[9] job id
  returns {code, state it was in}: 1 done | 0 not here | -1 it runs ]]
local id = ARGV[9]
local state, number, order, header, _, _, entry = locate(id)
if not state then
  return {0, ''}
end
if state == 'a' then
  return {-1, state}
end
take_out(id, state, number, order, header, entry)
redis.call('HDEL', JOBS, id)
redis.call('HDEL', AWAITED, id)
free_key(header, id)
tell_parent(header, id, 'k')
if state ~= 'd' then
  report_end('deleted', id, number, header, entry, '', '')
end
redis.call('DEL', KEYS[#KEYS])
return {1, state}
