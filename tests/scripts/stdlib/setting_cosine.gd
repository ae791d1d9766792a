print(cosine(1, steps: 0))      # expect error: steps
