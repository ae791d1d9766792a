# Joined by hand: "ab" comes six times, then "abc" four times; "aba" and "ca" never cross a blank.
let v = Vocabulary("abcab abcab abc abc", kind: "pairs", size: 258)
print(v.decode([256]), v.decode([257]), v.encode("abcabx"))               # expect: ab abc [257, 256, 120]
# Any text comes back, whatever was learned; bytes that are no text become a sign for that.
let s = "naïve — 12.50 €\n\n  two   blanks\t日本"
print(v.decode(v.encode(s)) == s, v.decode([195]), len(v.encode("é")))   # expect: true � 2
# What comes once is not joined: places stay free.
print(sum(v.table[:, 0] > 0), sum(Vocabulary("xyz", kind: "pairs", size: 300).table[:, 0] > 0))   # expect: 258 256
let long = Vocabulary(join(map(fn(i) = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1..9), " "), kind: "pairs", size: 400)
print(max(long.table[:, 0]) <= 31, long.decode(long.encode("aaaaaaa aaaa")))                      # expect: true aaaaaaa aaaa
