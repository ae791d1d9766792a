# options: --threads 64
print(sum(ones(100000)))   # expect: 100000
