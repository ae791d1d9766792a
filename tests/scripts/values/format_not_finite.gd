# NaN and infinity are padded and signed as numbers are, as in Python; they get no commas.
let (n, i) = (0 / 0, 1 / 0)
print("{n:08.2f}|{i:09.1f}|{n:.1%}|{-i:09.2f}|{n:012,.1f}")   # expect: 00000nan|000000inf|nan%|-00000inf|000000000nan
print("{n:+08}|{i:+08}|{-i:+08}|{n: 08g}|{i: .3e}")           # expect: +0000nan|+0000inf|-0000inf| 0000nan| inf
print("{n:*=9.1f}|{-i:*=9.1f}|{-i:0>9f}|{-i:0<9f}|{-i:^09f}") # expect: ******nan|-*****inf|00000-inf|-inf00000|00-inf000
print("{n:08%}|{-i:08%}|{n:0=8}|{n:,}|{n:<08}|{-i:-9e}|{i:6}")   # expect: 0000nan%|-000inf%|00000nan|nan|nan00000|     -inf|   inf
print("{tensor(0/0):06.1f}|{tensor(0/0):.0%}")                # expect: 000nan|nan%
