# status: 65
print(later)   # expect error: later
let later = 1
