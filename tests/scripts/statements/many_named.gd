# Calls of many named arguments, which are matched by an index, keep the rules of few.
fn f(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17) = a0 + 100 * a17
fn call(d) = f(a0: d, a1: d, a2: d, a3: d, a4: d, a5: d, a6: d, a7: d, a8: d, a9: d, a10: d, a11: d, a12: d, a13: d, a14: d, a15: d, a16: d, q: 1)  # expect error: `f` has no parameter `q`
fn twice(d) = f(a0: d, a1: d, a2: d, a3: d, a4: d, a5: d, a6: d, a7: d, a8: d, a9: d, a10: d, a11: d, a12: d, a13: d, a14: d, a15: d, a16: d, a3: 1)  # expect error: the argument `a3` of `f` is given twice
fn miss(d) = f(a0: d, a1: d, a2: d, a3: d, a4: d, a5: d, a6: d, a7: d, a8: d, a9: d, a10: d, a11: d, a12: d, a13: d, a14: d, a15: d, a16: d)  # expect error: `f` is missing its argument `a17`
