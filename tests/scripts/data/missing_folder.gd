# status: 73
write("nowhere/at/all.txt", "x")   # expect error: nowhere
