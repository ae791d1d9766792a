# Two equal neighbours need a silence between them.
print(ctc(zeros(1, 3, 3), [[1, 1]]) > 0)   # expect: true
print(ctc(zeros(1, 2, 3), [[1, 1]]))       # expect error: one more between equal neighbours
# status: 1
