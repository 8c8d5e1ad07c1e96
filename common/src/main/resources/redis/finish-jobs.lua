--[[ finish-jobs: acknowledge claimed jobs of one stream and record their end. A job whose lease is no longer the
  caller's is left alone: XACK does not count it, because a rescue writes a lost job under a new entry id.
  KEYS[1] stream  ready   KEYS[2] hash  job records   KEYS[3] stream  completed   KEYS[4] hash  meta
  KEYS[5] hash  cancels   KEYS[6] hash  index   KEYS[7] hash  index before: see parts/retained, only where records are indexed
  ARGV[1] group   ARGV[2] how many completed records are kept
  ARGV[3] how many of the jobs, the last ones, have a completed record (0: none)   ARGV[4] these records, one per line
  ARGV[5] what precedes the entry id in the id of a plain job
  ARGV per job, two each: entry id   job id ('' for a plain job: it has no record in KEYS[2])
  returns positions (1..n) of the jobs whose lease was lost ]]
local group, keep, recorded, packed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local entries, ids = {}, {}
for at = 6, #ARGV, 2 do
  entries[#entries + 1] = ARGV[at]
  ids[#ids + 1] = ARGV[at + 1]
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

local with_record, done = {}, #entries - #lost
for i, id in ipairs(ids) do
  if id ~= '' and not is_lost[i] then
    with_record[#with_record + 1] = id
  end
end
if #with_record > 0 then
  redis.call('HDEL', KEYS[2], unpack(with_record))
end
if redis.call('EXISTS', KEYS[5]) == 1 then
  -- Whoever was asked to stop has ended well instead: the note is of no use any more.
  for i, entry in ipairs(entries) do
    if not is_lost[i] then
      redis.call('HDEL', KEYS[5], ids[i] ~= '' and ids[i] or ARGV[5] .. entry)
    end
  end
end
if done > 0 then
  redis.call('HINCRBY', KEYS[4], 'completed', done)
end
local first_recorded = #entries - recorded + 1
if #lost > 0 and recorded > 0 then
  -- The caller packs the records, because that is cheaper than to do it here; only those of lost jobs have to go.
  local ours, i = {}, #entries - recorded
  for line in string.gmatch(packed, '[^\n]+') do
    i = i + 1
    if not is_lost[i] then
      ours[#ours + 1] = line
    end
  end
  recorded, packed = #ours, table.concat(ours, '\n')
end
if recorded > 0 then
  local entry = redis.call('XADD', KEYS[3], '*', 'n', recorded, 'r', packed)
  local kept = redis.call('HINCRBY', KEYS[4], 'kept', recorded)
  if KEYS[6] then
    local places = {}
    for i = first_recorded, #entries do
      if not is_lost[i] then
        places[#places + 1] = ids[i] ~= '' and ids[i] or ARGV[5] .. entries[i]
        places[#places + 1] = entry
      end
    end
    index_ended(KEYS[4], KEYS[6], KEYS[7], kept, entry, places)
  end
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
