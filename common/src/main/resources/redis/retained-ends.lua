--[[ retained-ends: read the records of ended jobs that nobody has compared with the history yet, oldest first. One caller
  at a time has the turn; the next one begins where the last has said that it passed.
  KEYS[1] stream  completed   KEYS[2] zset  dead   KEYS[3] hash  job records   KEYS[4] hash  meta
  ARGV[1] how long nobody else gets the turn (ms)   ARGV[2] ends younger than this stay for later (ms)
  ARGV[3] older ones than this are passed over (ms)   ARGV[4] at most so many entries of each kind
  returns nil another has the turn | {completed entries, flat list of the dead: id, died at (epoch ms), record; place
    behind all of them} ]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function integer(value)
  return string.format('%.0f', value)
end

if now < tonumber(redis.call('HGET', KEYS[4], 'compare_turn') or 0) then
  return false
end
redis.call('HSET', KEYS[4], 'compare_turn', integer(now + ARGV[1]))

local till, oldest, most = now - ARGV[2], now - ARGV[3], tonumber(ARGV[4])
local place, died = string.match(redis.call('HGET', KEYS[4], 'compared') or '', '^(%d+%-%d+);(%d+)$')
if not place or tonumber(string.match(place, '^%d+')) < oldest then
  place = integer(oldest) .. '-0'
end
died = math.max(tonumber(died or 0), oldest)

local entries = redis.call('XRANGE', KEYS[1], '(' .. place, integer(till), 'COUNT', most)
place = #entries == most and entries[most][1] or integer(till) .. '-18446744073709551615'

local found = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. integer(died), integer(till), 'WITHSCORES', 'LIMIT', 0, most)
local count = #found / 2
died = till
if count == most then
  died = tonumber(found[#found])
  -- More may have died in the last instant of a full page: it is left for the next.
  while count > 0 and tonumber(found[2]) < died and tonumber(found[2 * count]) == died do
    count = count - 1
  end
  died = tonumber(found[2 * count])
end
local dead = {}
for i = 1, count do
  dead[#dead + 1] = found[2 * i - 1]
  dead[#dead + 1] = integer(tonumber(found[2 * i]))
  dead[#dead + 1] = redis.call('HGET', KEYS[3], found[2 * i - 1]) or ''
end
return {entries, dead, place .. ';' .. integer(died)}
