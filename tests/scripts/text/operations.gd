let s = "hello, wörld"
print(s[0], s[-1], s[1:3], len(s))                     # expect: h d el 12
print(upper("abc"), lower("ABC"), trim("  a b "))      # expect: ABC abc a b
print(split("a,b,c", ","), join(["x", "y"], "-"))      # expect: ["a", "b", "c"] x-y
print(replace("banana", "an", "A"), find("banana", "nan"), find("abc", "z"))   # expect ~ bAAa 2 (-1|none)
print(starts_with("abc", "ab"), ends_with("abc", "bc"), "ö" in s)   # expect: true true true
for c in "aé" { print(c) }
# expect: a
# expect: é
