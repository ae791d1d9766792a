# status: 65
print("a\q")   # expect error: \q
