# A loss that applies sigmoid or softmax itself tells of one before it, at the call.
print("{cross_entropy(softmax([[1, 2]]), [1]):.4f}")          # expect: 0.4885
# expect stderr: cross_entropy takes logits and applies softmax itself; here it gets probabilities
print("{binary_cross_entropy(sigmoid([[1]]), [[1]]):.4f}")    # expect: 0.3930
# expect stderr: binary_cross_entropy takes logits and applies sigmoid itself; here it gets probabilities
print("{nll(log(softmax([[1, 2]])), [1]):.4f}")               # expect: 0.3133
