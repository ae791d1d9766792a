# attempt() inside vmap: what differs from row to row is computed with all rows, after it.
let twice = vmap(fn(a) = attempt(fn() = a * 2))([1, 2, 3])
print(twice.value)                     # expect: [2, 4, 6]
print(twice.ok)                        # expect: [true, true, true]
let parts = vmap(fn(a) = attempt(fn() = (a, [a + 1, 7])).value)([1, 2])
print(parts)                           # expect: ([1, 2], [[2, 7], [3, 7]])
let shared = [1, 2, 3]
let failed = vmap(fn(a) = attempt(fn() = a * shared[9]))([1, 2])
print(failed.error)                    # expect ~ .*index 9 is out of range.*
let slopes = vmap(grad(fn(a) = attempt(fn() = a ^ 2).value))([1, 2, 3])
print(slopes)                          # expect: [2, 4, 6]
print(vmap(fn(a) = attempt(fn() = if a > 1 { 1 } else { 2 }).ok)([1, 2]))   # expect: [false, false]
print(vmap(fn(i) = attempt(fn() = shared[i]))([0, 9]))   # expect error ~ out of range
