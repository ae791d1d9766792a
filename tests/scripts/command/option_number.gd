# args: --lr fast
# status: 2
print(option("lr", 0.01))    # expect error: --lr needs a number, not `fast`
