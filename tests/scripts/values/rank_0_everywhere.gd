let k = [2.0][0]
let i = i32([1])[0]
print(zeros(k, 3), [5, 6, 7][i], [5, 6, 7][i:k], "{k:.3f}|{k:>4}|{i:d}")       # expect: [[0, 0, 0], [0, 0, 0]] 6 [6] 2.000|   2|1
print(arange(k), eye(k), one_hot([0, 1], k), topk([1, 3, 2], k).0)             # expect: [0, 1] [[1, 0], [0, 1]] [[1, 0], [0, 1]] [3, 2]
let total = 0
for t in 0..4 by k { total += t }
while total > k { total -= k }
print(total, if k > 1 { "above" } else { "below" }, k in [1, 2], [k, 3])       # expect: 2 above true [2, 3]
print(sum(ones(2, 3), axis: i), "ab"[i], (1, 2)[i], list(1, 2, 3)[i], k ^ k)   # expect: [3, 3] b 2 2 4
print(len(split(dataset(ones(4)), [0.5][0]).0), shape(Dense(k, i)(ones(1, 2))))   # expect: 2 (1, 1)
let w = param([1.0])
let h = train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: k; stop: loss < k * 0; clip: (norm: k); quiet: true }
print(h.steps, permute(ones(2, 3), i, 0) |> shape, norm([3, 4], p: k))         # expect: 2 (3, 2) 5
