let n = sum([1, 2])
print(shape(zeros(n)), arange(n)[n - 1])   # expect: (3,) 2
for i in n..4 { print(i) }
# expect: 3
# expect: 4
if n > 2 { print("yes") }                  # expect: yes
print("{n:.2f}", (1, 2)[sum([0, 1])])      # expect: 3.00 2
