--[[ accept-jobs: accept jobs of one partition, all or none, where at least one is unique or of a group. enqueue-jobs
  does the same for all others, at less cost.
  An explicit id that is scheduled, ready, active or retrying is left alone; a dead one starts afresh.
  KEYS, ARGV[1..8] see partition
  ARGV[9..] per job, eight each:
    id   number of its stream   delay (ms, 0: at once)   start at (epoch ms, 0: by delay)
    window (ms) of its uniqueness key ('' none)   1 replace a job of this key that has not started; 'g<most items>,<most
    bytes>' add the items of the payload, '[...]', to those of the job of this key; else 0
    header   payload
  returns per job, two each:
    entry id | 's' scheduled | 'g' behind its group | 'h' let in, waits for its group's permit | '=' nothing added |
      '~' replaced, or joined
    id of the job that stands for it ]]
local answers = {}
for at = 9, #ARGV, 8 do
  local delay, start = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local answer, id = admit(ARGV[at], ARGV[at + 1], start > 0 and start or NOW + delay, ARGV[at + 4],
    ARGV[at + 5], ARGV[at + 6], ARGV[at + 7])
  answers[#answers + 1] = answer
  answers[#answers + 1] = id
end
return answers
