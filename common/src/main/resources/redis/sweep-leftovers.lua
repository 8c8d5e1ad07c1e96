--[[ sweep-leftovers: drop what nobody will ask for again: uniqueness keys whose window is over, groups that hold nothing
  and whose next permit is due. One step of a scan.
  KEYS[1] hash  unique   KEYS[2] hash  groups
  ARGV[1] 1 or 2: which of them   ARGV[2] cursor, '0' to begin   ARGV[3] about how many fields to look at
  returns {next cursor ('0': at the end), how many were dropped} ]]
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local key = KEYS[tonumber(ARGV[1])]
local page = redis.call('HSCAN', key, ARGV[2], 'COUNT', ARGV[3])
local dropped = 0
for i = 1, #page[2], 2 do
  local value, over = page[2][i + 1], false
  if ARGV[1] == '1' then
    local till = string.match(value, '^(%d+);')
    over = till and till * 1000 <= micros
  else
    local inside, due = string.match(value, '^(%d+);(%d+)$')
    over = inside == '0' and tonumber(due) <= micros
  end
  if over then
    redis.call('HDEL', key, page[2][i])
    dropped = dropped + 1
  end
end
return {page[1], dropped}
