--[[ child-ended: tell a parent that a child of another partition ended. Telling it twice is the same as once.
  KEYS, ARGV[1..8] see partition
  ARGV[9..] per child, three each: parent's id   child's id   'c' completed, else how it failed
  returns how many were told ]]
for at = 9, #ARGV, 3 do
  child_ended(ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
return (#ARGV - 8) / 3
