# A word that is only as long as another is not taken for it.
let rate = 1
print(date)                             # expect error: nothing of this name is in scope
print(clop)                             # expect error: nothing of this name is in scope
# status: 65
