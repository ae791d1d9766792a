# Labels in the shape of the scores are one-hot rows, or rows of probabilities.
print(accuracy([[2, 0], [0, 3]], [[1, 0], [0, 1]]), accuracy([[2, 0], [0, 3]], [[0.9, 0.1], [0.2, 0.8]]))   # expect: 1 1
fn refused(f) = print("one-hot rows" in attempt(f).error)
refused(fn() = accuracy([[1, 2], [3, 4]], [[0.3, -5], [7, 2]]))      # expect: true
refused(fn() = precision([[1, 2], [3, 4]], [[0.3, -5], [7, 2]]))     # expect: true
refused(fn() = top_k([[1, 2], [3, 4]], [[2, 0], [0, 2]], k: 1))      # expect: true
print(attempt(fn() = top_k([1, -2], [1, 0], k: 1)).error)            # expect: top_k: the scores are [2]; there must be a row of scores for each label, [N, K]
confusion_matrix([[1, 0], [0, 1]], [[2, -1], [0, 3]])                # expect error: the scores come first
