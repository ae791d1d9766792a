print(lstsq([[1, 2], [3, 4], [5, 6]], [1, 2]))   # expect error: lstsq([3, 2], [2]): 3 rows and 2
