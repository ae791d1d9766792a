# One inf takes all; of several, or of nothing but -inf, there is no answer, but what is below inf is 0.
print(softmax([inf, 5]), log_softmax([5, inf]))                    # expect: [1, 0] [-inf, 0]
print(softmax([inf, 5, inf]), softmax([[inf, 1], [1, 1]]))         # expect: [nan, 0, nan] [[1, 0], [0.5, 0.5]]
print(softmax([-inf, -inf]), softmax([inf, nan]))                  # expect: [nan, nan] [nan, nan]
print(softmax([[inf, -inf], [1, 2]], axis: 0))                     # expect: [[1, 0], [0, 1]]
print(logsumexp([inf, 5]), logsumexp([-inf, -inf]), logsumexp([-inf, 2]), logsumexp([inf, nan]))   # expect: inf -inf 2 nan
