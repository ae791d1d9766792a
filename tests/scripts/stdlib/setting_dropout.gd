print(Dropout(1.5))      # expect error: rate
