# The calls under way, a line each.
fn outer(x) = middle(x) + 1            # expect error: in `outer`
fn middle(x) = inner(2 * x)            # expect error: in `middle`
fn inner(x) = x @ ones(3, 1)           # expect error: shapes do not fit in `@`
outer(ones(1, 2))                      # expect error: called at
# status: 1
