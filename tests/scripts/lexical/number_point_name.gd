# status: 65
print(2.e)    # expect error: a digit is expected after the point
