split(dataset([1, 2, 3]), rows: 4)            # expect error: from 0 to the number of rows, 3
