# Blocks without braces.
# status: 65
if (x == 1) print(x)                   # expect error: a block is written in braces
while (x < 3) x = x + 1                # expect error: a block is written in braces
for x in 1..3 print(x)                 # expect error: a block is written in braces
for i in 1:10 { print(i) }             # expect error: a range has both ends
let r = 1:10                           # expect error: a range is `1..10`
let s = any(x > 1 for x in r)          # expect error: a list comprehension is
global x                               # expect error: there is nothing to declare
import "lib/blocks.gd" as b            # expect error: a file is named after its path
