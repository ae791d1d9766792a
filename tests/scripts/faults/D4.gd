print(isinf(exp(1000)), exp(-1000), softmax([1000, 0]))                    # expect: true 0 [1, 0]
let ninf = log([0, 0])
print(isnan(softmax(ninf)), isnan(softmax([0 / 0, 1])), logsumexp(zeros(0)) == log(0))   # expect: [true, true] [true, true] true
print(isinf(exp([1000])), exp([-1000]))                                     # expect: [true] [0]
