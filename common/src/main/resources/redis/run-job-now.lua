--[[ run-job-now: make a job ready that waits for its time, its retry or its group. It passes the limits of its group.
  KEYS, ARGV[1..8] see partition
  ARGV[9] job id
  returns {code, state it was in}: 1 done | 0 not here | -1 it is ready, runs, waits for children or has ended ]]
local id = ARGV[9]
local state, number, order, header, _, payload = locate(id)
if not state then
  return {0, ''}
end
if state == 'w' or state == 'a' or state == 'd' or state == 'p' then
  return {-1, state}
end
start_now(id, state, number, order, header, payload)
return {1, state}
