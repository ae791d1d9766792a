let scores = [[2, 1, 0], [0, 2, 1], [0, 1, 2], [2, 0, 1]]
print(accuracy(scores, [0, 1, 2, 1]), accuracy(scores, one_hot([0, 1, 2, 1], 3)))   # expect: 0.75 0.75
print(accuracy([[1], [-1]], [[1], [1]]), accuracy([1, -1, 2], [1, 0, 0]) * 3)        # expect: 0.5 2
print(confusion_matrix(scores, [0, 1, 2, 1]))                                        # expect: [[1, 0, 0], [1, 1, 0], [0, 0, 1]]
print(precision([1, 1, -1, -1], [1, 0, 0, 1]), recall([1, 1, -1, -1], [1, 0, 0, 1]), f1([1, 1, -1, -1], [1, 0, 0, 1]))   # expect: 0.5 0.5 0.5
print("{precision(scores, [0, 1, 2, 1]):.4f} {recall(scores, [0, 1, 2, 1]):.4f}")    # expect: 0.8333 0.8333
print(auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), top_k(scores, [1, 0, 1, 1], k: 2))   # expect: 0.75 0.5
print(r2([1, 2, 3], [1, 2, 3]), rmse([0, 0], [3, 4]) |> square, "{perplexity(zeros(2, 8), [1, 2]):.3f}")   # expect ~ 1 12\.5.* 8\.000
