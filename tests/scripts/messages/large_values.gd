# What is wrong with a value at the edge of what is possible.
fn said(f) { print(attempt(f).error) }
said(fn() = uniform(2, low: -2e38, high: 2e38))   # expect ~ .*`low` is -2e38, `high` is 2e38, and f32 does not hold their distance
said(fn() = uniform(2, low: 2, high: 1))          # expect ~ .*`low` is 2, `high` is 1
said(fn() { let x = i32([1]); x[0] = nan })       # expect: NaN does not fit into a tensor of i32
said(fn() { let x = i32([1]); x[0] = 0.5 })       # expect: a fraction does not fit into a tensor of i32
said(fn() = scatter(i32([1, 2]), [1], nan))       # expect: NaN does not fit into a tensor of i32
said(fn() = number("1e400"))                      # expect: `1e400` is beyond the largest number, 1.8e308
said(fn() = number("12abc"))                      # expect: `12abc` is not a number
said(fn() = number("abc"))                        # expect: `abc` is not a number
