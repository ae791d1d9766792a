# Many named arguments, in any order, reach their parameters.
fn f(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17) = a0 + 100 * a17
print(f(a17: 17, a16: 16, a15: 15, a14: 14, a13: 13, a12: 12, a11: 11, a10: 10, a9: 9, a8: 8, a7: 7, a6: 6, a5: 5, a4: 4, a3: 3, a2: 2, a1: 1, a0: 0))  # expect: 1700
