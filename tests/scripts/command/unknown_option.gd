# options: --thread 2
# status: 2
print("never")
