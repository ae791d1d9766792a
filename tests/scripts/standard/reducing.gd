let x = [[1, 2], [3, 5]]
print(sum(x), mean(x), prod(x), min(x), max(x))         # expect: 11 2.75 30 1 5
print(sum(x, axis: 0), max(x, axis: -1), mean(x, axis: 1, keep: true))   # expect: [4, 7] [2, 5] [[1.5], [4]]
print(argmax(x, axis: 1), argmin([3, 1, 2]), argmax(x, axis: 0))          # expect: [1, 1] 1 [1, 1]
print(any([false, true]), all([false, true]))            # expect: true false
print(var([1, 3]), std([1, 3]), var([1, 3], ddof: 1))    # expect: 1 1 2
print(norm([3, 4]), norm([3, -4], p: 1), norm(x, axis: 0)[0] |> square)   # expect ~ 5 7 (10|9\.9999.*|10\.0000.*)
print(cumsum([1, 2, 3]), sort([3, 1, 2]), argsort([3, 1, 2]))              # expect: [1, 3, 6] [1, 2, 3] [1, 2, 0]
print("{logsumexp([1000, 1000]):.3f}")                   # expect: 1000.693
let (values, places) = topk([5, 9, 7], 2)
print(values, places)                                    # expect: [9, 7] [1, 2]
