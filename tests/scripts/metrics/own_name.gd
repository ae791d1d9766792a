# A metric that is made of a loss speaks in its own name.
fn said(f) = split(attempt(f).error, ";")[0]
print(said(fn() = rmse([[1], [2]], [1, 2])))             # expect: rmse: the prediction is [2, 1], the target [2]
print(said(fn() = perplexity(zeros(2, 3), [0, 1, 2])))   # expect: perplexity: the scores are [2, 3], the labels [3]
print(said(fn() = perplexity(zeros(2, 3), full(2, 3, value: 2))))  # expect: perplexity: labels in the shape of the scores are probabilities, from 0 to 1
print(said(fn() = perplexity(zeros(1, 3), [7], ignore: 7)))   # expect: perplexity: there is nothing to take the mean of, every row is ignored or has the weight 0: found 0
print(rmse([1, 2], 1) == sqrt(0.5))                      # expect: true
