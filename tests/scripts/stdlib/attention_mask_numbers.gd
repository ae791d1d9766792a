let past = log(tril(ones(2, 2)))
let y = attention(zeros(2, 1), zeros(2, 1), ones(2, 1), mask: past)   # expect error: `bias:` is added
