--[[ wake-readers: let workers that wait for jobs of a partition, or for its global concurrency to fall, ask again. Readers
  are woken by an entry that is gone before they read.
  KEYS[1] stream  news of ended jobs   KEYS[2..] streams  ready
  returns 1 ]]
redis.call('XADD', KEYS[1], 'MAXLEN', 1, '*', 'n', 1)
for k = 2, #KEYS do
  local woken = redis.pcall('XADD', KEYS[k], 'NOMKSTREAM', '*', 'h', '', 'p', '')
  if type(woken) == 'string' then
    redis.call('XDEL', KEYS[k], woken)
  end
end
return 1
