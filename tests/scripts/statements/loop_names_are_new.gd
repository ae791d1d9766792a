let fs = []
for i in 1..3 { fs = push(fs, fn() = i) }
print(fs[0](), fs[2]())   # expect: 1 3
