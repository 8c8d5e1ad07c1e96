--[[ pause-group: start no job of a group for a while; it need not exist. Running ones end, waiting ones keep their turn.
  KEYS, ARGV[1..8] see partition; last of KEYS zset  paused groups
  ARGV[9] group   ARGV[10] for so long (ms)
  returns until when it is paused (epoch ms) | -1 too many groups are paused ]]
local until_ms = NOW + ARGV[10]
return pause_group(KEYS[#KEYS], ARGV[9], until_ms) and until_ms or -1
