print(size(zeros(0, 4611686018427387904)))   # expect: 0
