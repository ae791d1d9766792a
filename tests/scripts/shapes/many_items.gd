# A list of more tensors than a node of the graph has inputs.
let rows = map(fn(i) = [i, 2 * i], 1..70000)
let x = tensor(rows)
print(shape(x), x[0], x[65535], x[-1])   # expect: (70000, 2) [1, 2] [65536, 131072] [70000, 140000]
print(shape(concat(rows)), shape(stack(rows, axis: 1)))   # expect: (140000,) (2, 70000)
print(sum(grad(fn(w) = sum(stack(map(fn(i) = w, 1..70000))))([1, 2])))   # expect: 140000
