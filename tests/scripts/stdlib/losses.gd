precision(f64)
print(mse([1, 2], [1, 4]), mae([1, 2], [1, 4]), huber([0, 0], [1, 3], delta: 2))    # expect: 2 1 2.25
print("{cross_entropy([[2, 1, 0]], [0]):.6f} {cross_entropy([[2, 1, 0]], [[1, 0, 0]]):.6f}")   # expect: 0.407606 0.407606
print("{nll(log([[0.5, 0.25, 0.25]]), [1]):.6f} {binary_cross_entropy([2, -1], [1, 0]):.6f}")   # expect: 1.386294 0.220095
print(hinge([0.5, -2], [1, -1]), squared_hinge([0.5, -2], [1, -1]))                  # expect: 0.25 0.125
print("{kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]):.6f} {cosine_loss([[1, 1]], [[1, 0]]):.6f}")   # expect: 0.143841 0.292893
print(contrastive([[0, 0]], [[3, 4]], [1]), triplet([[0, 0]], [[3, 4]], [[6, 8]], margin: 7))       # expect: 12.5 2
