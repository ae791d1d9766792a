fn area(width, height = 1) = width * height
print(area(2, heigth: 3))   # expect error: height
