# options: --root .
print(read("../../../README.md"))   # expect error ~ .
# status: 77
