print("[{0.5:.4f}] [{42:>8}] [{42:<6}] [{42:^6}]")   # expect: [0.5000] [      42] [42    ] [  42  ]
print("{255:x} {0.25:.0%} {1234567:,} {5:03} {5:+d}")  # expect: ff 25% 1,234,567 005 +5
print("{12345.678:e} {12345.678:.2e} {0.0001:g}")    # expect: 1.234568e+04 1.23e+04 0.0001
print("{"ab":*^6} {"ab":>4}|")                        # expect: **ab**   ab|
print("{[1, 2.5]:.1f}")                               # expect: [1.0, 2.5]
print("{1234.5:>12,.2f}|")                            # expect:     1,234.50|
print("{42:=^10} {7:=>4} {"ab":=<6}|")                # expect: ====42==== ===7 ab====|
print("{-42:=8} {7:=+4} {-42:==6} {-1:x=4}")          # expect: -     42 +  7 -===42 -xx1
# a tensor's elements have the digits of `{x}`, whatever the width; an amount to be grouped keeps its whole part
let third = mean([0.1, 0.2, 0.25])
print("{third}|{third:>10}|{third:,}|{-third:<10}|{[0.1, 0.2]:>5}")   # expect: 0.183333|  0.183333|0.183333|-0.183333 |[  0.1,   0.2]
print("{tensor(1234567.8):,}|{i32([1234567]):,}|{tensor(nan):>5}|{tensor(3.4e38):>8}|{third:.3}")   # expect: 1,234,568|[1,234,567]|  nan|  3.4e38|0.183
