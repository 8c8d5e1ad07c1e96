--- retained: where the records of ended jobs are, in partitions that keep many; few are found by reading them. Each writer
--- notes the place of its records as it writes them. What is trimmed need not be taken out: there are two hashes, and the
--- older one goes as soon as the newer one has more ids than records are kept, because what is kept is the newest.
---   index, before: hashes, fields job id, values entry id in the stream of completed records
---   meta field 'indexed': the first entry that is in the index; records before it have to be read
local function index_ended(meta, index, before, kept, entry, fields)
  local added = redis.call('HSET', index, unpack(fields))
  local size = redis.call('HLEN', index)
  if size > kept then
    redis.call('UNLINK', before)
    redis.call('RENAME', index, before)
  elseif size == added and redis.call('EXISTS', before) == 0 then
    redis.call('HSET', meta, 'indexed', entry)
  end
end

