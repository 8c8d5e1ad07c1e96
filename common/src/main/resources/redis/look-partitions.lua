--[[ look-partitions: what there is to maintain in some partitions. Changes nothing but the note of when somebody looked, so
  that a standstill is known, see parts/silence. While there is nothing anywhere, three commands find that out.
  KEYS per partition: zset scheduled   hash cancels   hash outgoing   zset paused groups   hash meta
    stream unreported ends   then streams  ready
  ARGV[1] silence   ARGV[2] head start, see parts/silence   ARGV[3] 1: leave the note
  ARGV[4..] per partition, two each: how many ready streams it has   1: it was not empty the last time
  returns per partition, two each: ms until the next job is due or a group's pause is over (0 now, -1 none)   the sum of
    1 jobs wait or run   2 cancels   4 outgoing   8 unreported ends ]]
local silence, head_start, note = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local partitions, others, streams = {}, {}, {}
local at = 1
for arg = 4, #ARGV, 2 do
  local partition = { at = at, last = at + 5 + ARGV[arg], busy = ARGV[arg + 1] == '1' }
  partitions[#partitions + 1] = partition
  for k = at, at + 3 do others[#others + 1] = KEYS[k] end
  -- Of streams that hold something the read answers the first entry, so that those are asked one by one.
  for k = at + 5, partition.busy and at + 5 or partition.last do streams[#streams + 1] = KEYS[k] end
  at = partition.last + 1
end

local anything = redis.call('EXISTS', unpack(others)) > 0
local filled = {}
local count = #streams
for i = 1, count do streams[count + i] = '0' end
for _, read in ipairs(redis.call('XREAD', 'COUNT', 1, 'STREAMS', unpack(streams)) or {}) do
  filled[read[1]] = true
end

local function first_due(key, sooner)
  local next = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if not next[2] then return sooner end
  local due = math.max(0, math.ceil(next[2] - now))
  return sooner < 0 and due or math.min(sooner, due)
end

local answer = {}
for _, partition in ipairs(partitions) do
  local first = partition.at
  local due, work = -1, filled[KEYS[first + 5]] and 8 or 0
  if anything then
    due = first_due(KEYS[first], -1)
    due = first_due(KEYS[first + 3], due)
    work = work + 2 * redis.call('EXISTS', KEYS[first + 1]) + 4 * redis.call('EXISTS', KEYS[first + 2])
  end
  for k = first + 6, partition.last do
    if filled[KEYS[k]] or (partition.busy and redis.call('XLEN', KEYS[k]) > 0) then
      work = work + 1
      break
    end
  end
  if note then
    living_come_first(KEYS[first + 4], now, silence, head_start)
  end
  answer[#answer + 1] = due
  answer[#answer + 1] = work
end
return answer
