print(accuracy([[1, 2]], [2]))   # expect error: whole numbers from 0 to 1: found 2
