--[[ retry-job: bring dead jobs back, one after the other. Each lines up at the end, behind its group if it has one, and takes its uniqueness
  key again. An expiry no longer holds: it was started in time once. A parent waits for those of its children that have not
  completed; the dead ones come back with it, from other partitions too.
  KEYS, ARGV[1..8] see partition
  ARGV[9] 1 with all its attempts again | 0 with those it has left, at least one
  ARGV[10] how long it holds its uniqueness key (ms)   ARGV[11] 'retry' | 'ignore' its children   ARGV[12..] job ids
  returns {code, about, code, about, …}
    1   done; about: 'w' ready | 'g' behind its group | 'h' let in, waits for its group's permit |
        'p' waits for its children
    0   not here
    -1  it is not dead; about: its state
    -2  another job holds its uniqueness key; about: that job's id
    -3  it is no job: its entry could not be read
    -5  it is a parent that needs a child which is gone; about: that child's id ]]
local function retry(id)
  local state, number, _, header, _, payload = locate(id)
  if not state then
    return 0, ''
  end
  if state ~= 'd' then
    return -1, state
  end
  if not field(header, 'i') then
    return -3, state
  end
  local holder = take_key_again(header, id, tonumber(ARGV[10]))
  if holder then
    return -2, holder
  end
  local renewed = string.gsub(header, ARGV[9] == '1' and ';[aksxy]=[^;]*' or ';[xy]=[^;]*', '')
  local place, gone = revive(id, number, header, renewed, payload, ARGV[11])
  if not place then
    return -5, gone
  end
  return 1, #place > 1 and 'w' or place
end

local answers = {}
for i = 12, #ARGV do
  local code, about = retry(ARGV[i])
  answers[#answers + 1] = code
  answers[#answers + 1] = about
end
return answers
