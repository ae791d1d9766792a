print([1, 2, 3][[-4]])   # expect error: -4
