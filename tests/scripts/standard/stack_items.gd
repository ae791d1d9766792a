# Numbers and tensors of rank 0 in a bracket or comprehension in stack are its items too; a literal is no exception in concat.
let (p, q) = (sum([1, 2]), max([3, 4]))
print(stack(p, q), stack([p, q]), stack([[p], [q]]))                   # expect: [3, 4] [3, 4] [[3], [4]]
print(stack([1, 2]), stack([true, false]), stack([1, p], axis: 0))     # expect: [1, 2] [true, false] [1, 3]
let x = [[1, 2], [3, 4]]
print(stack([sum(r) for r in x]), stack([i for i in 0..3]))            # expect: [3, 7] [0, 1, 2, 3]
print(vmap(fn(a) = stack([sum(a), max(a)]))(x))                        # expect: [[3, 2], [7, 4]]
print(stack([[1, 2], [3, 4]], axis: 1), concat([[1, 2], [3, 4]]), concat([1, 2]))   # expect: [[1, 3], [2, 4]] [1, 2, 3, 4] [1, 2]
print(stack(x), concat(x))                                             # expect: [[[1, 2], [3, 4]]] [[1, 2], [3, 4]]
