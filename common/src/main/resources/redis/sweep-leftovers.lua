--[[ sweep-leftovers: drop what nobody will ask for again: uniqueness keys whose window is over, groups that hold nothing
  and whose next permit is due, what was kept about the children of parents that are gone. One step of a scan.
  KEYS[1] hash  unique   KEYS[2] hash  groups   KEYS[3] hash  awaited   KEYS[4] hash  job records
  ARGV[1] 1 to 3: which of them   ARGV[2] cursor, '0' to begin   ARGV[3] about how many fields to look at
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
  elseif ARGV[1] == '3' then
    over = redis.call('HEXISTS', KEYS[4], string.match(page[2][i], '^[^\n]*')) == 0
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
