# An option of the script that is given twice is an error, as gd's own are.
# args: --lr 1 --lr=2 --name a
# status: 2
print(option("name", "b"))  # expect: a
print(option("lr", 0.1))    # expect error: --lr is given twice
