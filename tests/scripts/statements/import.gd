import "parts/blocks.gd"
print(blocks.double(4), blocks.answer)   # expect: 8 42
