fn area(width, height) = width * height
print(area(2))   # expect error: height
