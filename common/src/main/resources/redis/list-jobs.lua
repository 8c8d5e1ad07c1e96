--[[ list-jobs: some of a partition's jobs, in no particular order, to go through all of them bit by bit. First all that
  have a record and are in no stream, then stream by stream; a job that moves on meanwhile may be seen twice.
  KEYS, ARGV[1..8] see partition
  ARGV[9] '' records | number of a stream   ARGV[10] where the last call stopped ('0' at first)   ARGV[11] about so many
  returns {where to go on ('' at the end), jobs}
    jobs  flat list, six each: id   state, see find-job   number of its stream   header   reason   entry id ]]
local number, cursor, jobs = ARGV[9], ARGV[10], {}

local function add(...)
  for i = 1, 6 do
    jobs[#jobs + 1] = select(i, ...)
  end
end

if number == '' then
  local seen = redis.call('HSCAN', JOBS, cursor, 'COUNT', ARGV[11])
  for i = 1, #seen[2], 2 do
    local state, at, _, header, reason = read_record(seen[2][i + 1])
    if state and state ~= 'r' then
      add(seen[2][i], state, at, header, reason, '')
    end
  end
  return {seen[1] == '0' and '' or seen[1], jobs}
end

local ready = stream(number)
local found = redis.call('XRANGE', ready, cursor == '0' and '-' or '(' .. cursor, '+', 'COUNT', ARGV[11])
local ms, order = string.match(claimed_up_to(number), '^(%d+)%-(%d+)$')
ms, order = tonumber(ms), tonumber(order)
for _, entry in ipairs(found) do
  if entry[2][1] == 'h' then
    local at, nth = string.match(entry[1], '^(%d+)%-(%d+)$')
    at, nth = tonumber(at), tonumber(nth)
    local claimed = at < ms or (at == ms and nth <= order)
    local header = entry[2][2]
    add(field(header, 'i') or PREFIX .. number .. '~' .. entry[1], claimed and 'a' or 'w', number, header, '', entry[1])
  end
end
return {#found < tonumber(ARGV[11]) and '' or found[#found][1], jobs}
