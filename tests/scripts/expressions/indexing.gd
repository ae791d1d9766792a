let m = reshape(arange(12), 3, 4)
print(m[-1], m[0, 1], m[1][2])        # expect: [8, 9, 10, 11] 1 6
print(m[:, 0], m[1:, ::2], m[::2, -1])   # expect: [0, 4, 8] [[4, 6], [8, 10]] [3, 11]
print(shape(m[:, none]), shape(m[none]))  # expect: (3, 1, 4) (1, 3, 4)
print(arange(5)[::-1], arange(5)[3:0:-1]) # expect: [4, 3, 2, 1, 0] [3, 2, 1]
print(arange(5)[-3:], arange(5)[2:99])    # expect: [2, 3, 4] [2, 3, 4]
print(m[::, 1], m[1::, 0], m[:1:, ::-1], m[1:2:, 3]) # expect: [1, 5, 9] [4, 8] [[3, 2, 1, 0]] [7]
