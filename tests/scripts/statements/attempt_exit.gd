# exit is not caught
# status: 4
attempt(fn() = exit(4))
print("never")
# silent
