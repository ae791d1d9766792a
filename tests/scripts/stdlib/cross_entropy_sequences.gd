# Labels have the shape of the logits without the last axis, whatever the rank.
print("{cross_entropy(zeros(2, 3, 4), zeros(2, 3)):.4f} {cross_entropy(zeros(4), 2):.4f}")   # expect: 1.3863 1.3863
