print(len(dict(a: 1)), len(batches(zeros(4, 1), 2)))   # expect: 1 2
print(attempt(fn() = len(3)).error)   # expect: a list, tuple, dict, range, string, tensor, dataset or batches are expected here, this is a number
len(Vocabulary("abc"))   # expect error: len(v.table) of a Vocabulary
