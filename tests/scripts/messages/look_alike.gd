# Two letters that look the same are told by their code points (U+00B5 and U+03BC).
let μ = 2
print(µ + 1)      # expect error: `µ` is U+00B5 micro sign, `μ` is U+03BC Greek
# status: 65
