--[[ retry-children: bring dead children back for parents of other partitions, with all their attempts again. Doing it twice
  does no harm: one that lives is left alone.
  KEYS, ARGV[1..8] see partition
  ARGV[9..] per child, two each: child's id   '<queue>,<partition>,<id>' of its parent
  returns how many there were ]]
for at = 9, #ARGV, 2 do
  bring_child_back(ARGV[at], ARGV[at + 1])
end
return (#ARGV - 8) / 2
