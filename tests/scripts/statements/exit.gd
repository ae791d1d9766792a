print("before")   # expect: before
exit(3)
print("after")
# status: 3
