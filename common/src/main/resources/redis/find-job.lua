--[[ find-job: tell where a job is, unless it has completed.
  KEYS[1] hash  job records   KEYS[2] zset  scheduled   KEYS[3] zset  dead   KEYS[4..] streams  ready, by number
  last of KEYS hash  cancels
  ARGV[1] group   ARGV[2] job id   ARGV[3] number of the stream of a plain job ('' for others)   ARGV[4] its entry id
  returns {} not here | {state, stream number, header, payload, reason, due or died at (epoch ms), entry id, worker,
      version, asked to stop at (epoch ms, '' it was not)}
    state    s scheduled | f retry scheduled | h let into its group, waits for a permit | g behind its group |
             p waits for its children | d dead | w waiting | a active
    version  digest of header and payload, changes whenever one of them does ]]
local number, entry = ARGV[3], ARGV[4]
local record = redis.call('HGET', KEYS[1], ARGV[2])
if record then
  local state, rest
  state, number, rest = string.match(record, '^%d(%l);(%d+);(.*)$')
  if state ~= 'r' then
    local header, reason, payload = string.match(rest, '^[^\n]*\n([^\n]*)\n([^\n]*)\n(.*)$')
    local at = state ~= 'g' and state ~= 'p' and redis.call('ZSCORE', state == 'd' and KEYS[3] or KEYS[2], ARGV[2])
    return {state, number, header, payload, reason, at or '', '', '', redis.sha1hex(header .. '\n' .. payload), ''}
  end
  entry = rest
end
if number == '' then
  return {}
end
local stream = KEYS[4 + number]
local found = redis.call('XRANGE', stream, entry, entry)[1]
if not found then
  return {}
end
local pending = redis.pcall('XPENDING', stream, ARGV[1], entry, entry, 1)
local worker = not pending.err and pending[1] and pending[1][2]
local note = worker and redis.call('HGET', KEYS[#KEYS], ARGV[2])
local asked, run = string.match(note or '', '^(%d+);(.*)$')
return {worker and 'a' or 'w', number, found[2][2], found[2][4], '', '', entry, worker or '',
  redis.sha1hex(found[2][2] .. '\n' .. found[2][4]), run == entry and asked or ''}
