import "parts/blocks.gd"
print(blocks.duble(4))   # expect error: double
