--[[ child-ended: tell a parent that a child of another partition ended or came back. Telling it twice is the same as
  once.
  KEYS, ARGV[1..8] see partition
  ARGV[9..] per child, four each: parent's id   child's id   'c' completed | 'a' came back | else how it failed
    version of the message, 0 unknown
  returns how many were told ]]
for at = 9, #ARGV, 4 do
  child_ended(ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]))
end
return (#ARGV - 8) / 4
