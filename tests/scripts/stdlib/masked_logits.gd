# A logit of -inf is a class that cannot be: it costs nothing where it is not the label, and everything where it is.
print("{cross_entropy([[1, 2, -inf]], [0]):.4f}")                          # expect: 1.3133
print("{cross_entropy([[1, 2, -inf]], [[0.25, 0.75, 0]]):.4f}")            # expect: 0.5633
print("{nll(log_softmax([[1, -inf, 2], [-inf, 3, -inf]]), [0, 1]):.4f}")   # expect: 0.6566
print(nll([[-inf, 0]], [[0, 1]]), nll([[-inf, 0]], [[0.5, 0.5]]))          # expect: 0 inf
print("{perplexity([[0, 0, -inf, -inf]], [1]):.4f}")                       # expect: 2.0000
print(cross_entropy([[1, -inf]], [1]), cross_entropy([[inf, 1]], [0]))     # expect: inf 0
print(accuracy([[-inf, 1], [0, -inf]], [1, 0]), top_k([[1, -inf, 3], [1, -inf, 3]], [0, 1], k: 2))   # expect: 1 0.5
let g = grad(fn(z) = cross_entropy(z, [0]))([[0, 0, -inf]])
print(g)                                                                   # expect: [[-0.5, 0.5, 0]]
