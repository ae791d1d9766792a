print([[1, 2], [3, 4]].T)   # expect error: `[[1, 2], [3, 4]]'`
