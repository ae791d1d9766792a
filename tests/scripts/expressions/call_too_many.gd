fn area(width) = width
print(area(2, 3))   # expect error: area
