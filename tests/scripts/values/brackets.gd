# All numbers, all bools or all tensors of one shape make a tensor; anything else is a list.
print(type([1, sum([1, 2])]), type([true, false]), type([[1], [2]]))   # expect: tensor tensor tensor
print(type([1, "a"]), type([[1], [2, 3]]), type([none]), type([]))     # expect: list list list list
print(type([1, true]), shape([zeros(2, 3), ones(2, 3)]))               # expect: list (2, 2, 3)
