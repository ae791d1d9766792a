fn area(width, height) = width * height
print(area(2, width: 3))   # expect error: width
