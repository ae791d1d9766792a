print(huber([1.0], [2.0], delta: 0))      # expect error: delta
