fn three(a, b, c) = (a, b, c)
print(three((1..3)...), list((9..1 by -4)...), list((2..1)...))   # expect: (1, 2, 3) [9, 5, 1] []
