--[[ finish-jobs: acknowledge claimed jobs of one stream and record their end. A job whose lease is no longer the
  caller's is left alone: XACK does not count it, because a rescue writes a lost job under a new entry id.
  KEYS[1] stream  ready   KEYS[2] hash  job records   KEYS[3] stream  completed   KEYS[4] hash  meta
  ARGV[1] group   ARGV[2] how many completed records are kept
  ARGV per job, three each: entry id   job id ('' when it has no record)   completed record, one line ('' to keep none)
  returns positions (1..n) of the jobs whose lease was lost ]]
local group, keep = ARGV[1], tonumber(ARGV[2])
local entries = {}
for at = 3, #ARGV, 3 do
  entries[#entries + 1] = ARGV[at]
end

local lost, is_lost = {}, {}
if redis.call('XACK', KEYS[1], group, unpack(entries)) < #entries then
  -- An entry that is still in the stream was ours just now; a rescue would have deleted it.
  for i, entry in ipairs(entries) do
    if #redis.call('XRANGE', KEYS[1], entry, entry) == 0 then
      lost[#lost + 1] = i
      is_lost[i] = true
    end
  end
end
redis.call('XDEL', KEYS[1], unpack(entries))

local records, with_record, done = {}, {}, #entries - #lost
for i = 1, #entries do
  if not is_lost[i] then
    local at = i * 3
    if ARGV[at + 1] ~= '' then
      with_record[#with_record + 1] = ARGV[at + 1]
    end
    if ARGV[at + 2] ~= '' then
      records[#records + 1] = ARGV[at + 2]
    end
  end
end
if #with_record > 0 then
  redis.call('HDEL', KEYS[2], unpack(with_record))
end
if done > 0 then
  redis.call('HINCRBY', KEYS[4], 'completed', done)
end
if #records > 0 then
  redis.call('XADD', KEYS[3], '*', 'n', #records, 'r', table.concat(records, '\n'))
  local kept = redis.call('HINCRBY', KEYS[4], 'kept', #records)
  while kept > keep do
    local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    local size = tonumber(oldest[2][2])
    if kept - size < keep then break end
    redis.call('XDEL', KEYS[3], oldest[1])
    kept = redis.call('HINCRBY', KEYS[4], 'kept', -size)
  end
end
return lost
