--[[ look-partitions: what there is to maintain in some partitions. Changes nothing but the note of when somebody looked, so
  that a standstill is known, see parts/silence. While there is nothing anywhere, three commands find that out.
  KEYS per partition: zset scheduled   hash cancels   hash outgoing   hash meta   stream unreported ends
    then streams  ready
  ARGV[1] silence   ARGV[2] head start, see parts/silence   ARGV[3] 1: leave the note
  ARGV[4..] per partition, two each: how many ready streams it has   1: it was not empty the last time
  returns per partition, two each: ms until the next job is due (0 now, -1 none is scheduled)   the sum of
    1 jobs wait or run   2 cancels   4 outgoing   8 unreported ends ]]
local silence, head_start, note = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local partitions, others, streams = {}, {}, {}
local at = 1
for arg = 4, #ARGV, 2 do
  local partition = { at = at, last = at + 4 + ARGV[arg], busy = ARGV[arg + 1] == '1' }
  partitions[#partitions + 1] = partition
  for k = at, at + 2 do others[#others + 1] = KEYS[k] end
  -- Of streams that hold something the read answers the first entry, so that those are asked one by one.
  for k = at + 4, partition.busy and at + 4 or partition.last do streams[#streams + 1] = KEYS[k] end
  at = partition.last + 1
end

local anything = redis.call('EXISTS', unpack(others)) > 0
local filled = {}
local count = #streams
for i = 1, count do streams[count + i] = '0' end
for _, read in ipairs(redis.call('XREAD', 'COUNT', 1, 'STREAMS', unpack(streams)) or {}) do
  filled[read[1]] = true
end

local answer = {}
for _, partition in ipairs(partitions) do
  local first = partition.at
  local due, work = -1, filled[KEYS[first + 4]] and 8 or 0
  if anything then
    local next = redis.call('ZRANGE', KEYS[first], 0, 0, 'WITHSCORES')
    due = next[2] and math.max(0, math.ceil(next[2] - now)) or -1
    work = work + 2 * redis.call('EXISTS', KEYS[first + 1]) + 4 * redis.call('EXISTS', KEYS[first + 2])
  end
  for k = first + 5, partition.last do
    if filled[KEYS[k]] or (partition.busy and redis.call('XLEN', KEYS[k]) > 0) then
      work = work + 1
      break
    end
  end
  if note then
    living_come_first(KEYS[first + 3], now, silence, head_start)
  end
  answer[#answer + 1] = due
  answer[#answer + 1] = work
end
return answer
