# What a histogram or points leave out is told; more than eight classes have marks of their own.
histogram([1, nan, 2, inf, 3], bins: 3, width: 30, height: 6)
# expect stderr: histogram: 2 of 5 values are not finite and left out
scatter_plot([1, nan, 2], [1, 2, 3], classes: [0, 1, nan], width: 30, height: 6)
# expect stderr: scatter_plot: 2 of 3 points are not finite and left out
bars([nan, 0, 2], names: ["a", "b", "c"], width: 24, height: 5)
# expect stderr: bars: 1 of 3 values are not finite and left out
let k = f64(arange(12))
scatter_plot(k, k, classes: k, width: 60, height: 8)
# expect: count
# expect:  1┤▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
# expect:   │████████████████████████
# expect:   │████████████████████████
# expect:  0├┬─────┬─────┬─────┬─────┬
# expect:   1.0   1.5   2.0   2.5   3.0
# expect:  o  0   x  1
# expect:  2┤
# expect:   │
# expect:  1┤            o
# expect:   └┬─────┬─────┬─────┬──────┬
# expect:  0.90  0.95  1.00  1.05   1.10
# expect:  2┤             ▇▇▇▇▇
# expect:   │             █████
# expect:   │             █████
# expect:  0├──┬──────┬──────┬──
# expect:      a      b      c
# expect:  o  0   x  1   +  2   *  3   #  4   @  5   %  6   &  7
# expect:  a  8   b  9   c  10   d  11
# expect:  10┤                                          b   c    d
# expect:    │                            %    &   a
# expect:    │           +   *    #   @
# expect:   0┤  o   x
# expect:    └──┬────────┬────────┬────────┬────────┬────────┬──────
# expect:       0        2        4        6        8       10
