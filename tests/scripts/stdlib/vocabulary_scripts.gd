# Words of any script: long ones are in the vocabulary, signs and blanks beyond ASCII stand apart, Chinese characters are words.
let long = "высокопревосходительство и «достопримечательность» и дом…\u{a0}дом"
let v = Vocabulary(long, kind: "words")
print(v.decode(v.encode(long)))   # expect: высокопревосходительство и « достопримечательность » и дом … дом
print(min(v.encode(long)))        # expect: 1
print(len(Vocabulary("今天天气很好。", kind: "words").encode("今天天气很好。")))   # expect: 7
let run = join(map(fn(i) = "ab", 1..50), "")
let w = Vocabulary(run, kind: "words")
print(len(w.encode(run)), len(w.table))   # expect: 2 3
print(Vocabulary("don’t", kind: "words").encode("don’t don't"))   # expect: [1, 3, 2, 1, 0, 2]
